// SPDX-License-Identifier: Apache-2.0
// The law of time, against what is published and computed by hand.
#include "models/chip/cim_chip/cim_timing.h"

#include <gtest/gtest.h>

#include <vector>

#include "models/chip/cim_chip/cim_chip_config.h"

namespace bitloom {
namespace {

CimChipConfig aon(int bits) {
    CimChipConfig config;
    config.mvm.dac.bits = bits;
    config.mvm.adc.bits = bits;
    config.mvm.adc.kind = AdcKind::ramp;
    return config;
}

// 128 x 128, 128 conversions at 1.28 GS/s, one tick of 100 ns.
CimChipConfig isaac() {
    CimChipConfig config;
    config.crossbar.geometry = {128, 128, 2, 128, 0};
    config.mvm.dac.mode = InputMode::bit_serial;
    config.mvm.adc.kind = AdcKind::sar;
    config.adc_sample_rate_hz = 1'280'000'000;
    config.tick_cycles = 100;
    config.set_cycles = config.end_cycles = 0;
    return config;
}

// A layer of a network: K, N and output positions.
struct Shape {
    std::int64_t k, n, positions;
};

std::int64_t phases(const CimChipConfig& config, const std::vector<Shape>& network) {
    std::int64_t sum = 0;
    for (const Shape& layer : network)
        sum += layer.positions * phases_of(cim_timing(config), layer.n);
    return sum;
}

std::int64_t array_cycles(const CimChipConfig& config, const std::vector<Shape>& network) {
    std::int64_t sum = 0;
    for (const Shape& layer : network)
        sum += layer.positions * block_cycles(cim_timing(config), layer.n);
    return sum;
}

TEST(CimTiming, APhaseTakesTwoToTheBitsLessOnePlusTwo) {
    EXPECT_EQ(pulse_cycles(cim_timing(aon(8)), 0), 130);
    EXPECT_EQ(pulse_cycles(cim_timing(aon(6)), 0), 34);
    EXPECT_EQ(pulse_cycles(cim_timing(aon(4)), 0), 10);
}

TEST(CimTiming, AFullArrayReachesThePublishedPeaks) {
    EXPECT_NEAR(peak_ops_per_s(aon(8)) * 1e-12, 2.016, 0.0005);
    EXPECT_NEAR(peak_ops_per_s(aon(6)) * 1e-12, 7.710, 0.0005);
    EXPECT_NEAR(peak_ops_per_s(aon(4)) * 1e-12, 26.214, 0.0005);
}

// DS-CNN for keywords with its depthwise layers as dense blocks, shapes of MLPerf Tiny: 1126
// phases of at most 128 columns.
TEST(CimTiming, DsCnnTakesItsPhases) {
    std::vector<Shape> network = {{40, 64, 125}};
    for (int i = 0; i < 4; ++i) {
        network.push_back({576, 64, 125});
        network.push_back({64, 64, 125});
    }
    network.push_back({64, 12, 1});
    EXPECT_EQ(phases(aon(8), network), 1126);
    EXPECT_EQ(array_cycles(aon(8), network), 146'380);
    EXPECT_EQ(array_cycles(aon(6), network), 38'284);
    EXPECT_EQ(array_cycles(aon(4), network), 11'260);
}

TEST(CimTiming, ResNet8TakesItsPhases) {
    const std::vector<Shape> network = {
        {27, 16, 1024}, {144, 16, 1024}, {144, 16, 1024}, {144, 32, 256}, {288, 32, 256},
        {16, 32, 256},  {288, 64, 64},   {576, 64, 64},   {32, 64, 64},   {64, 10, 1}};
    EXPECT_EQ(phases(aon(8), network), 4033);
    EXPECT_EQ(array_cycles(aon(8), network), 524'290);
    EXPECT_EQ(array_cycles(aon(6), network), 137'122);
    EXPECT_EQ(array_cycles(aon(4), network), 40'330);
}

TEST(CimTiming, ASampledPassTakesTheLongerOfReadAndConversions) {
    const CimTiming timing = cim_timing(isaac());
    ASSERT_EQ(timing.pass_ticks.size(), 8u);
    EXPECT_EQ(conversion_cycles(timing, 128), 100);
    EXPECT_EQ(pass_cycles(timing, 0, 128), 100);
    EXPECT_EQ(pass_cycles(timing, 0, 1), 100);  // one conversion, but the read takes 100 ns
    EXPECT_EQ(block_cycles(timing, 128), 800);
    EXPECT_EQ(tail_cycles(timing, 128), 100);
    EXPECT_EQ(tail_cycles(timing, 1), 1);
    // Without a rate: bits + 1 clocks a conversion.
    CimChipConfig clocked = isaac();
    clocked.adc_sample_rate_hz = 0;
    EXPECT_EQ(conversion_cycles(cim_timing(clocked), 128), 128 * 9);
    EXPECT_EQ(pass_cycles(cim_timing(clocked), 0, 128), 128 * 9);
}

TEST(CimTiming, SplitPulsesAreTwoShortPasses) {
    CimChipConfig config = aon(8);
    config.mvm.dac.mode = InputMode::split_pwm;
    config.mvm.dac.split_low_bits = 3;
    const CimTiming timing = cim_timing(config);
    EXPECT_EQ(timing.pass_ticks, (std::vector<std::int64_t>{7, 15}));
    // An integrating converter of 5 bits counts to 15, one of 8 bits to 127 in each of them.
    EXPECT_EQ(block_cycles(timing, 512), 4 * (130 + 130));
    config.mvm.adc.bits = 5;
    EXPECT_EQ(block_cycles(cim_timing(config), 512), 4 * (18 + 18));
    config.mvm.adc.bits = 4;
    EXPECT_EQ(block_cycles(cim_timing(config), 512), 4 * (10 + 18));
}

// A weight of 8 bits takes four pairs of 2-bit cells: 128 x 32 weights in 8 passes of 100 ns.
TEST(CimTiming, ThePeakCountsWholeWeights) {
    EXPECT_DOUBLE_EQ(peak_macs_per_cycle(isaac(), 8), 128.0 * 32 / 800);
    EXPECT_DOUBLE_EQ(peak_macs_per_cycle(isaac(), 3), 128.0 * 128 / 800);
    EXPECT_DOUBLE_EQ(peak_ops_per_s(isaac()), 2 * 128.0 * 32 / 800e-9);
}

// One column more than the converters: one phase more, not earlier.
TEST(CimTiming, PhasesFollowTheColumnsThatAConverterShares) {
    const CimTiming timing = cim_timing(aon(8));
    EXPECT_EQ(phases_of(timing, 1), 1);
    EXPECT_EQ(phases_of(timing, 128), 1);
    EXPECT_EQ(phases_of(timing, 129), 2);
    EXPECT_EQ(phases_of(timing, 512), 4);
}

TEST(CimTiming, ThePipelineIsFilledOnceAndPacedByItsSlowestStage) {
    LayerStages stages{
        .positions = 125, .fetch = 9, .array = 130, .tail = 0, .finish = 1, .latency = 8};
    EXPECT_EQ(stages.total(), 125 * 130 + 9 + 1 + 8);
    stages.fetch = 200;
    EXPECT_EQ(stages.total(), 125 * 200 + 130 + 1 + 8);
    stages.finish = 300;
    EXPECT_EQ(stages.total(), 125 * 300 + 200 + 130 + 8);
}

}  // namespace
}  // namespace bitloom
