// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/array/bit_serial/bit_serial_timing.h"
#include "models/base/error.h"

namespace bitloom {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

BitSerialConfig small_core(BitSerialDataflow dataflow) {
    BitSerialConfig config;
    config.rows = config.columns = 2;
    config.word_bits = 32;
    config.lanes = 4;
    config.dataflow = dataflow;
    return config;
}

// BISMO's documentation: 10 cycles at 64 bits (3 + 1 + 3 + 3).
TEST(BitSerialTiming, FillIsThatOfBismosPipeline) {
    EXPECT_EQ(bismo_fill_cycles(32), 9);
    EXPECT_EQ(bismo_fill_cycles(64), 10);
    EXPECT_EQ(bismo_fill_cycles(128), 10);
    EXPECT_EQ(bismo_fill_cycles(256), 11);
    EXPECT_EQ(bismo_fill_cycles(512), 12);
    EXPECT_EQ(BitSerialConfig{}.fill_cycles, bismo_fill_cycles(BitSerialConfig{}.word_bits));
}

// The 8 x 256 x 8 build of the FPL'18 paper on 64 x 1024 x 64, 2 x 3 bits: 8 * 8 * 4 words * 6
// pairs.
TEST(BitSerialTiming, BismoCyclesAreTheProductOfTilesWordsAndPlanes) {
    const BitGemmShape shape{64, 64, 1024, 2, 3};
    EXPECT_EQ(bismo_cycles(8, 8, 256, shape, bismo_fill_cycles(256)), 8 * 8 * 4 * 6 + 11);
    BitSerialConfig config;
    config.dataflow = BitSerialDataflow::bismo;
    config.rows = config.columns = 8;
    config.word_bits = 256;
    config.fill_cycles = 11;
    EXPECT_EQ(estimate_cycles(config, 64, 64, 1024, 2, 3), 1536 + 11);
    // One position more of K is one word more.
    EXPECT_EQ(estimate_cycles(config, 64, 64, 1025, 2, 3), 1536 / 4 * 5 + 11);
}

// bismo's binary peak: 2 * 8 * 8 * 256 operations a cycle at 200 MHz are 6.55 TOPS.
TEST(BitSerialTiming, FullTilesReachThePublishedPeakOfBismo) {
    const BitGemmShape shape{800, 800, 25600, 1, 1};
    const auto cycles = static_cast<double>(bismo_cycles(8, 8, 256, shape, 11));
    const double operations = 2.0 * 800 * 800 * 25600;
    EXPECT_NEAR(operations / cycles * 200e6 / 1e12, 6.55, 0.01);
}

// 64 x 1024 x 1024, w1a2 on the 8 x 8 x 128 primitive: 16,384 issues.
TEST(BitSerialTiming, ApnnIssuesAreThoseOfTheBatchedGemm) {
    EXPECT_EQ(apnn_issues(8, 8, 128, 64, 1024, 1024, 1, 2), 8 * 256 * 8);
    BitSerialConfig config;
    config.rows = config.columns = 8;
    config.stacking = PlaneStacking::full;
    const BitGemmShape shape{64, 1024, 1024, 1, 2};
    EXPECT_EQ(issue_slots(config, shape, plane_layout(config, shape)), 16 * 128 * 8);
}

// The two compute-bound rows of the released results (4096 bit/cycle) without their memory waits:
// AlexNet conv2 4,665,659 of which 59 wait, conv1 through im2col 3,339,626 of which 26 wait.
TEST(BitSerialTiming, BitFusionCyclesAreThePublishedOnesOfAlexNet) {
    BitFusionLayer conv2;
    conv2.batch = 16;
    conv2.out_channels = 256;
    conv2.in_channels = 96;
    conv2.out_h = conv2.out_w = 27;
    conv2.kernel_h = conv2.kernel_w = 5;
    conv2.activation_bits = conv2.weight_bits = 4;
    EXPECT_EQ(bit_fusion_cycles(16, 32, conv2, false), 4'665'659 - 59);
    BitFusionLayer conv1;
    conv1.batch = 16;
    conv1.out_channels = 96;
    conv1.in_channels = 3;
    conv1.out_h = conv1.out_w = 55;
    conv1.kernel_h = conv1.kernel_w = 11;
    EXPECT_EQ(bit_fusion_cycles(16, 32, conv1, true), 3'339'626 - 26);
    EXPECT_GT(bit_fusion_cycles(16, 32, conv1, false), 3'339'600) << "channel-wise wastes lanes";
}

// The worked example of the README: M 3, N 2, K 40, w2a3 on 2 x 2 units of 32 bits, L 10.
TEST(BitSerialTiming, StackedPlanesFillRowsAndColumns) {
    BitSerialConfig config = small_core(BitSerialDataflow::apnn);
    const auto cycles = [&](PlaneStacking stacking) {
        config.stacking = stacking;
        return estimate_cycles(config, 3, 2, 40, 2, 3);
    };
    EXPECT_EQ(cycles(PlaneStacking::none), 2 * 1 * 2 * 6 + 0 + 10);
    EXPECT_EQ(cycles(PlaneStacking::activations), 5 * 1 * 2 * 2 + 2 + 10);
    EXPECT_EQ(cycles(PlaneStacking::weights), 2 * 2 * 2 * 3 + 1 + 10);
    EXPECT_EQ(cycles(PlaneStacking::full), 5 * 2 * 2 * 1 + 3 + 10);
    EXPECT_EQ(cycles(PlaneStacking::automatic), 32) << "that of activations";
    config.dataflow = BitSerialDataflow::bismo;
    EXPECT_EQ(cycles(PlaneStacking::full), 34) << "bismo does not stack";
}

TEST(BitSerialTiming, AutomaticStackingTakesTheFewestCyclesOfAll) {
    for (std::int64_t m : {1, 2, 7, 64, 100})
        for (std::int64_t n : {1, 3, 10, 64})
            for (int w = 1; w <= 8; w += 3)
                for (int a = 1; a <= 8; ++a) {
                    BitSerialConfig config;
                    config.rows = 16;
                    config.columns = 8;
                    const auto cycles = [&](PlaneStacking stacking) {
                        config.stacking = stacking;
                        return estimate_cycles(config, m, n, 200, w, a);
                    };
                    std::int64_t best = cycles(PlaneStacking::none);
                    for (const PlaneStacking each : plane_stackings)
                        if (each != PlaneStacking::automatic) best = std::min(best, cycles(each));
                    EXPECT_EQ(cycles(PlaneStacking::automatic), best);
                }
}

TEST(BitSerialTiming, SerialActivationsTakeACycleABit) {
    // ceil(3/2) * ceil(2/2) * ceil(40/4) steps of 3 bits.
    EXPECT_EQ(estimate_cycles(small_core(BitSerialDataflow::stripes), 3, 2, 40, 8, 3), 60 + 10);
    EXPECT_EQ(estimate_cycles(small_core(BitSerialDataflow::pragmatic), 3, 2, 40, 8, 3), 60 + 10);
    // ceil(40/32) words of ceil(3/2) digits and 8 planes.
    BitSerialConfig loom = small_core(BitSerialDataflow::loom);
    loom.serial_bits = 2;
    EXPECT_EQ(estimate_cycles(loom, 3, 2, 40, 8, 3), 2 * 2 * 2 * 8 + 10);
}

TEST(BitSerialTiming, NarrowPortsHoldAWordBack) {
    BitSerialConfig config = small_core(BitSerialDataflow::bismo);
    config.weight_port_bits = 2 * 32 / 2 - 1;  // just under half a word of each column
    EXPECT_EQ(estimate_cycles(config, 2, 2, 32, 1, 1), 3 + 10);
    config.weight_port_bits += 1;
    EXPECT_EQ(estimate_cycles(config, 2, 2, 32, 1, 1), 2 + 10);
}

TEST(BitSerialConfig, DefaultsHaveNoProblem) {
    EXPECT_THAT(problems(BitSerialConfig{}), IsEmpty());
}

TEST(BitSerialConfig, EveryProblemIsReported) {
    BitSerialConfig config;
    config.rows = 0;
    config.columns = 1025;
    config.lanes = 17;
    config.serial_bits = 3;
    config.first_stage_bits = 4;
    config.lookahead = 0;
    config.lookaside = 9;
    config.fill_cycles = 0;
    config.activation_port_bits = 0;
    config.weight_port_bits = (1 << 20) + 1;
    EXPECT_THAT(
        problems(config),
        ElementsAre("array.rows = 0: allowed: 1..1024", "array.columns = 1025: allowed: 1..1024",
                    "array.lanes = 17: allowed: 1..16", "array.serial_bits = 3: allowed: 1, 2, 4",
                    "array.first_stage_bits = 4: allowed: 0..3",
                    "array.lookahead = 0: allowed: 1..7", "array.lookaside = 9: allowed: 0..8",
                    "array.fill_cycles = 0: allowed: 1..64",
                    "array.activation_port_bits = 0: allowed: 1..1048576",
                    "array.weight_port_bits = 1048577: allowed: 1..1048576"));
    config = {};
    config.word_bits = 96;
    EXPECT_THAT(problems(config),
                ElementsAre("array.word_bits = 96: allowed: 32, 64, 128, 256, 512"));
}

TEST(BitSerialConfig, NamesAreReadBack) {
    for (const BitSerialDataflow each : bit_serial_dataflows)
        EXPECT_EQ(bit_serial_dataflow("k", to_string(each)), each);
    for (const PlaneStacking each : plane_stackings)
        EXPECT_EQ(plane_stacking("k", to_string(each)), each);
    for (const TacticalBackEnd each : {TacticalBackEnd::stripes, TacticalBackEnd::pragmatic})
        EXPECT_EQ(tactical_back_end("k", to_string(each)), each);
    for (const SearchShape each : {SearchShape::t, SearchShape::l})
        EXPECT_EQ(search_shape("k", to_string(each)), each);
    try {
        bit_serial_dataflow("array.dataflow", "systolic");
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "array.dataflow = systolic: allowed: bismo, apnn, stripes, loom, pragmatic, "
                     "bit_tactical");
    }
}

}  // namespace
}  // namespace bitloom
