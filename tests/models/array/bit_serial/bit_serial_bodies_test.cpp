// SPDX-License-Identifier: Apache-2.0
// The two bodies of the bit-serial core against each other, against the direct convolution, and
// against cycles worked out by hand (models/array/bit_serial/README.md).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "models/array/bit_serial/bit_serial_body.h"
#include "models/base/error.h"
#include "models/pe/ant_pe/ant_pe.h"
#include "tests/models/array/array_bench.h"

namespace bitloom {
namespace {

using test::ArrayCase;
using test::Bench;
using test::Dice;

const sc_core::sc_time period(2, sc_core::SC_NS);

// Half of them so narrow that the tile body multiplies with popcounts.
std::string random_format(Dice& dice) {
    const std::int64_t most = dice.below(2) == 0 ? 2 : 8;
    switch (dice.below(3)) {
        case 0:
            return fmt::format("uint{}", dice.between(1, most));
        case 1:
            return fmt::format("int{}", dice.between(2, most));
        default:
            return fmt::format("bipolar{}", dice.between(1, most));
    }
}

// Codes with `density` of 8 set apart from zero: small and sparse ones make dynamic precision,
// essential bits and zero weights worth something.
std::vector<std::byte> sparse_codes(Dice& dice, std::int64_t vectors, std::int64_t length,
                                    int bits) {
    std::vector<std::byte> bytes = test::random_codes(dice, vectors, length, bits);
    const std::int64_t pitch = packed_bytes(length, bits);
    const std::int64_t zeros = dice.between(0, 7), small = dice.between(0, 7);
    for (std::int64_t v = 0; v < vectors; ++v)
        for (std::int64_t i = 0; i < length; ++i) {
            const bool zero = dice.below(8) < zeros, top = dice.below(8) < small;
            for (int b = 0; b < bits; ++b)
                if (zero || (top && b >= 2)) {
                    const std::int64_t bit = i * bits + b;
                    bytes[static_cast<std::size_t>(v * pitch + bit / 8)] &=
                        ~(std::byte{1} << (bit % 8));
                }
        }
    return bytes;
}

ArrayCase bit_serial_case(Dice& dice) {
    const Format& activation = format(random_format(dice));
    const Format& weight = format(random_format(dice));
    ConvolutionTile tile;
    tile.window.kernel_h = dice.between(1, 3);
    tile.window.kernel_w = dice.between(1, 3);
    tile.window.stride_h = dice.between(1, 2);
    tile.window.stride_w = dice.between(1, 2);
    tile.window.dilation_h = dice.between(1, 2);
    tile.window.dilation_w = dice.between(1, 2);
    tile.out_h = dice.between(1, 4);
    tile.out_w = dice.between(1, 4);
    tile.band_h = (tile.out_h - 1) * tile.window.stride_h +
                  (tile.window.kernel_h - 1) * tile.window.dilation_h + 1;
    tile.band_w = (tile.out_w - 1) * tile.window.stride_w +
                  (tile.window.kernel_w - 1) * tile.window.dilation_w + 1 + dice.below(2);
    if (dice.below(2) == 0) {
        tile.pad_top = dice.below(2);
        tile.pad_bottom = dice.below(2);
        tile.pad_left = dice.below(2);
        tile.pad_right = dice.below(2);
    }
    tile.group_channels = dice.between(1, 20);
    tile.channel_begin = dice.below(3) == 0 ? dice.between(0, 4) : 0;
    tile.channels = tile.channel_begin + tile.group_channels + dice.below(3);
    tile.n = dice.between(1, 10);
    const std::int64_t k = tile.window.kernel_h * tile.window.kernel_w * tile.group_channels;
    tile.k_begin = dice.below(2) == 0 ? 0 : dice.below(k);
    tile.k_end = tile.k_begin + 1 + dice.below(k - tile.k_begin);
    if (dice.below(2) == 0) tile.k_end = k;
    tile.k_major = dice.below(3) == 0;
    tile.activation_bits = activation.bits();
    tile.weight_bits = weight.bits();
    tile.accumulate = dice.below(3) == 0;
    tile.psum_column = dice.below(3) == 0 ? dice.between(1, 5) : 0;

    ArrayCase result{tile, CodeValues(activation), CodeValues(weight), {}, {}, {}};
    result.activations =
        sparse_codes(dice, tile.band_h * tile.band_w, tile.channels, tile.activation_bits);
    const std::int64_t pixel_bytes = packed_bytes(tile.channels, tile.activation_bits);
    for (std::int64_t pixel = 0; pixel < tile.band_h * tile.band_w; ++pixel)
        if (tile.is_padding(pixel / tile.band_w, pixel % tile.band_w))
            std::fill_n(result.activations.begin() + pixel * pixel_bytes, pixel_bytes,
                        std::byte{0});
    result.weights = tile.k_major ? sparse_codes(dice, tile.k(), tile.n, tile.weight_bits)
                                  : sparse_codes(dice, tile.n, tile.k(), tile.weight_bits);
    result.text = fmt::format("activations {} x weights {}, M {} N {} K {}..{} of {}, window {}x{}",
                              activation.name(), weight.name(), tile.m(), tile.n, tile.k_begin,
                              tile.k_end, k, tile.window.kernel_h, tile.window.kernel_w);
    return result;
}

BitSerialConfig random_core(Dice& dice, BitSerialDataflow dataflow) {
    BitSerialConfig config;
    config.rows = dice.between(1, 6);
    config.columns = dice.between(1, 6);
    config.word_bits = dice.pick<std::int64_t>({32, 32, 64, 128});
    config.dataflow = dataflow;
    config.stacking = plane_stackings[static_cast<std::size_t>(dice.below(5))];
    config.lanes = dice.between(1, config.word_bits / 8);
    config.serial_bits = static_cast<int>(dice.pick<std::int64_t>({1, 2, 4}));
    config.first_stage_bits = static_cast<int>(dice.between(0, 3));
    config.lookahead = static_cast<int>(dice.between(1, 3));
    config.lookaside = static_cast<int>(dice.between(0, 6));
    config.search = dice.below(3) == 0 ? SearchShape::l : SearchShape::t;
    config.back_end = dice.below(2) == 0 ? TacticalBackEnd::stripes : TacticalBackEnd::pragmatic;
    config.fill_cycles = dice.between(1, 12);
    config.activation_port_bits = dice.pick<std::int64_t>({29, 128, 8192});
    config.weight_port_bits = dice.pick<std::int64_t>({31, 128, 8192});
    return config;
}

// The same sums by the definition of convolution, in 64 bits.
std::vector<std::int64_t> direct(const ArrayCase& c) {
    std::vector<std::int64_t> sums;
    for (std::int64_t m = 0; m < c.tile.m(); ++m)
        for (std::int64_t n = 0; n < c.tile.n; ++n) {
            std::int64_t sum = 0;
            for (std::int64_t k = c.tile.k_begin; k < c.tile.k_end; ++k)
                if (c.activation_values.zero_is_zero() || !c.tile.is_padding_of(m, k))
                    sum += static_cast<std::int64_t>(c.activation_values.value(
                               c.tile.activation_code(c.activations.data(), m, k))) *
                           c.weight_values.value(c.tile.weight_code(c.weights.data(), n, k));
            sums.push_back(sum);
        }
    return sums;
}

// One process holds one SystemC kernel, so all cases of a seed elaborate together and run in
// parallel, each body on its own command.
void compare_bodies(std::uint64_t seed) {
    Dice dice(seed, "bit-serial bodies");
    struct Pair {
        BitSerialConfig config;
        ArrayCase array_case;
        PsumTile start, tile_psums, pe_psums;
        std::unique_ptr<ArrayBody> tile, pe;
        std::unique_ptr<Bench> tile_bench, pe_bench;
    };
    std::vector<std::unique_ptr<Pair>> pairs;
    for (int i = 0; i < 42; ++i) {
        const BitSerialConfig config =
            random_core(dice, bit_serial_dataflows[static_cast<std::size_t>(i) % 6]);
        auto pair =
            std::make_unique<Pair>(Pair{config, bit_serial_case(dice), {}, {}, {}, {}, {}, {}, {}});
        pair->start = test::random_psums(dice, pair->array_case.tile, 32);
        pair->tile_psums = pair->pe_psums = pair->start;
        pair->tile = make_bit_serial_core("tile", fmt::format("tile{}", i).c_str(), config, period);
        pair->pe = make_bit_serial_core("pe", fmt::format("pe{}", i).c_str(), config, period);
        pair->tile_bench =
            std::make_unique<Bench>(fmt::format("tile_bench{}", i).c_str(), *pair->tile,
                                    std::vector{pair->array_case.command(pair->tile_psums)});
        pair->pe_bench =
            std::make_unique<Bench>(fmt::format("pe_bench{}", i).c_str(), *pair->pe,
                                    std::vector{pair->array_case.command(pair->pe_psums)});
        pairs.push_back(std::move(pair));
    }
    sc_core::sc_start();
    for (const auto& pair : pairs) {
        const ArrayCase& c = pair->array_case;
        const BitSerialConfig& config = pair->config;
        SCOPED_TRACE(fmt::format(
            "seed {}: {} on {}x{}x{} {} stacking {} lanes {} serial {} B {} H {} D {} {}", seed,
            c.text, config.rows, config.columns, config.word_bits, to_string(config.dataflow),
            to_string(config.stacking), config.lanes, config.serial_bits, config.first_stage_bits,
            config.lookahead, config.lookaside, to_string(config.back_end)));
        ASSERT_GE(pair->pe_bench->cycles, 0) << "the PEs came to an end";
        const std::vector<std::int64_t> sums = direct(c);
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const auto index = static_cast<std::int64_t>(i);
            const auto word = static_cast<std::size_t>(index / c.tile.n * pair->start.columns +
                                                       c.tile.psum_column + index % c.tile.n);
            const std::int64_t before = c.tile.accumulate ? pair->start.words[word] : 0;
            ASSERT_EQ(pair->tile_psums.words[word], wrap_to_bits(before + sums[i], 32)) << "tile";
            ASSERT_EQ(pair->pe_psums.words[word], wrap_to_bits(before + sums[i], 32)) << "pe";
        }
        ASSERT_EQ(pair->tile_psums.words, pair->pe_psums.words);
        const ArrayCounts& tile = pair->tile->counts();
        const ArrayCounts& pe = pair->pe->counts();
        ASSERT_EQ(tile.cycles.streaming, pe.cycles.streaming);
        ASSERT_EQ(tile.cycles.bandwidth, pe.cycles.bandwidth);
        ASSERT_EQ(tile.cycles.fill_drain, pe.cycles.fill_drain);
        ASSERT_EQ(tile.popcount_bits, pe.popcount_bits);
        ASSERT_EQ(tile.accumulates, pe.accumulates);
        ASSERT_EQ(tile.combines, pe.combines);
        ASSERT_EQ(tile.activation_read_bits, pe.activation_read_bits);
        ASSERT_EQ(tile.weight_read_bits, pe.weight_read_bits);
        ASSERT_EQ(tile.overflows, pe.overflows);
        ASSERT_EQ(tile, pe);
        ASSERT_EQ(pair->tile_bench->cycles, pair->pe_bench->cycles);
        ASSERT_EQ(pair->tile_bench->cycles, tile.cycles.total());
        // The mapper's estimate bounds what the data made of it.
        const std::int64_t estimate = estimate_cycles(config, c.tile.m(), c.tile.n, c.tile.k(),
                                                      c.tile.weight_bits, c.tile.activation_bits);
        const bool exact = config.dataflow == BitSerialDataflow::bismo ||
                           config.dataflow == BitSerialDataflow::apnn ||
                           config.dataflow == BitSerialDataflow::stripes;
        ASSERT_LE(tile.cycles.total(), estimate);
        ASSERT_TRUE(!exact || tile.cycles.total() == estimate);
        // No unit has more AND gates than its word. Activations of 2 or 4 bits a cycle have as many
        // words.
        const std::int64_t words =
            config.dataflow == BitSerialDataflow::loom ? config.serial_bits : 1;
        ASSERT_LE(tile.popcount_bits,
                  config.rows * config.columns * config.word_bits * words * tile.cycles.streaming);
    }
}

class BitSerialBodies : public ::testing::TestWithParam<int> {};

TEST_P(BitSerialBodies, AgreeOnPsumsCyclesAndCounts) {
    compare_bodies(static_cast<std::uint64_t>(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, BitSerialBodies, ::testing::Range(1, 13));

// A GEMM M x K by K x N of given codes.
ArrayCase gemm_case(std::int64_t m, std::int64_t n, std::int64_t k, const char* activation,
                    const char* weight, const std::vector<std::uint32_t>& activation_codes,
                    const std::vector<std::uint32_t>& weight_codes) {
    ConvolutionTile tile;
    tile.band_h = tile.out_h = m;
    tile.channels = tile.group_channels = tile.k_end = k;
    tile.n = n;
    ArrayCase c{tile, CodeValues(format(activation)), CodeValues(format(weight)), {}, {}, {}};
    c.tile.activation_bits = c.activation_values.bits();
    c.tile.weight_bits = c.weight_values.bits();
    const auto pack = [](std::int64_t vectors, std::int64_t length, int bits,
                         const std::vector<std::uint32_t>& codes) {
        std::vector<std::byte> bytes(
            static_cast<std::size_t>(vectors * packed_bytes(length, bits)));
        for (std::int64_t i = 0; i < vectors * length; ++i)
            for (int b = 0; b < bits; ++b)
                if (codes[static_cast<std::size_t>(i)] >> b & 1u) {
                    const std::int64_t bit =
                        i / length * packed_bytes(length, bits) * 8 + i % length * bits + b;
                    bytes[static_cast<std::size_t>(bit / 8)] |= std::byte{1} << (bit % 8);
                }
        return bytes;
    };
    c.activations = pack(m, k, c.tile.activation_bits, activation_codes);
    c.weights = pack(n, k, c.tile.weight_bits, weight_codes);
    return c;
}

// Runs a case on both bodies and expects the same counts of them.
ArrayCounts counts_of(const ArrayCase& c, const BitSerialConfig& config) {
    PsumTile tile_psums, pe_psums;
    tile_psums.clear(c.tile.m(), c.tile.n);
    pe_psums.clear(c.tile.m(), c.tile.n);
    const auto tile = make_bit_serial_core("tile", "tile", config, period);
    const auto pe = make_bit_serial_core("pe", "pe", config, period);
    const Bench tile_bench("tile_bench", *tile, {c.command(tile_psums)});
    const Bench pe_bench("pe_bench", *pe, {c.command(pe_psums)});
    sc_core::sc_start();
    EXPECT_EQ(tile_psums.words, pe_psums.words);
    EXPECT_EQ(tile->counts(), pe->counts());
    EXPECT_EQ(tile_bench.cycles, tile->counts().cycles.total());
    EXPECT_EQ(pe_bench.cycles, tile->counts().cycles.total());
    return tile->counts();
}

BitSerialConfig example_core(BitSerialDataflow dataflow) {
    BitSerialConfig config;
    config.rows = config.columns = 2;
    config.word_bits = 32;
    config.lanes = 4;
    config.dataflow = dataflow;
    return config;
}

TEST(BitSerialCounts, AreActivityOfTheCoreOnlyWhereThereIsAny) {
    ArrayCounts counts;
    Activity activity;
    counts.add_to(activity);
    EXPECT_TRUE(activity.events().empty());
    counts.popcount_bits = 7;
    counts.accumulates = 5;
    counts.combines = 3;
    counts.add_to(activity);
    EXPECT_EQ(activity.count("bit_serial.popcount_bits"), 7);
    EXPECT_EQ(activity.count("bit_serial.accumulate"), 5);
    EXPECT_EQ(activity.count("bit_serial.combine"), 3);
    EXPECT_EQ(activity.events().size(), 3u);
    ArrayCounts twice = counts;
    twice += counts;
    EXPECT_EQ(twice.popcount_bits, 14);
    twice -= counts;
    EXPECT_EQ(twice, counts);
}

// The README's example: M 3, N 2, K 40; every activation is 5 (three bits), every weight 3.
ArrayCase example_case() {
    return gemm_case(3, 2, 40, "uint3", "uint2", std::vector<std::uint32_t>(120, 5),
                     std::vector<std::uint32_t>(80, 3));
}

TEST(BitSerialExample, BismoTakesEveryPairOfPlanes) {
    const ArrayCounts counts = counts_of(example_case(), example_core(BitSerialDataflow::bismo));
    EXPECT_EQ(counts.cycles.streaming, 2 * 1 * 2 * 6);
    EXPECT_EQ(counts.cycles.fill_drain, 10);
    EXPECT_EQ(counts.popcount_bits, 3 * 2 * 40 * 6);
    EXPECT_EQ(counts.accumulates, 3 * 2 * 2 * 6);
    EXPECT_EQ(counts.combines, 0) << "the accumulator shifts";
    EXPECT_EQ(counts.activation_read_bits, 3 * 40 * 6);
    EXPECT_EQ(counts.weight_read_bits, 2 * 2 * 40 * 6) << "for two folds of rows";
    EXPECT_EQ(counts.output_write_bits, 6 * 32);
    EXPECT_EQ(counts.output_read_bits, 0);
}

TEST(BitSerialExample, ApnnStacksThePlanesOfTheActivations) {
    const ArrayCounts counts = counts_of(example_case(), example_core(BitSerialDataflow::apnn));
    EXPECT_EQ(counts.cycles.streaming, 5 * 1 * 2 * 2);
    EXPECT_EQ(counts.cycles.fill_drain, 10 + 2) << "an adder tree over three planes";
    EXPECT_EQ(counts.combines, 9 * 2);
    // Nine virtual rows on two: each activation's planes 0-2, 3-5, 6-8 lie in two folds.
    EXPECT_EQ(counts.psum_words, 2 * 2 + 2 * 2 + 2 * 2);
    EXPECT_EQ(counts.output_read_bits, 6 * 32) << "what the second fold of each is added to";
}

TEST(BitSerialExample, StripesTakesACycleABitOfTheActivations) {
    const ArrayCounts counts = counts_of(example_case(), example_core(BitSerialDataflow::stripes));
    EXPECT_EQ(counts.cycles.streaming, 2 * 10 * 3);
    EXPECT_EQ(counts.popcount_bits, 3 * 2 * 40 * 6);
    EXPECT_EQ(counts.accumulates, 6 * 10 * 3);
    EXPECT_EQ(counts.activation_read_bits, 3 * 40 * 3);
    EXPECT_EQ(counts.weight_read_bits, 2 * 2 * 40 * 2);
}

// Words 0..31 and 32..39 of rows 0-1 and of row 2: only the first has an activation above 1.
TEST(BitSerialExample, LoomFindsThePrecisionOfEachStep) {
    std::vector<std::uint32_t> activations(120, 1);
    activations[40 + 31] = 5;  // row 1
    const ArrayCase c =
        gemm_case(3, 2, 40, "uint3", "uint2", activations, std::vector<std::uint32_t>(80, 3));
    const ArrayCounts counts = counts_of(c, example_core(BitSerialDataflow::loom));
    EXPECT_EQ(counts.cycles.streaming, (3 + 1 + 1 + 1) * 2);
    EXPECT_EQ(counts.activation_read_bits, 2 * 32 * 3 + 2 * 8 + 32 + 8);
    EXPECT_EQ(counts.combines, 2 * 2 * (3 + 1) + 1 * 2 * (1 + 1));
}

TEST(BitSerialExample, LoomWithTwoBitsACycleTakesHalfTheDigits) {
    BitSerialConfig config = example_core(BitSerialDataflow::loom);
    config.serial_bits = 2;
    const ArrayCounts counts = counts_of(example_case(), config);
    EXPECT_EQ(counts.cycles.streaming, 2 * 2 * 2 * 2) << "folds, words, digits, planes";
}

// Negative numbers: -1 is 01 behind its sign, so two planes of four.
TEST(BitSerialExample, LoomSendsTheSignOfNegativeNumbersOnly) {
    const ArrayCase c = gemm_case(2, 2, 32, "int4", "uint2", std::vector<std::uint32_t>(64, 15),
                                  std::vector<std::uint32_t>(64, 3));
    EXPECT_EQ(counts_of(c, example_core(BitSerialDataflow::loom)).cycles.streaming, 2 * 2);
}

TEST(BitSerialExample, PragmaticTakesACycleASetBit) {
    const ArrayCounts counts =
        counts_of(example_case(), example_core(BitSerialDataflow::pragmatic));
    EXPECT_EQ(counts.cycles.streaming, 2 * 10 * 2) << "5 has two bits";
    EXPECT_EQ(counts.popcount_bits, 3 * 2 * 40 * 2 * 2);
}

// All rows of a fold wait for the slowest (the pallet).
TEST(BitSerialExample, PragmaticRowsWaitForTheSlowest) {
    std::vector<std::uint32_t> activations(80, 0);
    activations[0] = 7;       // row 0, step 0: three cycles
    activations[40 + 4] = 3;  // row 1, step 1: two
    const ArrayCase c =
        gemm_case(2, 2, 40, "uint3", "uint2", activations, std::vector<std::uint32_t>(80, 3));
    const ArrayCounts counts = counts_of(c, example_core(BitSerialDataflow::pragmatic));
    EXPECT_EQ(counts.cycles.streaming, 3 + 2 + 8);
    EXPECT_EQ(counts.accumulates, 2 * (3 + 1 + 8) + 2 * (1 + 2 + 8)) << "waiting units rest";
}

// One weight a line: three lines fold into one (lookahead 2), so 10 lines take 4 steps.
TEST(BitSerialExample, BitTacticalSkipsZeroWeights) {
    std::vector<std::uint32_t> weights(80, 0);
    for (std::size_t i = 0; i < weights.size(); i += 4) weights[i] = 3;
    const ArrayCase c =
        gemm_case(3, 2, 40, "uint3", "uint2", std::vector<std::uint32_t>(120, 5), weights);
    BitSerialConfig config = example_core(BitSerialDataflow::bit_tactical);
    config.back_end = TacticalBackEnd::stripes;
    const ArrayCounts counts = counts_of(c, config);
    EXPECT_EQ(counts.cycles.streaming, 2 * 4 * 3);
    EXPECT_EQ(counts.popcount_bits, 3 * 20 * 2 * 3) << "zero weights are not multiplied";
    EXPECT_EQ(counts.weight_read_bits, 2 * 2 * 4 * 4 * (2 + 3)) << "three bits say where from";
    EXPECT_EQ(counts.activation_read_bits, 3 * 40 * 3);
}

TEST(BitSerialExample, BitTacticalSkipsZeroBitsToo) {
    std::vector<std::uint32_t> weights(80, 0);
    for (std::size_t i = 0; i < weights.size(); i += 4) weights[i] = 3;
    const ArrayCase c =
        gemm_case(3, 2, 40, "uint3", "uint2", std::vector<std::uint32_t>(120, 5), weights);
    EXPECT_EQ(counts_of(c, example_core(BitSerialDataflow::bit_tactical)).cycles.streaming,
              2 * 4 * 2);
}

// All pairs of the 23 formats on each dataflow, one command behind the other on the same bodies; K
// is one position more than a word.
TEST(BitSerialCore, MultipliesEveryPairOfFormatsExactly) {
    std::vector<std::string> formats;
    for (int bits = 1; bits <= 8; ++bits) {
        formats.push_back(fmt::format("uint{}", bits));
        if (bits > 1) formats.push_back(fmt::format("int{}", bits));
        formats.push_back(fmt::format("bipolar{}", bits));
    }
    Dice dice(5, "every pair");
    const std::int64_t m = 3, n = 3, k = 33;
    std::vector<ArrayCase> cases;
    for (const std::string& activation : formats)
        for (const std::string& weight : formats) {
            const auto codes = [&](std::int64_t count, const std::string& name) {
                std::vector<std::uint32_t> drawn;
                for (std::int64_t i = 0; i < count; ++i)
                    drawn.push_back(static_cast<std::uint32_t>(
                        dice.below(std::int64_t{1} << format(name).bits())));
                return drawn;
            };
            cases.push_back(gemm_case(m, n, k, activation.c_str(), weight.c_str(),
                                      codes(m * k, activation), codes(n * k, weight)));
        }
    ASSERT_EQ(cases.size(), 23u * 23u);
    struct Run {
        std::vector<PsumTile> psums;
        std::unique_ptr<ArrayBody> body;
        std::unique_ptr<Bench> bench;
    };
    std::vector<std::unique_ptr<Run>> runs;
    for (const BitSerialDataflow dataflow : bit_serial_dataflows)
        for (const char* fidelity : {"tile", "pe"}) {
            auto run = std::make_unique<Run>();
            run->psums.resize(cases.size());
            std::vector<ArrayCommand> commands;
            for (std::size_t i = 0; i < cases.size(); ++i) {
                run->psums[i].clear(m, n);
                commands.push_back(cases[i].command(run->psums[i]));
            }
            const std::string name = fmt::format("{}_{}", to_string(dataflow), fidelity);
            run->body =
                make_bit_serial_core(fidelity, name.c_str(), example_core(dataflow), period);
            run->bench = std::make_unique<Bench>((name + "_bench").c_str(), *run->body, commands);
            runs.push_back(std::move(run));
        }
    sc_core::sc_start();
    for (const auto& run : runs)
        for (std::size_t i = 0; i < cases.size(); ++i) {
            const std::vector<std::int64_t> sums = direct(cases[i]);
            for (std::size_t output = 0; output < sums.size(); ++output)
                ASSERT_EQ(run->psums[i].words[output], sums[output])
                    << run->body->name() << ", activations "
                    << cases[i].activation_values.format().name() << ", weights "
                    << cases[i].weight_values.format().name();
        }
    for (std::size_t i = 0; i < runs.size(); i += 2) {
        EXPECT_EQ(runs[i]->body->counts(), runs[i + 1]->body->counts()) << runs[i]->body->name();
        EXPECT_EQ(runs[i]->bench->cycles, runs[i + 1]->bench->cycles) << runs[i]->body->name();
    }
}

// The last psum is there in the last cycle: not one cycle earlier, not one later.
TEST(BitSerialPeCore, TheLastPsumLeavesInTheLastCycle) {
    const ArrayCase c = gemm_case(2, 2, 32, "uint1", "uint1", std::vector<std::uint32_t>(64, 1),
                                  std::vector<std::uint32_t>(64, 1));
    PsumTile psums;
    psums.clear(2, 2);
    const auto pe =
        make_bit_serial_core("pe", "pe", example_core(BitSerialDataflow::bismo), period);
    const Bench bench("bench", *pe, {c.command(psums)});
    // One word and L = 10: cycle 10 (the eleventh) writes.
    sc_core::sc_start(period * 9.5);
    EXPECT_EQ(psums.words.back(), 0);
    sc_core::sc_start(period * 1.0);
    EXPECT_EQ(psums.words.back(), 32);
    EXPECT_EQ(bench.cycles, -1) << "the last cycle has begun but not ended";
    sc_core::sc_start(period * 1.0);
    EXPECT_EQ(bench.cycles, 11);
}

// 255 * 255 over 33,100 positions leaves 32 bits.
TEST(BitSerialCore, AccumulatorsWrapAndOverflowsAreCounted) {
    const std::int64_t k = 33100;
    ArrayCase c = gemm_case(1, 1, k, "uint8", "uint8", std::vector<std::uint32_t>(33100, 255),
                            std::vector<std::uint32_t>(33100, 255));
    BitSerialConfig config = example_core(BitSerialDataflow::bismo);
    config.word_bits = 512;
    const ArrayCounts counts = counts_of(c, config);
    EXPECT_EQ(counts.overflows, 1);
}

// A fast body that keeps what it unpacked must not mistake other bytes for them.
TEST(BitSerialTileCore, KeepsOnlyWhatTheTagsName) {
    const auto tile =
        make_bit_serial_core("tile", "tile", example_core(BitSerialDataflow::bit_tactical), period);
    const ArrayCase ones = gemm_case(1, 1, 8, "uint2", "uint2", std::vector<std::uint32_t>(8, 1),
                                     std::vector<std::uint32_t>(8, 1));
    const ArrayCase twos = gemm_case(1, 1, 8, "uint2", "uint2", std::vector<std::uint32_t>(8, 2),
                                     std::vector<std::uint32_t>(8, 2));
    const ArrayCase threes = gemm_case(1, 1, 8, "uint2", "uint2", std::vector<std::uint32_t>(8, 3),
                                       std::vector<std::uint32_t>(8, 3));
    std::vector<PsumTile> psums(5);
    for (PsumTile& each : psums) each.clear(1, 1);
    const auto command = [&](const ArrayCase& a, const ArrayCase& w, ContentTag at, ContentTag wt,
                             PsumTile& to) {
        ArrayCommand result = a.command(to);
        result.weights = w.weights.data();
        result.activation_tag = at;
        result.weight_tag = wt;
        return result;
    };
    const Bench bench("bench", *tile,
                      {command(ones, ones, {1, 1, 0}, {1, 2, 0}, psums[0]),
                       command(twos, ones, {1, 1, 1}, {1, 2, 0}, psums[1]),
                       command(twos, twos, {1, 1, 1}, {1, 2, 1}, psums[2]),
                       command(threes, threes, {2, 1, 1}, {2, 2, 1}, psums[3]),
                       command(ones, ones, {}, {}, psums[4])});
    sc_core::sc_start();
    EXPECT_EQ(psums[0].words[0], 8);
    EXPECT_EQ(psums[1].words[0], 16);
    EXPECT_EQ(psums[2].words[0], 32);
    EXPECT_EQ(psums[3].words[0], 72) << "the next layer has the same content numbers";
    EXPECT_EQ(psums[4].words[0], 8);
}

TEST(BitSerialCore, RecordsNoWaveform) {
    for (const char* fidelity : {"tile", "pe"}) {
        const auto core = make_bit_serial_core(fidelity, fidelity, {}, period);
        try {
            core->record_waveform(std::make_shared<WaveformFile>("a.vcd"));
            FAIL() << "no error";
        } catch (const Error& error) {
            EXPECT_STREQ(error.what(),
                         "waveform a.vcd: the bit-serial core records none, at no fidelity");
        }
    }
}

std::string error_of(const std::string& fidelity, const BitSerialConfig& config) {
    try {
        make_bit_serial_core(fidelity, "core", config, period);
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(BitSerialCore, RefusesAnUnknownFidelityAndAWrongSize) {
    EXPECT_EQ(error_of("rtl", {}), "fidelity = rtl: allowed: pe, tile");
    BitSerialConfig config;
    config.rows = 0;
    EXPECT_EQ(error_of("tile", config), "array.rows = 0: allowed: 1..1024");
}

}  // namespace
}  // namespace bitloom
