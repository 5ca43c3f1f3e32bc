// SPDX-License-Identifier: Apache-2.0
// T22: RTL, its C++ twin and the crossbar's model give the same codes and results, with everything
// on that makes an analog core inexact.
#include <Vcim_digital.h>
#include <Vcim_digital4.h>
#include <Vcim_digital_sar.h>
#include <fmt/format.h>

#include "tests/cosim/cim_core_bench.h"
#include "tests/models/cim/crossbar/crossbar_bench.h"

namespace bitloom::test {
namespace {

// Drifted phase-change devices, some of them stuck; resistive lines.
CrossbarConfig real_crossbar(int cell_bits) {
    CrossbarConfig config;
    config.device = "pcm";
    config.geometry = {16, 8, cell_bits, 2, 0};
    config.wire_ohm = 5.0;
    config.output_ohm = 20.0;
    config.sense_end = SenseEnd::alternating;
    config.stuck = {0.02, 0.01, 1};
    return config;
}

MvmConfig real_converters(InputMode mode, int bits, AdcKind kind, bool dac_errors) {
    MvmConfig config;
    config.dac.mode = mode;
    config.dac.bits = bits;
    config.dac.split_low_bits = bits / 2;
    if (dac_errors) {
        config.dac.gain_sigma = 0.02;
        config.dac.offset_ticks_sigma = 0.3;
        config.dac.jitter_ticks_sigma = 0.3;
    }
    config.adc.kind = kind;
    config.adc.bits = bits;
    config.adc.gain_sigma = 0.05;
    config.adc.offset_sigma_lsb = 0.5;
    config.adc.noise_sigma_lsb = 0.5;
    if (kind == AdcKind::sar)
        config.adc.sar_unit_sigma = 0.2;  // thresholds out of order
    else
        config.adc.ramp_nonlinearity = 0.02;
    config.read_noise = 0.0175;
    return config;
}

std::vector<CoreOutput> some_outputs(std::int64_t n, std::uint64_t seed) {
    const RandomStream random(seed, "outputs");
    std::vector<CoreOutput> outputs;
    for (std::int64_t i = 0; i < n; ++i) {
        const auto at = static_cast<std::uint64_t>(2 * i);
        outputs.push_back({static_cast<std::int32_t>(random.below(at, 20001)) - 10000,
                           quantize_multiplier(0.02 + 0.2 * random.uniform(at + 1))});
    }
    return outputs;
}

template <class V>
void expect_equal(const CimDigital::Config& config, AdcKind kind) {
    std::int64_t saturated = 0, conversions = 0;
    for (const InputMode mode : {InputMode::pwm, InputMode::split_pwm, InputMode::bit_serial})
        for (const int cell_bits : {7, 4, 2})
            for (const bool dac_errors : {false, true}) {
                const auto seed = static_cast<std::uint64_t>(100 * cell_bits) +
                                  static_cast<std::uint64_t>(mode) + (dac_errors ? 10 : 0);
                SCOPED_TRACE(fmt::format("mode {} cell bits {} DAC errors {:d} seed {}",
                                         static_cast<int>(mode), cell_bits, dac_errors, seed));
                // Two layers beside each other on one array, and one of three row tiles.
                const int slices = slices_of({16, 8, cell_bits, 2, 0}, 8);
                const std::vector<LayerMatrix> layers = {
                    random_layer("a", 16, std::max(1, 5 / slices), 8, seed),
                    random_layer("b", 16, std::max(1, 3 / slices), 8, seed),
                    random_layer("c", 40, 8 / slices, 8, seed)};
                const Crossbar crossbar(real_crossbar(cell_bits), layers, seed, 86400.0);
                const MvmConfig converters =
                    real_converters(mode, config.adc_bits, kind, dac_errors);
                std::vector<std::vector<std::int8_t>> x;
                for (const LayerMatrix& layer : layers)
                    x.push_back(random_inputs(3 * layer.k, 127, seed + layer.codes.size()));
                // A little less than the largest charges: some saturate.
                const CimMvm probe(crossbar.snapshot, converters, std::vector<double>(3, 1.0),
                                   seed);
                std::vector<double> scales;
                for (std::size_t l = 0; l < layers.size(); ++l)
                    scales.push_back(0.7 * full_scale_of(converters, crossbar.snapshot.full_units,
                                                         probe.largest_charge(l, x[l], 3)));
                const CimMvm mvm(crossbar.snapshot, converters, scales, seed);

                CoreBench<V> bench(config, seed);
                for (std::size_t l = 0; l < layers.size(); ++l) {
                    SCOPED_TRACE(layers[l].name);
                    const auto n = layers[l].n;
                    const std::vector<CoreOutput> outputs = some_outputs(n, seed);
                    const RandomStream random(seed, "stalls");
                    const CoreRun run =
                        bench.run({mvm, l}, x[l], 77, outputs, [&](std::int64_t cycle) {
                            const auto bits = random.bits(static_cast<std::uint64_t>(cycle));
                            return (bits & 3) != 0 ? 0 : static_cast<int>((bits >> 2) & 3);
                        });
                    CimCounts counts;
                    const std::vector<std::int32_t> acc = product(mvm, l, x[l], counts, 77);
                    ASSERT_EQ(run.values.size(), acc.size());
                    for (std::size_t i = 0; i < acc.size(); ++i) {
                        const CoreOutput& output = outputs[i % static_cast<std::size_t>(n)];
                        const Requantizer::Operand operand{acc[i] * 256 + output.bias,
                                                           output.multiplier.mantissa,
                                                           output.multiplier.shift};
                        EXPECT_EQ(run.values[i], Requantizer::result(operand)) << i;
                    }
                    EXPECT_EQ(run.saturated, counts.saturated);
                    EXPECT_EQ(static_cast<std::int64_t>(run.phases.size()), counts.phases);
                    saturated += counts.saturated;
                    conversions += counts.conversions;
                }
            }
    EXPECT_GT(saturated, conversions / 1000);
    EXPECT_LT(saturated, conversions / 4);
}

TEST(CimDigital, CodesAndResultsAreThoseOfTheNoisyCrossbarWithRampAdcs) {
    expect_equal<Vcim_digital>({}, AdcKind::ramp);
}

TEST(CimDigital, CodesAndResultsAreThoseOfTheNoisyCrossbarWithRampAdcsOfFourBits) {
    expect_equal<Vcim_digital4>({.dac_bits = 4, .adc_bits = 4, .sequence = {}}, AdcKind::ramp);
}

TEST(CimDigital, CodesAndResultsAreThoseOfTheNoisyCrossbarWithSarAdcs) {
    expect_equal<Vcim_digital_sar>({.ramp = false, .sequence = {.hold_columns = true}},
                                   AdcKind::sar);
}

}  // namespace
}  // namespace bitloom::test
