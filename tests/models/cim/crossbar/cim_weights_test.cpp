// SPDX-License-Identifier: Apache-2.0
// Weights on devices: faults (T21), programming with a verify loop, quality.
#include "models/cim/crossbar/cim_weights.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/base/error.h"
#include "models/cim/device/device_list.h"
#include "tests/models/cim/crossbar/crossbar_bench.h"

namespace bitloom::test {
namespace {

// T21: the number of stuck devices is binomial, clusters of c multiply its variance by c.
TEST(StuckDevices, CountsAreBinomial) {
    constexpr std::int64_t rows = 240, columns = 100;
    constexpr int seeds = 400;
    for (const int cluster : {1, 4}) {
        const StuckAt stuck{0.02, 0.01, cluster};
        double off = 0.0, off2 = 0.0, on = 0.0;
        for (std::uint64_t seed = 0; seed < seeds; ++seed) {
            const StuckDevices devices(stuck, seed);
            double of_off = 0.0, of_on = 0.0;
            for (std::int64_t row = 0; row < rows; ++row)
                for (std::int64_t column = 0; column < columns; ++column) {
                    const Fault fault = devices.at(2, row, column, PairSide::minus);
                    of_off += fault == Fault::off ? 1 : 0;
                    of_on += fault == Fault::on ? 1 : 0;
                    if (row % cluster != 0) {
                        ASSERT_EQ(fault, devices.at(2, row - 1, column, PairSide::minus));
                    }
                }
            off += of_off / seeds;
            off2 += of_off * of_off / seeds;
            on += of_on / seeds;
        }
        constexpr double n = rows * columns;
        const double variance = cluster * n * 0.02 * 0.98;
        EXPECT_NEAR(off, n * 0.02, 5.0 * std::sqrt(variance / seeds)) << cluster;
        EXPECT_NEAR(on, n * 0.01, 5.0 * std::sqrt(cluster * n * 0.01 * 0.99 / seeds)) << cluster;
        EXPECT_NEAR((off2 - off * off) / variance, 1.0, 5.0 * std::sqrt(2.0 / seeds)) << cluster;
    }
}

TEST(StuckDevices, SidesPlacesAndArraysDrawOfTheirOwn) {
    const StuckDevices devices({0.5, 0.0, 1}, 1);
    int equal[4] = {};
    constexpr int draws = 2000;
    for (int i = 0; i < draws; ++i) {
        const Fault fault = devices.at(0, i, 3, PairSide::plus);
        equal[0] += fault == devices.at(0, i, 3, PairSide::minus);
        equal[1] += fault == devices.at(1, i, 3, PairSide::plus);
        equal[2] += fault == devices.at(0, i, 4, PairSide::plus);
        equal[3] += fault == devices.at(0, i + draws, 3, PairSide::plus);
    }
    for (const int count : equal) EXPECT_NEAR(count, draws / 2, 5.0 * std::sqrt(draws / 4.0));
}

// A stuck device conducts the same at any time; the other one of the pair is what it would be.
TEST(CimWeights, StuckDevicesStayWhatTheyAre) {
    const LayerMatrix layer = random_layer("a", 100, 40, 8, 1);
    CrossbarConfig config = ideal_crossbar(64, 32);
    config.device = "pcm";
    const Crossbar healthy(config, {layer}, 7, 3600.0);
    EXPECT_EQ(healthy.weights.programming().stuck_on, 0);
    config.stuck = {0.1, 0.05, 1};
    const Crossbar faulty(config, {layer}, 7, 3600.0);
    const StuckDevices stuck(config.stuck, 7);
    std::int64_t off = 0, on = 0, changed = 0;
    for (std::size_t b = 0; b < faulty.snapshot.blocks.size(); ++b) {
        const Block& block = faulty.placement.blocks[b];
        std::size_t at = 0;
        for (std::int64_t k = 0; k < block.k_size; ++k)
            for (std::int64_t c = 0; c < block.columns(); ++c, ++at) {
                const Fault plus =
                    stuck.at(block.array, block.row0 + k, block.column0 + c, PairSide::plus);
                const Fault minus =
                    stuck.at(block.array, block.row0 + k, block.column0 + c, PairSide::minus);
                off += (plus == Fault::off) + (minus == Fault::off);
                on += (plus == Fault::on) + (minus == Fault::on);
                const std::int32_t units = faulty.snapshot.blocks[b].units[at];
                if (plus == Fault::none && minus == Fault::none) {
                    ASSERT_EQ(units, healthy.snapshot.blocks[b].units[at]);
                } else if (plus != Fault::none && minus != Fault::none) {
                    ASSERT_EQ(units, ((plus == Fault::on) - (minus == Fault::on)) * (1 << 20));
                } else {
                    changed += units != healthy.snapshot.blocks[b].units[at] ? 1 : 0;
                }
            }
    }
    EXPECT_EQ(faulty.weights.programming().stuck_off, off);
    EXPECT_EQ(faulty.weights.programming().stuck_on, on);
    EXPECT_GT(changed, 500);
}

// With wires whose resistance vanishes row_units stay sums of both devices of each pair.
TEST(CimWeights, RowsConductTheirDevices) {
    const LayerMatrix layer = random_layer("a", 100, 40, 4, 1);
    const Crossbar crossbar(ideal_crossbar(64, 32, 1, 2), {layer});
    std::int64_t held = 0, expected = 0;
    for (const BlockConductance& block : crossbar.snapshot.blocks)
        for (const std::int64_t units : block.row_units) held += units;
    for (const std::int8_t code : layer.codes)
        expected += (std::abs(code) & 3) + (std::abs(code) >> 2);
    EXPECT_EQ(held, expected * crossbar.snapshot.layers[0].units_per_code);
    EXPECT_EQ(crossbar.snapshot.layers[0].units_per_code, (1 << 20) / 3);
}

// A verify loop takes more attempts and leaves smaller errors; stuck devices are tried to the end.
TEST(CimWeights, VerifyCostsAttemptsAndBuysAccuracy) {
    const LayerMatrix layer = random_layer("a", 64, 32, 8, 1);
    CrossbarConfig config = ideal_crossbar(64, 32);
    config.device = "hermes1";
    const Crossbar once(config, {layer}, 7);
    const ProgrammingCounts& plain = once.weights.programming();
    EXPECT_EQ(plain.devices, 2 * 64 * 32);
    EXPECT_EQ(plain.attempts, plain.devices);
    EXPECT_EQ(plain.rejected, 0);
    config.verify = VerifySettings{0.3, 20};
    const Crossbar verified(config, {layer}, 7);
    const ProgrammingCounts& counts = verified.weights.programming();
    EXPECT_EQ(counts.devices, plain.devices);
    EXPECT_GT(counts.attempts, plain.attempts);
    EXPECT_LT(counts.rejected, counts.devices / 20);
    EXPECT_LT(weight_quality(verified.weights, verified.snapshot, 0).rms_error,
              0.8 * weight_quality(once.weights, once.snapshot, 0).rms_error);

    config.stuck = {0.0, 1.0, 1};  // every device is stuck on
    const ProgrammingCounts stuck = Crossbar(config, {layer}, 7).weights.programming();
    std::int64_t at_target = 0;
    for (const std::int8_t code : layer.codes)
        at_target += std::abs(code) * 10.35 / 127 > 10.35 - 0.3 ? 1 : 0;
    EXPECT_EQ(stuck.stuck_on, stuck.devices);
    EXPECT_EQ(stuck.rejected, stuck.devices - at_target);
    EXPECT_EQ(stuck.attempts, at_target + 20 * (stuck.devices - at_target));
}

TEST(CimWeights, QualityOfExactWeightsIsInfinite) {
    const LayerMatrix layer = random_layer("a", 64, 32, 8, 1);
    const Crossbar crossbar(ideal_crossbar(64, 32, 1, 3), {layer});
    const WeightQuality quality = weight_quality(crossbar.weights, crossbar.snapshot, 0);
    EXPECT_EQ(quality.rms_error, 0.0);
    EXPECT_EQ(quality.effective_bits, INFINITY);
    // Errors of a uniform rounding to b bits over -1..1 are b effective bits.
    const WeightQuality halved = weight_quality(crossbar.weights, crossbar.snapshot, 0, 0.5);
    EXPECT_NEAR(halved.rms_error, 0.5 * std::sqrt(128.0 * 127.0 / 3.0) / 127.0, 0.01);
    EXPECT_NEAR(halved.effective_bits, std::log2(2.0 / (std::sqrt(12.0) * halved.rms_error)),
                1e-12);
}

TEST(CimWeights, EveryProblemIsNamed) {
    CrossbarConfig config;
    config.device = "pmc";
    config.stuck = {0.7, 0.7, 0};
    config.output_ohm = -2.0;
    config.verify = VerifySettings{-1.0, 0};
    const std::vector<std::string> found = problems(config);
    ASSERT_EQ(found.size(), 7u);
    EXPECT_EQ(found[0], "stuck.off_rate + stuck.on_rate = 1.4: must be at most 1");
    EXPECT_EQ(found[1], "stuck.cluster = 0: must be 1..4096");
    EXPECT_TRUE(found[2].starts_with("unknown device 'pmc'")) << found[2];
    EXPECT_EQ(found[3], "array.wire_ohm = -1: must be 0..1e6");
    EXPECT_EQ(found[4], "array.output_ohm = -2: must be 0..1e6");
    EXPECT_EQ(found[5], "verify.tolerance_uS = -1: must be 0 or more");
    EXPECT_EQ(found[6], "verify.max_attempts = 0: must be 1..10000");
    EXPECT_TRUE(problems(ideal_crossbar(64, 32)).empty());
    EXPECT_EQ(problems(StuckAt{-0.1, 2.0, 1}),
              (std::vector<std::string>{"stuck.off_rate = -0.1: must be 0..1",
                                        "stuck.on_rate = 2: must be 0..1"}));
}

}  // namespace
}  // namespace bitloom::test
