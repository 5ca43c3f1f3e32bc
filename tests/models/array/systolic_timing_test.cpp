// SPDX-License-Identifier: Apache-2.0
#include "models/array/systolic/systolic_timing.h"

#include <gtest/gtest.h>

#include "models/array/array_config.h"
#include "models/numeric/format.h"

namespace bitloom {
namespace {

SystolicConfig serial(std::int64_t rows, std::int64_t columns, Dataflow dataflow, Drain drain) {
    SystolicConfig config;
    config.rows = rows;
    config.columns = columns;
    config.dataflow = dataflow;
    config.drain = drain;
    config.overlap_folds = false;
    return config;
}

// SCALE-Sim as released (v2, v3): T + R + C - 2 a fold.
TEST(SystolicTiming, OutputStationaryWithBusDrainEqualsScaleSimAsReleased) {
    for (const std::int64_t r : {2, 8, 32, 64})
        for (const std::int64_t c : {2, 16, 64})
            for (const std::int64_t t : {1, 7, 576})
                for (const std::int64_t folds : {1, 3})
                    EXPECT_EQ(systolic_cycles(serial(r, c, Dataflow::output_stationary, Drain::bus),
                                              folds, t, 1)
                                  .total(),
                              folds * (t + r + c - 2));
}

// SCALE-Sim as published (2018, 2020): 2 R + C + T - 2 a fold.
TEST(SystolicTiming, OutputStationaryWithShiftDrainEqualsScaleSimAsPublished) {
    for (const std::int64_t r : {2, 8, 32, 64})
        for (const std::int64_t c : {2, 16, 64})
            for (const std::int64_t t : {1, 7, 576})
                EXPECT_EQ(systolic_cycles(serial(r, c, Dataflow::output_stationary, Drain::shift),
                                          5, t, 1)
                              .total(),
                          5 * (2 * r + c + t - 2));
}

TEST(SystolicTiming, WeightStationaryEqualsScaleSimAsPublished) {
    for (const std::int64_t r : {2, 8, 64})
        for (const std::int64_t c : {2, 16, 64})
            for (const std::int64_t t : {1, 9, 784})
                EXPECT_EQ(
                    systolic_cycles(serial(r, c, Dataflow::weight_stationary, Drain::bus), 4, t, 1)
                        .total(),
                    4 * (2 * r + c + t - 2));
}

TEST(SystolicTiming, OverlappedFoldsFollowEachOtherAtTheirDepthOrTheirDrain) {
    SystolicConfig config;
    config.rows = 16;
    config.columns = 8;
    EXPECT_EQ(fold_interval(config, 100), 100);
    EXPECT_EQ(fold_interval(config, 16), 16);
    EXPECT_EQ(fold_interval(config, 15), 16);  // 16 psums a column need 16 steps on its bus
    config.drain = Drain::shift;
    EXPECT_EQ(fold_interval(config, 38), 38);
    EXPECT_EQ(fold_interval(config, 37), 38);
    config.dataflow = Dataflow::weight_stationary;
    EXPECT_EQ(fold_interval(config, 3), 16);  // 16 rows of weights need 16 steps to shift in
    EXPECT_EQ(systolic_cycles(config, 3, 20, 1).total(), 16 + 2 * 20 + 20 + 16 + 8 - 2);
}

// Two lines an 8-bit operand, each delayed by one step more than the last (models/array/README.md):
// half as many operands take the same time.
TEST(SystolicTiming, TheSkewOfEightBitOperandsCountsLines) {
    for (const std::int64_t r : {2, 8, 64})
        for (const std::int64_t c : {2, 16})
            for (const std::int64_t k : {1, 7, 100}) {
                SystolicConfig config = serial(r, c, Dataflow::output_stationary, Drain::bus);
                config.activation_port_bits = config.weight_port_bits = 65536;
                const Format& wide = format("int8");
                EXPECT_EQ(estimate_cycles(ArrayConfig(config), r / 2, c / 2, k, wide, wide),
                          k + r + c - 2);
                // One output channel more needs another fold.
                EXPECT_EQ(estimate_cycles(ArrayConfig(config), r / 2, c / 2 + 1, k, wide, wide),
                          2 * (k + r + c - 2));
            }
}

TEST(SystolicTiming, NarrowPortsStretchEveryStep) {
    SystolicConfig config;
    config.rows = 64;
    config.columns = 64;
    config.activation_port_bits = 256;
    config.weight_port_bits = 256;
    EXPECT_EQ(cycles_per_step(config, 4, 4), 1);
    EXPECT_EQ(cycles_per_step(config, 8, 8), 1);  // half as many operands, twice as wide
    config.weight_port_bits = 255;
    EXPECT_EQ(cycles_per_step(config, 4, 4), 2);
    EXPECT_EQ(cycles_per_step(config, 4, 3), 1);
    const ArrayCycles cycles = systolic_cycles(config, 2, 100, 3);
    EXPECT_EQ(cycles.streaming, 200);
    EXPECT_EQ(cycles.bandwidth, 2 * (cycles.streaming + cycles.fill_drain));
}

}  // namespace
}  // namespace bitloom
