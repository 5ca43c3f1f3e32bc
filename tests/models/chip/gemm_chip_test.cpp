// SPDX-License-Identifier: Apache-2.0
#include "models/chip/gemm_chip/gemm_chip.h"

#include <gtest/gtest.h>

#include "tests/models/chip/chip_bench.h"
#include "tests/property/random_network.h"
#include "tests/support/in_child.h"
#include "workloads/quantize/random_trace.h"

namespace bitloom::test {
namespace {

SystolicConfig& array_of(GemmChipConfig& config) {
    return std::get<SystolicConfig>(config.array);
}

GemmChipConfig small_chip() {
    GemmChipConfig config;
    array_of(config).rows = array_of(config).columns = 4;
    array_of(config).activation_port_bits = array_of(config).weight_port_bits = 1024;
    return config;
}

// "cycles 31: streaming 8 fill_drain 6 ..." of the only layer, and what went wrong.
std::string run_gemm(std::int64_t m, std::int64_t n, std::int64_t k, const GemmChipConfig& config,
                     std::int64_t memory_cycles) {
    return in_child([&] {
        ChipBench bench(gemm_trace(m, n, k, "flint4", "flint4", 1), config, memory_cycles);
        const std::string problems = bench.simulate();
        const LayerMeasurement& x = bench.measured().at(0);
        // The run ends exactly at its last cycle's edge.
        if (bench.end_time().value() != static_cast<std::uint64_t>(x.cycles * bench.period_ps()))
            return std::string("ends elsewhere");
        return problems +
               fmt::format(
                   "cycles {}: streaming {} fill_drain {} bandwidth {} operands {} output {} "
                   "vector {} writeback {}",
                   x.cycles, x.array.cycles.streaming, x.array.cycles.fill_drain,
                   x.array.cycles.bandwidth, x.wait_operands, x.wait_output, x.wait_vector,
                   x.wait_writeback);
    });
}

// One tile of 4x4x8 on 4x4 PEs with a memory that answers at once. A DMA transfer called at cycle c
// issues its request at edge c+1 and its bytes (at most 128 a cycle) have crossed the on-chip bus
// at c+2. So:
//   0..2 activations (16 bytes), 2..4 weights (16): operands 4; 4..6 parameters (40), hidden
//   4..18 one fold: K + R + C - 2 = 8 + 4 + 4 - 2 = 14, of which 8 stream
//   18..27 vector unit: latency 8, and 16 words in one cycle of 64 lanes
//   27..29 the store (32 bytes)
TEST(GemmChip, OneTileTakesTheHandComputedCycles) {
    EXPECT_EQ(run_gemm(4, 4, 8, small_chip(), 0),
              "cycles 29: streaming 8 fill_drain 6 bandwidth 0 operands 4 output 0 vector 9 "
              "writeback 2");
}

// The same with a memory that waits 50 cycles an access, one access a transfer: from the edge at
// which the request is issued 50 instead of 1. Operands 2 * 51, array 102..116; the vector unit
// waits for the parameters until 3 * 51 = 153 and works until 162; store 51.
TEST(GemmChip, SlowMemoryAddsItsLatencyToEveryTransferAndNothingElse) {
    EXPECT_EQ(run_gemm(4, 4, 8, small_chip(), 50),
              "cycles 213: streaming 8 fill_drain 6 bandwidth 0 operands 102 output 0 vector 46 "
              "writeback 51");
}

// One cycle of memory latency hides behind the on-chip bus's cycle, two do not.
TEST(GemmChip, MemoryLatencyShowsFromTheCycleInWhichItExceedsTheBus) {
    EXPECT_EQ(run_gemm(4, 4, 8, small_chip(), 1), run_gemm(4, 4, 8, small_chip(), 0));
    EXPECT_EQ(run_gemm(4, 4, 8, small_chip(), 2),
              "cycles 32: streaming 8 fill_drain 6 bandwidth 0 operands 6 output 0 vector 9 "
              "writeback 3");
}

// Weights enter R cycles earlier: R + M + R + C - 2 = 4 + 4 + 4 + 4 - 2 = 14 for the last fold, and
// the second slice of 4 of K starts max(M, R) = 4 after the first: 18, of which 2 * 4 stream.
TEST(GemmChip, WeightStationaryTakesTheHandComputedCycles) {
    GemmChipConfig config = small_chip();
    array_of(config).dataflow = Dataflow::weight_stationary;
    EXPECT_EQ(run_gemm(4, 4, 8, config, 0),
              "cycles 33: streaming 8 fill_drain 10 bandwidth 0 operands 4 output 0 vector 9 "
              "writeback 2");
}

// Psums are shifted out: R = 4 cycles more.
TEST(GemmChip, ShiftDrainTakesTheHandComputedCycles) {
    GemmChipConfig config = small_chip();
    array_of(config).drain = Drain::shift;
    EXPECT_EQ(run_gemm(4, 4, 8, config, 0),
              "cycles 33: streaming 8 fill_drain 10 bandwidth 0 operands 4 output 0 vector 9 "
              "writeback 2");
}

// A port that feeds 2 of the 4 rows a cycle: every one of the 14 steps takes 2 cycles.
TEST(GemmChip, NarrowPortDoublesEveryStep) {
    GemmChipConfig config = small_chip();
    array_of(config).activation_port_bits = 8;
    EXPECT_EQ(run_gemm(4, 4, 8, config, 0),
              "cycles 43: streaming 8 fill_drain 6 bandwidth 14 operands 4 output 0 vector 9 "
              "writeback 2");
}

// Without overlap M/R * N/C = 3 * 2 folds take K + R + C - 2 each, as in SCALE-Sim. The mapper cuts
// the last tile, so that the vector unit ends with at most 64 words, one cycle, and the store with
// at most 128 bytes. Loads: a transfer of activations, one of weights.
TEST(GemmChip, FoldsOneAfterAnotherTakeTheSumOfTheirLatencies) {
    GemmChipConfig config = small_chip();
    array_of(config).overlap_folds = false;
    EXPECT_EQ(run_gemm(12, 8, 8, config, 0),
              fmt::format("cycles {}: streaming 48 fill_drain 36 bandwidth 0 operands 4 output 0 "
                          "vector 9 writeback 2",
                          4 + 6 * 14 + 9 + 2));
}

// Two halves of 4 rows each: while the array works on one, the other is loaded, processed, stored.
GemmChipConfig chip_of_small_tiles() {
    GemmChipConfig config = small_chip();
    config.output_buffer_bytes = 2 * 4 * 4 * psum_bytes;  // one fold a half
    return config;
}

// 64 tiles of 4x4x256. A fold of 256 + 6 cycles covers the transfers of the next tile and the
// vector work of the last one, so that the array waits for the first operands only. The mapper,
// which plans for the memory of the configuration, cuts the first tile into two commands.
TEST(GemmChip, InstantMemoryIsHiddenBehindTheArray) {
    GemmChipConfig config = chip_of_small_tiles();
    const std::string text = run_gemm(256, 4, 256, config, 0);
    // 4 x 64 bytes of activations and of weights, a request each: 4 cycles and 4, and one each.
    EXPECT_EQ(text, fmt::format("cycles {}: streaming {} fill_drain {} bandwidth 0 operands 10 "
                                "output 0 vector 9 writeback 2",
                                10 + 64 * 262 + 6 + 9 + 2, 64 * 256, 65 * 6));
}

// A transfer of 1000 cycles does not hide behind a fold of 262: the array waits for each.
TEST(GemmChip, SlowMemoryStallsEveryTile) {
    const std::string text = run_gemm(256, 4, 256, chip_of_small_tiles(), 1000);
    std::int64_t cycles = 0, streaming = 0, fill = 0, operands = 0, output = 0;
    ASSERT_EQ(
        std::sscanf(text.c_str(),
                    "cycles %ld: streaming %ld fill_drain %ld bandwidth 0 operands %ld output "
                    "%ld",
                    &cycles, &streaming, &fill, &operands, &output),
        5)
        << text;
    EXPECT_EQ(streaming, 64 * 256) << text;
    EXPECT_EQ(fill, 65 * 6) << text;
    EXPECT_GE(operands + output, 60 * (1001 - 262)) << text;
}

// The tile at the right edge is narrower than the others: the same weights, which stay in their
// buffer, meet a band of another width.
TEST(GemmChip, WeightsThatStayMeetNarrowerBandsAtTheEdge) {
    EXPECT_EQ(in_child([] {
                  Network network;
                  network.name = network.input = "x";
                  network.output = "y";
                  network.shape_only = true;
                  network.shapes["x"] = {3, 13, 4};
                  network.constants["w"] = {{5, 3, 3, 4}, {}};
                  Node node;
                  node.name = "conv";
                  node.op = Operator::conv2d;
                  node.inputs = {"x"};
                  node.output = "y";
                  node.weights = "w";
                  node.window.kernel_h = node.window.kernel_w = 3;
                  append(network, node);
                  GemmChipConfig config = small_chip();
                  // A half holds 3 x 8 pixels of 2 bytes: at most 6 of 11 output columns.
                  config.activation_buffer_bytes = 96;
                  ChipBench bench(random_trace(network, {.weights_format = "int4",
                                                         .activations_format = "int4"}),
                                  config, 0);
                  const std::string problems = bench.simulate();
                  return problems +
                         fmt::format("streaming {}", bench.measured().at(0).array.cycles.streaming);
              }),
              // Tiles of 4, 4 and 3 columns fill the rows: 3 x 2 folds of K = 36.
              fmt::format("streaming {}", 3 * 2 * 36));
}

// The same layers on an instant memory, on a slow one and with the array of PEs: bytes equal to the
// host's reference, causes that add up, and bytes that do not depend on the time.
TEST(GemmChip, ResultsAndTrafficDoNotDependOnTheMemory) {
    for (std::uint64_t seed = 100; seed < 108; ++seed) {
        std::string first;
        for (const auto& [cycles, fidelity] :
             {std::pair(0, "tile"), std::pair(37, "tile"), std::pair(3, "pe")}) {
            const std::string text = in_child([&, latency = cycles, name = fidelity] {
                const Trace trace = random_network_trace(seed);
                GemmChipConfig config = chip_with(random_chip_keys(seed, trace)).gemm();
                config.fidelity = name;
                ChipBench bench(trace, config, latency);
                std::string problems = bench.simulate();
                std::int64_t next = 0;
                for (const LayerMeasurement& x : bench.measured()) {
                    const std::int64_t accounted =
                        x.array.cycles.total() + x.wait_operands + x.wait_output +
                        x.wait_writeback +
                        (x.array.cycles.total() > 0 ? x.wait_vector : x.vector_busy);
                    if (accounted != x.cycles || x.begin_cycle != next) problems += "sum; ";
                    next += x.cycles;
                    for (const UnitSpan& span : x.spans)
                        if (span.begin < x.begin_cycle || span.end > next || span.end <= span.begin)
                            problems += "span; ";
                }
                return problems + fmt::format("{} bytes", bench.bytes_moved());
            });
            if (first.empty()) first = text;
            EXPECT_EQ(text, first) << "seed " << seed << ", " << cycles << " cycles, " << fidelity;
            EXPECT_TRUE(text.ends_with(" bytes") && text.find(' ') == text.rfind(' ')) << text;
        }
    }
}

}  // namespace
}  // namespace bitloom::test
