// SPDX-License-Identifier: Apache-2.0
// The fast form of the product is the step-by-step one, with all noise on; nothing depends on how
// vectors are grouped, on threads or on the order of rows (T2).
#include "models/cim/crossbar/cim_mvm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <thread>

#include "models/base/error.h"
#include "tests/models/cim/crossbar/crossbar_bench.h"

namespace bitloom::test {
namespace {

// Every imperfection at once.
CrossbarConfig real_crossbar(int cell_bits = 7) {
    CrossbarConfig config;
    config.device = "pcm";
    config.geometry = {48, 32, cell_bits, 4, 0};
    config.wire_ohm = 2.0;
    config.sense_end = SenseEnd::alternating;
    config.stuck = {0.01, 0.005, 2};
    return config;
}

MvmConfig real_converters(InputMode mode, AdcKind kind, bool static_errors) {
    MvmConfig config;
    config.dac.mode = mode;
    config.adc.kind = kind;
    config.adc.noise_sigma_lsb = 0.7;
    config.read_noise = 0.02;
    if (static_errors) {
        config.dac.gain_sigma = 0.02;
        config.dac.offset_ticks_sigma = 0.3;
        config.dac.jitter_ticks_sigma = 0.2;
        config.adc.gain_sigma = 0.05;
        config.adc.offset_sigma_lsb = 0.8;
        if (kind == AdcKind::sar) config.adc.sar_unit_sigma = 0.05;
        if (kind == AdcKind::ramp) config.adc.ramp_nonlinearity = 0.03;
    }
    return config;
}

// The definition: one block, pass, column and conversion after the other.
std::vector<std::int32_t> step_by_step(const CimMvm& mvm, std::size_t layer,
                                       const std::vector<std::int8_t>& x, std::uint64_t event,
                                       CimCounts& counts) {
    const CimSnapshot& snapshot = mvm.snapshot();
    const LayerCells& cells = snapshot.layers[layer];
    const std::vector<InputPass> passes = input_passes(mvm.config().dac);
    const auto count = x.size() / static_cast<std::size_t>(cells.k);
    std::vector<std::int32_t> acc(count * static_cast<std::size_t>(cells.n));
    const int largest = largest_input(mvm.config().dac);
    for (std::size_t v = 0; v < count; ++v) {
        const std::span one(x.data() + v * static_cast<std::size_t>(cells.k),
                            static_cast<std::size_t>(cells.k));
        ++counts.vectors;
        for (const std::int8_t code : one) counts.limited_inputs += std::abs(code) > largest;
        for (std::size_t b = 0; b < snapshot.blocks.size(); ++b) {
            const Block& block = snapshot.placement->blocks[b];
            if (block.layer != layer) continue;
            for (std::size_t p = 0; p < passes.size(); ++p) {
                const int pass = static_cast<int>(p);
                std::vector<std::int16_t> drive(static_cast<std::size_t>(block.k_size));
                mvm.drive(b, pass, one, event + v, drive);
                const std::int64_t phases = phases_of(snapshot.geometry, block);
                ++counts.passes;
                counts.phases += phases;
                for (std::int64_t k = 0; k < block.k_size; ++k) {
                    const int code = std::clamp<int>(
                        one[static_cast<std::size_t>(block.k_begin + k)], -largest, largest);
                    const int ticks = std::abs(pulse_ticks(mvm.config().dac, pass, code));
                    counts.row_pulses += ticks != 0 ? phases : 0;
                    counts.row_ticks += ticks * phases;
                    counts.unit_ticks +=
                        ticks * snapshot.blocks[b].row_units[static_cast<std::size_t>(k)];
                }
                for (std::int64_t c = 0; c < block.columns(); ++c) {
                    const std::int64_t charge = mvm.charge(b, c, pass, drive, event + v);
                    const Adc& adc = mvm.adc(b, c);
                    ++counts.conversions;
                    counts.saturated += adc.saturates(charge) ? 1 : 0;
                    const int shift =
                        passes[p].shift + static_cast<int>(c % block.slices) * cells.slice_bits;
                    const std::int32_t part = adc.convert(charge) * (1 << shift);
                    acc[v * static_cast<std::size_t>(cells.n) +
                        static_cast<std::size_t>(block.n_begin + c / block.slices)] +=
                        passes[p].negative ? -part : part;
                }
            }
        }
    }
    return acc;
}

TEST(CimMvm, FastFormIsTheStepByStepForm) {
    for (const InputMode mode : {InputMode::pwm, InputMode::split_pwm, InputMode::bit_serial})
        for (const AdcKind kind : {AdcKind::ideal, AdcKind::sar, AdcKind::ramp})
            for (const bool static_errors : {false, true})
                for (const int cell_bits : {2, 7}) {
                    const std::vector<LayerMatrix> layers = {random_layer("a", 77, 21, 8, 1),
                                                             random_layer("b", 30, 9, 4, 2)};
                    const Crossbar crossbar(real_crossbar(cell_bits), layers, 5, 86400.0);
                    const CimMvm mvm(crossbar.snapshot, real_converters(mode, kind, static_errors),
                                     std::vector<double>{4.0, 1.5}, 11);
                    for (std::size_t l = 0; l < 2; ++l) {
                        std::vector<std::int8_t> x = random_inputs(29 * layers[l].k, 127, 3);
                        x[5] = -128;
                        CimCounts fast, slow;
                        ASSERT_EQ(product(mvm, l, x, fast, 1'000'000),
                                  step_by_step(mvm, l, x, 1'000'000, slow));
                        ASSERT_EQ(fast, slow);
                        EXPECT_GT(fast.saturated, 0);
                        EXPECT_LT(fast.saturated, fast.conversions / 2);
                    }
                }
}

// T2: vectors one by one, in any grouping, in any number of threads.
TEST(CimMvm, GroupingAndThreadsChangeNothing) {
    const std::vector<LayerMatrix> layers = {random_layer("a", 100, 40, 8, 1)};
    const Crossbar crossbar(real_crossbar(), layers, 5);
    const CimMvm mvm(crossbar.snapshot, real_converters(InputMode::pwm, AdcKind::sar, true),
                     std::vector<double>{4.0}, 11);
    constexpr std::int64_t count = 61;
    const std::vector<std::int8_t> x = random_inputs(count * 100, 127, 3);
    CimCounts whole_counts;
    const std::vector<std::int32_t> whole = product(mvm, 0, x, whole_counts, 40);
    for (const std::int64_t step : {1, 7, 24, 25}) {
        std::vector<std::int32_t> parts(whole.size());
        std::vector<CimCounts> counts(static_cast<std::size_t>((count + step - 1) / step));
        std::vector<std::thread> threads;
        for (std::int64_t first = 0; first < count; first += step)
            threads.emplace_back([&, first] {
                const std::int64_t size = std::min(step, count - first);
                mvm.multiply(0,
                             std::span(x).subspan(static_cast<std::size_t>(first * 100),
                                                  static_cast<std::size_t>(size * 100)),
                             size, 40 + static_cast<std::uint64_t>(first),
                             std::span(parts).subspan(static_cast<std::size_t>(first * 40),
                                                      static_cast<std::size_t>(size * 40)),
                             counts[static_cast<std::size_t>(first / step)]);
            });
        for (std::thread& thread : threads) thread.join();
        CimCounts sum;
        for (auto each = counts.rbegin(); each != counts.rend(); ++each) sum += *each;
        EXPECT_EQ(parts, whole) << step;
        EXPECT_EQ(sum, whole_counts) << step;
    }
}

// T2: rows in another order, each with its input and its conductances.
TEST(CimMvm, OrderOfRowsChangesNothing) {
    const std::vector<LayerMatrix> layers = {random_layer("a", 45, 30, 8, 1)};
    const Crossbar crossbar(real_crossbar(), layers, 5);
    CimSnapshot moved = crossbar.snapshot;
    std::vector<std::size_t> order(45);
    std::iota(order.begin(), order.end(), std::size_t{0});
    const RandomStream random(1, "order");
    for (std::size_t i = 45; i > 1; --i) std::swap(order[i - 1], order[random.below(i, i)]);
    const std::vector<std::int8_t> x = random_inputs(45, 127, 3);
    std::vector<std::int8_t> moved_x(45);
    for (std::size_t k = 0; k < 45; ++k) {
        moved_x[k] = x[order[k]];
        moved.blocks[0].row_units[k] = crossbar.snapshot.blocks[0].row_units[order[k]];
        std::copy_n(
            crossbar.snapshot.blocks[0].units.begin() + static_cast<std::ptrdiff_t>(order[k] * 30),
            30, moved.blocks[0].units.begin() + static_cast<std::ptrdiff_t>(k * 30));
    }
    const MvmConfig config = real_converters(InputMode::pwm, AdcKind::ideal, false);
    const std::vector<double> scale = {2.0};
    const CimMvm before(crossbar.snapshot, config, scale, 1), after(moved, config, scale, 1);
    CimCounts counts, moved_counts;
    EXPECT_EQ(product(before, 0, x, counts), product(after, 0, moved_x, moved_counts));
    EXPECT_EQ(counts, moved_counts);
}

// What becomes of a weight and its noise does not depend on the other layers of the network.
TEST(CimMvm, WeightsDoNotDependOnTheirNeighbours) {
    const LayerMatrix a = random_layer("a", 40, 20, 8, 1), b = random_layer("b", 20, 20, 8, 2);
    CrossbarConfig config = real_crossbar();
    config.stuck = {};
    config.wire_ohm = 0.0;
    const Crossbar alone(config, {a}, 5, 60.0), together(config, {b, a}, 5, 60.0);
    EXPECT_EQ(alone.snapshot.blocks[0].units, together.snapshot.blocks[1].units);
}

TEST(CimMvm, EventsAndSeedsHaveNoiseOfTheirOwn) {
    const std::vector<LayerMatrix> layers = {random_layer("a", 40, 20, 8, 1)};
    const Crossbar crossbar(real_crossbar(), layers, 5);
    const MvmConfig config = real_converters(InputMode::pwm, AdcKind::ideal, false);
    const std::vector<double> scale = {2.0};
    const CimMvm mvm(crossbar.snapshot, config, scale, 1),
        other(crossbar.snapshot, config, scale, 2);
    const std::vector<std::int8_t> x = random_inputs(40, 127, 3);
    CimCounts counts;
    EXPECT_EQ(product(mvm, 0, x, counts, 3), product(mvm, 0, x, counts, 3));
    EXPECT_NE(product(mvm, 0, x, counts, 3), product(mvm, 0, x, counts, 4));
    EXPECT_NE(product(mvm, 0, x, counts, 3), product(other, 0, x, counts, 3));
}

// The array's share of energy, V^2 t sum |x| (g+ + g-), in whole numbers (T20): with ideal devices
// a pair conducts |w| steps.
TEST(CimMvm, UnitTicksAreTheChargeOfTheRows) {
    const LayerMatrix layer = random_layer("a", 100, 40, 8, 1);
    const Crossbar crossbar(ideal_crossbar(48, 32), {layer});
    const std::vector<std::int8_t> x = random_inputs(3 * 100, 127, 3);
    std::int64_t expected = 0, ticks = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        ticks += std::abs(x[i]);
        for (std::size_t n = 0; n < 40; ++n)
            expected += std::abs(x[i]) * std::abs(layer.codes[i % 100 * 40 + n]);
    }
    const std::int64_t step = crossbar.snapshot.layers[0].units_per_code;
    for (const InputMode mode : {InputMode::pwm, InputMode::split_pwm}) {
        CimCounts counts;
        product(crossbar.exact_mvm(exact_converters(mode)), 0, x, counts);
        // Both column tiles are driven; the second pass of a split pulse has 1/8 of its length.
        if (mode == InputMode::pwm) {
            EXPECT_EQ(counts.unit_ticks, expected * step);
            EXPECT_EQ(counts.row_ticks, 2 * ticks);
        }
        EXPECT_EQ(counts.conversions,
                  counts.phases * 0 + 3 * 3 * 40 * (mode == InputMode::pwm ? 1 : 2));
    }
    CimCounts none;
    product(crossbar.exact_mvm(exact_converters(InputMode::pwm)), 0,
            std::vector<std::int8_t>(100, 0), none);
    EXPECT_EQ(none.unit_ticks + none.row_ticks + none.row_pulses, 0);
    EXPECT_EQ(none.conversions, 3 * 40);
}

// T13: a full scale far too small limits every code, and none changes its sign.
TEST(CimMvm, SaturationNeverWraps) {
    const LayerMatrix layer{"full", 48, 2, std::vector<std::int8_t>(96, 127), 8};
    const Crossbar crossbar(ideal_crossbar(48, 32), {layer});
    MvmConfig config;
    const CimMvm mvm(crossbar.snapshot, config, std::vector<double>{1e-6}, 1);
    std::vector<std::int8_t> x(96, 127);
    std::fill(x.begin() + 48, x.end(), std::int8_t{-127});
    CimCounts counts;
    EXPECT_EQ(product(mvm, 0, x, counts), (std::vector<std::int32_t>{127, 127, -127, -127}));
    EXPECT_EQ(counts.saturated, 4);
}

// A full scale chosen from the largest charge uses the whole range and limits nothing.
TEST(CimMvm, LargestChargeFillsTheScale) {
    const std::vector<LayerMatrix> layers = {random_layer("a", 100, 40, 8, 1)};
    const Crossbar crossbar(ideal_crossbar(48, 32), layers);
    const std::vector<std::int8_t> x = random_inputs(30 * 100, 127, 3);
    for (const InputMode mode : {InputMode::pwm, InputMode::split_pwm, InputMode::bit_serial}) {
        MvmConfig config;
        config.dac.mode = mode;
        const CimMvm any(crossbar.snapshot, config, std::vector<double>{1.0}, 1);
        const std::int64_t largest = any.largest_charge(0, x, 30);
        const CimMvm mvm(
            crossbar.snapshot, config,
            std::vector<double>{full_scale_of(config, crossbar.snapshot.full_units, largest)}, 1);
        CimCounts counts;
        product(mvm, 0, x, counts);
        EXPECT_EQ(counts.saturated, 0);
        EXPECT_NEAR(static_cast<double>(largest) / static_cast<double>(mvm.lsb(0)), 127.0, 0.1);
    }
}

TEST(CimMvm, MistakesAreRefused) {
    EXPECT_THROW(adc_lsb({}, 1 << 20, 0.0), Error);
    EXPECT_THROW(adc_lsb({}, 1 << 20, 1e9), Error);
    EXPECT_EQ(adc_lsb({}, 1 << 20, 1.0), 1 << 20);  // 127 ticks of a full cell in 127 codes
    EXPECT_EQ(adc_lsb({}, 1 << 20, 1e-12), 1);
    MvmConfig config;
    config.read_noise = -1.0;
    EXPECT_EQ(problems(config), (std::vector<std::string>{"array.read_noise = -1: must be 0..1"}));
    const std::vector<LayerMatrix> layers = {random_layer("a", 10, 4, 8, 1)};
    const Crossbar crossbar(ideal_crossbar(48, 32), layers);
    EXPECT_THROW(CimMvm(crossbar.snapshot, config, std::vector<double>{1.0}, 1), InternalError);
    EXPECT_THROW(CimMvm(crossbar.snapshot, {}, std::vector<double>{}, 1), InternalError);
    const CimMvm mvm(crossbar.snapshot, {}, std::vector<double>{1.0}, 1);
    CimCounts counts;
    std::vector<std::int32_t> acc(4);
    EXPECT_THROW(mvm.multiply(0, std::vector<std::int8_t>(9), 1, 0, acc, counts), InternalError);
}

}  // namespace
}  // namespace bitloom::test
