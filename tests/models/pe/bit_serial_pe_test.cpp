// SPDX-License-Identifier: Apache-2.0
#include "models/pe/bit_serial/bit_serial_pe.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/base/error.h"
#include "tests/models/pe/bit_serial_dot.h"

namespace bitloom {
namespace {

using namespace test;

// The operands are the formats of these names, value by value.
TEST(BitOperand, ValuesAreThoseOfTheFormats) {
    int found = 0;
    for (const BitEncoding encoding : bit_encodings())
        for (int bits = 1; bits <= 8; ++bits) {
            const BitOperand operand{encoding, bits};
            if (name_of(operand) == "int1") continue;  // no such format
            const Format& f = format(name_of(operand));
            EXPECT_EQ(bit_operand(f), operand) << f.name();
            for (std::uint32_t code = 0; code < f.code_count(); ++code)
                EXPECT_EQ(static_cast<double>(bit_operand_value(operand, code)), f.value(code))
                    << f.name() << " code " << code;
            ++found;
        }
    EXPECT_EQ(found, 23);
}

TEST(BitOperand, EveryOtherFormatIsAnErrorWithItsName) {
    int refused = 0;
    for (const std::string& name : format_names()) {
        const Format& f = format(name);
        const bool has_planes =
            f.bits() <= 8 &&
            (name.starts_with("uint") || name.starts_with("int") || name.starts_with("bipolar"));
        if (has_planes) continue;
        ++refused;
        try {
            bit_operand(f);
            ADD_FAILURE() << name;
        } catch (const Error& error) {
            EXPECT_EQ(error.what(),
                      name +
                          ": has no bit planes: a bit-serial array takes uint1..uint8, "
                          "int2..int8, bipolar1..bipolar8");
        }
    }
    EXPECT_GT(refused, 20);
}

// One position: every value of both planes, every mode, masked or not, added to and subtracted from
// a sum that is kept, doubled or dropped.
TEST(BitSerialPe, OnePositionIsTheProductOfItsPlaneValues) {
    for (const bool a_bipolar : {false, true})
        for (const bool w_bipolar : {false, true})
            for (int bits = 0; bits < 64; ++bits) {
                const std::uint64_t x = bits & 1, w = (bits >> 1) & 1, m = (bits >> 2) & 1;
                const bool negate = (bits & 8) != 0, shift = (bits & 16) != 0,
                           clear = (bits & 32) != 0;
                const BitSerialMode mode = bit_serial_mode(
                    a_bipolar ? BitEncoding::bipolar : BitEncoding::unsigned_binary,
                    w_bipolar ? BitEncoding::bipolar : BitEncoding::twos_complement);
                const int a_value = a_bipolar ? 2 * static_cast<int>(x) - 1 : static_cast<int>(x);
                const int w_value = w_bipolar ? 2 * static_cast<int>(w) - 1 : static_cast<int>(w);
                const int product = m != 0 ? a_value * w_value : 0;
                const BitSerialPe::Inputs inputs{
                    {true, clear, shift, negate, mode}, {&x, 1}, {&w, 1}, {&m, 1}};
                EXPECT_EQ(BitSerialPe::contribution(inputs), product) << bits;
                const int before = clear ? 0 : (shift ? 2 * 77 : 77);
                EXPECT_EQ(BitSerialPe::next({77}, inputs).accumulator,
                          before + (negate ? -product : product))
                    << bits;
            }
}

TEST(BitSerialPe, KeepsItsSumWithoutWords) {
    const std::uint64_t ones = ~std::uint64_t{0};
    EXPECT_EQ(BitSerialPe::next({77}, {{false, true, true, true, BitSerialMode::and_binary},
                                       {&ones, 1},
                                       {&ones, 1},
                                       {&ones, 1}})
                  .accumulator,
              77);
}

TEST(BitSerialPe, WrapsAt32Bits) {
    constexpr auto mode = BitSerialMode::and_binary;
    const auto next = [](std::int32_t before, bool shift, bool negate, int contribution) {
        return BitSerialPe::next({before}, {true, false, shift, negate, mode}, contribution)
            .accumulator;
    };
    EXPECT_EQ(next(0x7fffffff, false, false, 1), -0x7fffffff - 1);
    EXPECT_EQ(next(-0x7fffffff - 1, false, true, 1), 0x7fffffff);
    EXPECT_EQ(next(0x40000000, true, false, 0), -0x7fffffff - 1);
    EXPECT_EQ(next(-0x40000001, true, false, 0), 0x7ffffffe);
    EXPECT_EQ(next(-0x7fffffff - 1, true, true, 5), -5);
    static_assert(
        BitSerialPe::next({0x7fffffff}, {true, false, true, false, mode}, 3).accumulator == 1);
}

// A sum that wraps on its way, or ends beyond 32 bits, is right modulo 2^32.
TEST(BitSerialPe, ASumThatWrapsIsRightModulo2To32) {
    const BitOperand byte{BitEncoding::unsigned_binary, 8};
    for (const std::int64_t length : {33026, 66100}) {  // the sign bit; beyond 32 bits
        const std::vector<std::uint8_t> codes(static_cast<std::size_t>(length), 255);
        const BitPlanes planes = pack_planes(codes, 8);
        const std::int64_t exact = length * 255 * 255;
        ASSERT_GT(exact, 0x7fffffff);
        EXPECT_EQ(bit_serial_dot(byte, planes, byte, planes, full_mask(length), 128),
                  static_cast<std::int32_t>(static_cast<std::uint32_t>(exact)));
    }
}

// Every pair of code vectors of every pair of operands of up to 4 bits: reductions of 1 and 2, and
// of 3 where both vectors together have at most 15 bits.
TEST(BitSerialDot, EveryVectorPairUpTo4x4BitsGivesTheIntegerDotProduct) {
    std::int64_t dots = 0;
    for (const BitEncoding a_encoding : bit_encodings())
        for (const BitEncoding w_encoding : bit_encodings())
            for (int p = 1; p <= 4; ++p)
                for (int q = 1; q <= 4; ++q) {
                    const BitOperand a{a_encoding, p}, w{w_encoding, q};
                    const auto steps = plane_schedule(a, w);
                    for (int length = 1; length <= 3; ++length) {
                        if (length == 3 && 3 * (p + q) > 15) continue;
                        const std::uint64_t mask = (1u << length) - 1;
                        for (std::uint32_t x = 0; x < 1u << (p * length); ++x) {
                            std::uint64_t x_planes[4] = {};
                            std::int64_t x_values[3] = {};
                            for (int k = 0; k < length; ++k) {
                                const std::uint32_t code = (x >> (p * k)) & ((1u << p) - 1);
                                x_values[k] = bit_operand_value(a, code);
                                for (int s = 0; s < p; ++s)
                                    x_planes[s] |= std::uint64_t{(code >> s) & 1} << k;
                            }
                            for (std::uint32_t y = 0; y < 1u << (q * length); ++y) {
                                std::uint64_t y_planes[4] = {};
                                std::int64_t exact = 0;
                                for (int k = 0; k < length; ++k) {
                                    const std::uint32_t code = (y >> (q * k)) & ((1u << q) - 1);
                                    exact += x_values[k] * bit_operand_value(w, code);
                                    for (int s = 0; s < q; ++s)
                                        y_planes[s] |= std::uint64_t{(code >> s) & 1} << k;
                                }
                                BitSerialPe::State pe{-123456789};
                                for (const PlaneStep& step : steps)
                                    pe = BitSerialPe::next(pe,
                                                           {step.control(true),
                                                            {&x_planes[step.activation_plane], 1},
                                                            {&y_planes[step.weight_plane], 1},
                                                            {&mask, 1}});
                                ASSERT_EQ(pe.accumulator, exact)
                                    << name_of(a) << " x " << name_of(w) << ", length " << length
                                    << ", vectors " << x << ", " << y;
                                ++dots;
                            }
                        }
                    }
                }
    RecordProperty("dots", static_cast<int>(dots));
    EXPECT_GT(dots, 1'000'000);
}

// Every pair of operands of 1..8 bits; lengths that are no multiple of the word; positions that
// take no part; words of 32 to 256 bits. In every second turn the corner codes only: the smallest
// and the largest.
TEST(BitSerialDot, LongVectorsOfEveryOperandPairGiveTheIntegerDotProduct) {
    const RandomStream random(1, "bit_serial_dot");
    constexpr std::uint64_t apart = 4096;
    std::uint64_t turn = 0;
    for (const BitEncoding a_encoding : bit_encodings())
        for (const BitEncoding w_encoding : bit_encodings())
            for (int p = 1; p <= 8; ++p)
                for (int q = 1; q <= 8; ++q)
                    for (const int word_bits : {32, 64, 128, 256, 32, 64, 128, 256}) {
                        const BitOperand a{a_encoding, p}, w{w_encoding, q};
                        const std::uint64_t at = turn++ * apart;
                        const auto length = static_cast<std::int64_t>(1 + random.below(at, 300));
                        std::vector<std::uint8_t> x = random_codes(random, at + 1, length, p);
                        std::vector<std::uint8_t> y = random_codes(random, at + 301, length, q);
                        if (turn % 2 == 0)
                            for (auto& [codes, operand] : {std::pair{&x, a}, {&y, w}})
                                for (std::uint8_t& code : *codes) {
                                    const int top = 1 << (operand.bits - 1);
                                    const bool first = code % 2 == 0;
                                    code = static_cast<std::uint8_t>(
                                        operand.encoding == BitEncoding::twos_complement
                                            ? (first ? top : top - 1)
                                            : (first ? 0 : 2 * top - 1));
                                }
                        std::vector<std::uint64_t> mask = full_mask(length);
                        if (turn % 3 == 0)
                            for (std::size_t i = 0; i < mask.size(); ++i)
                                mask[i] &= random.bits(at + 601 + i);
                        ASSERT_EQ(bit_serial_dot(a, pack_planes(x, p), w, pack_planes(y, q), mask,
                                                 word_bits),
                                  plain_dot(a, x, w, y, mask))
                            << name_of(a) << " x " << name_of(w) << ", length " << length
                            << ", word " << word_bits;
                    }
    EXPECT_EQ(turn, 9u * 64 * 8);
}

// By hand: int2 x uint3, diagonals 2^3, 2^2, 2^1, 2^0.
TEST(PlaneSchedule, GoesDownTheDiagonals) {
    const auto steps =
        plane_schedule({BitEncoding::twos_complement, 2}, {BitEncoding::unsigned_binary, 3});
    constexpr auto mode = BitSerialMode::and_binary;
    const std::vector<PlaneStep> expected = {
        {1, 2, true, false, true, mode},   {1, 1, false, true, true, mode},
        {0, 2, false, false, false, mode}, {1, 0, false, true, true, mode},
        {0, 1, false, false, false, mode}, {0, 0, false, true, false, mode}};
    EXPECT_EQ(steps, expected);
}

// BISMO: negate = (top plane of a signed operand) xor (the same of the other).
TEST(PlaneSchedule, MeetsEveryPairOnceAndShiftsOncePerDiagonal) {
    for (const BitEncoding a_encoding : bit_encodings())
        for (const BitEncoding w_encoding : bit_encodings())
            for (int p = 1; p <= 8; ++p)
                for (int q = 1; q <= 8; ++q) {
                    const auto steps = plane_schedule({a_encoding, p}, {w_encoding, q});
                    ASSERT_EQ(steps.size(), static_cast<std::size_t>(p * q));
                    std::vector<bool> seen(64, false);
                    int diagonal = p + q - 1;
                    for (std::size_t i = 0; i < steps.size(); ++i) {
                        const PlaneStep& step = steps[i];
                        const int a = step.activation_plane, w = step.weight_plane;
                        const std::size_t pair = static_cast<std::size_t>(8 * a + w);
                        EXPECT_FALSE(seen[pair]);
                        seen[pair] = true;
                        EXPECT_EQ(step.clear, i == 0);
                        EXPECT_EQ(step.shift, i != 0 && a + w == diagonal - 1);
                        EXPECT_TRUE(a + w == diagonal || a + w == diagonal - 1);
                        diagonal = a + w;
                        const bool a_top = a_encoding == BitEncoding::twos_complement && a == p - 1;
                        const bool w_top = w_encoding == BitEncoding::twos_complement && w == q - 1;
                        EXPECT_EQ(step.negate, a_top != w_top);
                        EXPECT_EQ(step.control(true).clear, step.clear);
                        EXPECT_FALSE(step.control(false).clear || step.control(false).shift);
                    }
                    EXPECT_EQ(diagonal, 0);
                }
}

TEST(PlaneSchedule, WidthsOutOfRangeAreAFault) {
    EXPECT_THROW(plane_schedule({BitEncoding::bipolar, 0}, {BitEncoding::bipolar, 1}),
                 InternalError);
    EXPECT_THROW(plane_schedule({BitEncoding::bipolar, 8}, {BitEncoding::bipolar, 9}),
                 InternalError);
}

}  // namespace
}  // namespace bitloom
