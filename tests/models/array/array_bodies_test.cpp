// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "models/array/systolic/systolic_body.h"
#include "models/base/error.h"
#include "models/pe/ant_pe/ant_pe.h"
#include "tests/models/array/array_bench.h"

namespace bitloom {
namespace {

using test::ArrayCase;
using test::Bench;
using test::Dice;

// The same sums by the definition of convolution, in 64 bits.
std::vector<std::int64_t> direct(const ArrayCase& c) {
    std::vector<std::int64_t> sums;
    for (std::int64_t m = 0; m < c.tile.m(); ++m)
        for (std::int64_t n = 0; n < c.tile.n; ++n) {
            std::int64_t sum = 0;
            for (std::int64_t k = c.tile.k_begin; k < c.tile.k_end; ++k)
                sum += static_cast<std::int64_t>(c.activation_values.value(
                           c.tile.activation_code(c.activations.data(), m, k))) *
                       c.weight_values.value(c.tile.weight_code(c.weights.data(), n, k));
            sums.push_back(sum);
        }
    return sums;
}

// One process holds one SystemC kernel, so all cases of a seed elaborate together and run in
// parallel, each body on its own commands. A third of the arrays has a size of which there is RTL.
void compare_bodies(std::uint64_t seed) {
    Dice dice(seed, "array bodies");
    const sc_core::sc_time period(2, sc_core::SC_NS);
    struct Pair {
        SystolicConfig config;
        ArrayCase array_case;
        PsumTile start, tile_psums, pe_psums, rtl_psums;
        std::unique_ptr<ArrayBody> tile, pe, rtl;
        std::unique_ptr<Bench> tile_bench, pe_bench, rtl_bench;
    };
    std::vector<std::unique_ptr<Pair>> pairs;
    for (int i = 0; i < 40; ++i) {
        SystolicConfig config = test::random_array(dice);
        const bool has_rtl = i % 3 == 0;
        if (has_rtl) {
            config.rows = config.columns = dice.pick<std::int64_t>({4, 8, 8, 16});
            config.accumulator_bits = 32;
        }
        auto pair = std::make_unique<Pair>(
            Pair{config, test::random_case(dice), {}, {}, {}, {}, {}, {}, {}, {}, {}, {}});
        pair->start = test::random_psums(dice, pair->array_case.tile, config.accumulator_bits);
        pair->tile_psums = pair->pe_psums = pair->start;
        pair->tile = make_systolic_array("tile", fmt::format("tile{}", i).c_str(), config, period);
        pair->pe = make_systolic_array("pe", fmt::format("pe{}", i).c_str(), config, period);
        pair->tile_bench =
            std::make_unique<Bench>(fmt::format("tile_bench{}", i).c_str(), *pair->tile,
                                    std::vector{pair->array_case.command(pair->tile_psums)});
        pair->pe_bench =
            std::make_unique<Bench>(fmt::format("pe_bench{}", i).c_str(), *pair->pe,
                                    std::vector{pair->array_case.command(pair->pe_psums)});
        if (has_rtl) {
            pair->rtl_psums = pair->start;
            pair->rtl = make_systolic_array("rtl", fmt::format("rtl{}", i).c_str(), config, period);
            pair->rtl_bench =
                std::make_unique<Bench>(fmt::format("rtl_bench{}", i).c_str(), *pair->rtl,
                                        std::vector{pair->array_case.command(pair->rtl_psums)});
        }
        pairs.push_back(std::move(pair));
    }
    sc_core::sc_start();
    for (const auto& pair : pairs) {
        const ArrayCase& c = pair->array_case;
        const SystolicConfig& config = pair->config;
        SCOPED_TRACE(fmt::format("seed {}: {} on {}x{} {} accumulator {} overlap {}", seed, c.text,
                                 config.rows, config.columns,
                                 config.dataflow == Dataflow::output_stationary ? "OS" : "WS",
                                 config.accumulator_bits, config.overlap_folds));
        ASSERT_GE(pair->pe_bench->cycles, 0) << "the PE array came to an end";
        ASSERT_EQ(pair->tile_psums.words, pair->pe_psums.words);
        ASSERT_EQ(pair->tile_bench->cycles, pair->pe_bench->cycles);
        ASSERT_EQ(pair->tile->counts(), pair->pe->counts());
        ASSERT_EQ(pair->tile_bench->cycles, pair->tile->counts().cycles.total());
        if (pair->rtl) {
            ASSERT_EQ(pair->tile_psums.words, pair->rtl_psums.words);
            ASSERT_EQ(pair->tile_bench->cycles, pair->rtl_bench->cycles);
            ASSERT_EQ(pair->tile->counts(), pair->rtl->counts());
        }
        const std::vector<std::int64_t> sums = direct(c);
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const auto index = static_cast<std::int64_t>(i);
            const auto word = static_cast<std::size_t>(index / c.tile.n * pair->start.columns +
                                                       c.tile.psum_column + index % c.tile.n);
            const std::int64_t before = c.tile.accumulate ? pair->start.words[word] : 0;
            ASSERT_EQ(pair->tile_psums.words[word],
                      wrap_to_bits(before + sums[i], config.accumulator_bits));
        }
        // No more work in a cycle than there are PEs.
        EXPECT_LE(pair->tile->counts().macs,
                  config.rows * config.columns * pair->tile_bench->cycles);
    }
}

class ArrayBodies : public ::testing::TestWithParam<int> {};

TEST_P(ArrayBodies, AgreeOnPsumsCyclesAndCounts) {
    compare_bodies(static_cast<std::uint64_t>(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, ArrayBodies, ::testing::Range(1, 13));

// The last psum of a full fold leaves in the last cycle: not one cycle earlier, not one later.
TEST(ArrayBodies, TheLastPsumOfAFullFoldLeavesInTheLastCycle) {
    Dice dice(1, "last psum");
    SystolicConfig config;
    config.rows = 8;
    config.columns = 4;
    config.overlap_folds = false;
    ConvolutionTile tile;
    tile.band_h = tile.out_h = 8;  // M = 8 = R, N = 4 = C, K = 5: T + R + C - 2 = 15 cycles
    tile.channels = tile.group_channels = tile.k_end = 5;
    tile.n = 4;
    ArrayCase c{tile, CodeValues(format("uint4")), CodeValues(format("uint4")), {}, {}, {}};
    c.activations = std::vector<std::byte>(8 * 3, std::byte{0x11});
    c.weights = std::vector<std::byte>(4 * 3, std::byte{0x11});
    PsumTile psums;
    psums.clear(8, 4);
    const sc_core::sc_time period(2, sc_core::SC_NS);
    const auto pe = make_systolic_array("pe", "pe", config, period);
    const Bench bench("bench", *pe, {c.command(psums)});
    // The step of cycle 14 (the fifteenth) happens at its edge.
    sc_core::sc_start(period * 13.5);
    EXPECT_EQ(psums.words.back(), 0);
    EXPECT_EQ(psums.words[psums.words.size() - 2], 5) << "its neighbour left a cycle before";
    sc_core::sc_start(period * 1.0);
    EXPECT_EQ(psums.words.back(), 5);
    EXPECT_EQ(bench.cycles, -1) << "the last cycle has begun but not ended";
    sc_core::sc_start(period * 1.0);
    EXPECT_EQ(bench.cycles, 15);
}

TEST(ArrayBody, RefusesAnUnknownFidelity) {
    try {
        make_systolic_array("fast", "array", {}, sc_core::sc_time(1, sc_core::SC_NS));
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "fidelity = fast: allowed: pe, rtl, tile");
    }
}

std::string error_of_rtl(const SystolicConfig& config) {
    try {
        make_systolic_array("rtl", "array", config, sc_core::sc_time(1, sc_core::SC_NS));
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(ArrayBody, RefusesRtlOfASizeThatIsNotBuilt) {
    SystolicConfig config;
    config.rows = 64;
    config.columns = 16;
    EXPECT_EQ(error_of_rtl(config),
              "fidelity rtl is built for arrays of 4x4, 8x8, 16x16: array.rows x array.columns = "
              "64 x 16: choose one of them, or fidelity pe or tile");
}

TEST(ArrayBody, RefusesRtlWithAnotherAccumulator) {
    SystolicConfig config;
    config.rows = config.columns = 16;
    config.accumulator_bits = 24;
    EXPECT_EQ(error_of_rtl(config),
              "fidelity rtl is built for accumulators of 32 bits: array.accumulator_bits = 24: "
              "choose 32, or fidelity pe or tile");
}

TEST(ArrayBody, RefusesAWaveformOfFidelityTile) {
    const auto array =
        make_systolic_array("tile", "array", {}, sc_core::sc_time(1, sc_core::SC_NS));
    try {
        array->record_waveform(std::make_shared<WaveformFile>("a.vcd"));
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "waveform a.vcd: fidelity tile has no signals: choose fidelity pe or rtl");
    }
}

TEST(ArrayBody, RefusesAnEightBitOperandBesideAFourBitOne) {
    const AntDecoder wide(format("int8"));
    const AntDecoder narrow(format("flint4"));
    try {
        common_lines(wide, narrow);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "int8 activations x flint4 weights: the array takes both of up to 4 bits, or "
                     "both 8-bit integers");
    }
}

}  // namespace
}  // namespace bitloom
