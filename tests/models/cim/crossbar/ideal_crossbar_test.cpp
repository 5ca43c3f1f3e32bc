// SPDX-License-Identifier: Apache-2.0
// T1: without noise, with a converter of one code per product step, a crossbar is the integer GEMM.
#include <gtest/gtest.h>

#include <cmath>

#include "models/cim/device/device_list.h"
#include "tests/models/cim/crossbar/crossbar_bench.h"

namespace bitloom::test {
namespace {

constexpr InputMode modes[] = {InputMode::pwm, InputMode::split_pwm, InputMode::bit_serial};

// Every product of an input and a weight code, in every mode and for every width of cells.
TEST(IdealCrossbar, EveryProductOfCodesIsExact) {
    LayerMatrix layer{"codes", 1, 255, {}, 8};
    for (int code = -127; code <= 127; ++code)
        layer.codes.push_back(static_cast<std::int8_t>(code));
    std::vector<std::int8_t> x;
    for (int code = -127; code <= 127; ++code) x.push_back(static_cast<std::int8_t>(code));
    for (const InputMode mode : modes)
        for (int cell_bits = 1; cell_bits <= 7; ++cell_bits) {
            const Crossbar crossbar(ideal_crossbar(4, 64, 1, cell_bits), {layer});
            const CimMvm mvm = crossbar.exact_mvm(exact_converters(mode));
            CimCounts counts;
            ASSERT_EQ(product(mvm, 0, x, counts), integer_gemm(layer, x)) << cell_bits;
            EXPECT_EQ(mvm.code_value(0), 1.0);
            EXPECT_EQ(counts.saturated, 0);
        }
}

// Small shapes in every tiling, mux, mode and width of weights and inputs.
TEST(IdealCrossbar, EverySmallTilingIsTheIntegerGemm) {
    std::uint64_t seed = 0;
    for (const std::int64_t rows : {1, 3, 8})
        for (const std::int64_t columns : {8, 12})
            for (const int mux : {1, 2, 4})
                for (const int cell_bits : {1, 2, 3, 7})
                    for (const int weight_bits : {2, 4, 8})
                        for (const InputMode mode : modes)
                            for (const int dac_bits : {3, 6, 8}) {
                                ++seed;
                                const LayerMatrix layer = random_layer(
                                    "l", 1 + static_cast<std::int64_t>(seed % 17),
                                    1 + static_cast<std::int64_t>(seed % 11), weight_bits, seed);
                                const Crossbar crossbar(
                                    ideal_crossbar(rows, columns, mux, cell_bits), {layer});
                                MvmConfig config = exact_converters(mode, dac_bits);
                                config.dac.split_low_bits = 1;
                                const CimMvm mvm = crossbar.exact_mvm(config);
                                const std::vector<std::int8_t> x =
                                    random_inputs(3 * layer.k, largest_input(config.dac), seed);
                                CimCounts counts;
                                ASSERT_EQ(product(mvm, 0, x, counts), integer_gemm(layer, x))
                                    << "seed " << seed;
                            }
}

// Many layers on shared arrays, large and odd shapes, more vectors than a batch.
TEST(IdealCrossbar, LargeNetworksAreTheIntegerGemm) {
    const std::vector<LayerMatrix> layers = {
        random_layer("first", 40, 64, 8, 1),   random_layer("wide", 65, 600, 4, 2),
        random_layer("tall", 1100, 17, 8, 3),  random_layer("both", 513, 257, 8, 4),
        random_layer("square", 576, 64, 6, 5), random_layer("last", 64, 12, 8, 6)};
    for (const InputMode mode : modes)
        for (const int cell_bits : {2, 7}) {
            const Crossbar crossbar(ideal_crossbar(512, 256, 4, cell_bits), layers);
            const CimMvm mvm = crossbar.exact_mvm(exact_converters(mode));
            for (std::size_t l = 0; l < layers.size(); ++l) {
                const std::vector<std::int8_t> x = random_inputs(
                    (l == 3 ? 7 : 31) * layers[l].k, 127, 100 + static_cast<std::uint64_t>(l));
                CimCounts counts;
                ASSERT_EQ(product(mvm, l, x, counts), integer_gemm(layers[l], x))
                    << layers[l].name << " cell_bits " << cell_bits;
            }
        }
}

// Largest operands everywhere: the sums are as large as they get.
TEST(IdealCrossbar, LargestOperandsDoNotOverflow) {
    LayerMatrix layer{"full", 4096, 9, std::vector<std::int8_t>(4096 * 9, -127), 8};
    std::vector<std::int8_t> x(4096 * 7, 127);
    for (const InputMode mode : modes) {
        const Crossbar crossbar(ideal_crossbar(4096, 16), {layer});
        MvmConfig config = exact_converters(mode);
        config.adc.bits = 29;
        CimCounts counts;
        ASSERT_EQ(product(crossbar.exact_mvm(config), 0, x, counts), integer_gemm(layer, x));
        EXPECT_EQ(counts.saturated, 0);
    }
}

// A code that no pair holds is the nearest one that it does, and is counted.
TEST(IdealCrossbar, LowestCodesAreLimitedAndCounted) {
    const LayerMatrix layer{"low", 1, 3, {-128, -127, 5}, 8};
    const Crossbar crossbar(ideal_crossbar(4, 4), {layer});
    EXPECT_EQ(crossbar.weights.layers()[0].limited_codes, 1);
    EXPECT_EQ(crossbar.weights.codes(0), (std::vector<std::int8_t>{-127, -127, 5}));
    const CimMvm mvm = crossbar.exact_mvm(exact_converters(InputMode::pwm, 4));
    CimCounts counts;
    EXPECT_EQ(
        product(mvm, 0, {-128, 8, 7, -7}, counts),
        (std::vector<std::int32_t>{889, 889, -35, -889, -889, 35, -889, -889, 35, 889, 889, -35}));
    EXPECT_EQ(counts.limited_inputs, 2);
}

// The reduced form of every device model: conductance steps are whole, whatever the range.
TEST(IdealCrossbar, StepsAreWholeUnitsForEveryDevice) {
    for (const char* name : {"ideal", "pcm", "hermes1", "reram_cmo"}) {
        const DeviceModel& model = device_model(name);
        for (const int largest : {1, 3, 7, 127}) {
            const WeightMapping mapping = whole_step_mapping(model, largest);
            const double step = units_per_code(mapping, model);
            EXPECT_NEAR(step, std::round(step), 1e-6) << name;
            EXPECT_GE(mapping.g_min_uS, model.facts().g_min_uS);
            EXPECT_LE(mapping.g_max_uS, model.facts().g_max_uS);
            EXPECT_GT(mapping.g_max_uS, 0.999 * model.facts().g_max_uS);
        }
    }
}

}  // namespace
}  // namespace bitloom::test
