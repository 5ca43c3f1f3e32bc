// SPDX-License-Identifier: Apache-2.0
#include "models/pe/ant_pe/ant_pe.h"

#include <gtest/gtest.h>

#include "models/base/random.h"
#include "tests/models/pe/array_formats.h"

namespace bitloom {
namespace {

using test::array_formats;

__extension__ using Wide = __int128;

// Any two formats of the array, any two codes: formats may be mixed.
TEST(AntPe, ProductOfTwoCodesIsTheProductOfTheirValues) {
    std::vector<AntDecoder> decoders;
    std::vector<std::string> names;
    for (const std::string& name : array_formats())
        if (AntDecoder decoder(format(name)); decoder.lines() == 1) {
            decoders.push_back(decoder);
            names.push_back(name);
        }
    ASSERT_GE(names.size(), 14u);
    for (std::size_t i = 0; i < names.size(); ++i)
        for (std::size_t k = 0; k < names.size(); ++k)
            for (std::uint32_t a = 0; a < format(names[i]).code_count(); ++a)
                for (std::uint32_t b = 0; b < format(names[k]).code_count(); ++b)
                    ASSERT_EQ(static_cast<double>(AntPe::product(decoders[i].operand(a, 0),
                                                                 decoders[k].operand(b, 0))),
                              format(names[i]).value(a) * format(names[k]).value(b))
                        << names[i] << ' ' << a << " * " << names[k] << ' ' << b;
}

// 65,536 pairs of each kind, each through four PEs whose accumulators are added at the end, as the
// array does.
TEST(AntPe, FourPesMakeEveryProductOfBytes) {
    for (const char* first : {"int8", "uint8"})
        for (const char* second : {"int8", "uint8"}) {
            const AntDecoder activations(format(first)), weights(format(second));
            for (std::uint32_t a = 0; a < 256; ++a)
                for (std::uint32_t b = 0; b < 256; ++b) {
                    std::int64_t sum = 0;
                    for (int row = 0; row < 2; ++row)
                        for (int column = 0; column < 2; ++column)
                            sum += AntPe::next({},
                                               {true, true, activations.operand(a, row),
                                                weights.operand(b, column)},
                                               32)
                                       .accumulator;
                    ASSERT_EQ(static_cast<double>(sum),
                              format(first).value(a) * format(second).value(b))
                        << first << ' ' << a << " * " << second << ' ' << b;
                }
        }
}

// The largest operands of all: base 15 or exponent 14 on both sides.
TEST(AntPe, LargestProductsAreExact) {
    constexpr BaseExponent base{true, 15, 14}, power{false, 1, 14};
    static_assert(AntPe::product(base, base) == std::int64_t{225} << 28);
    static_assert(AntPe::product(base, power) == -(std::int64_t{15} << 28));
    static_assert(AntPe::product({true, 0, 14}, power) == 0);
}

class AccumulatorBits : public testing::TestWithParam<int> {};

// A long random walk: the state is the exact sum modulo 2^bits, read as a signed number.
TEST_P(AccumulatorBits, SumWrapsAtItsWidth) {
    const int bits = GetParam();
    const RandomStream random(50, "walk");
    const Wide modulus = Wide{1} << bits;
    AntPe::State state;
    Wide exact = 0;
    int wraps = 0;
    for (std::uint64_t i = 0; i < 200'000; ++i) {
        const std::uint64_t draw = random.bits(i);
        const auto operand = [](std::uint64_t d) {
            return BaseExponent{(d & 1) != 0, static_cast<std::uint8_t>(d >> 1 & 15),
                                static_cast<std::uint8_t>((d >> 5 & 15) % 15)};
        };
        const AntPe::Inputs inputs{(draw & 7) != 0, (draw >> 3 & 1023) == 0, operand(draw >> 20),
                                   operand(draw >> 40)};
        state = AntPe::next(state, inputs, bits);
        if (inputs.valid)
            exact = (inputs.clear ? 0 : exact) + AntPe::product(inputs.activation, inputs.weight);
        Wide expected = exact % modulus;
        if (expected >= modulus / 2) expected -= modulus;
        if (expected < -modulus / 2) expected += modulus;
        wraps += expected != exact;
        ASSERT_EQ(state.accumulator, static_cast<std::int64_t>(expected)) << "step " << i;
    }
    EXPECT_GT(wraps, 1000);
}

TEST_P(AccumulatorBits, LargestSumPlusOneIsTheSmallest) {
    const int bits = GetParam();
    const std::int64_t largest = (std::int64_t{1} << (bits - 1)) - 1;
    const AntPe::Inputs plus_one{true, false, {false, 1, 0}, {false, 1, 0}};
    EXPECT_EQ(AntPe::next({largest - 1}, plus_one, bits).accumulator, largest);
    EXPECT_EQ(AntPe::next({largest}, plus_one, bits).accumulator, -largest - 1);
    const AntPe::Inputs minus_one{true, false, {true, 1, 0}, {false, 1, 0}};
    EXPECT_EQ(AntPe::next({-largest - 1}, minus_one, bits).accumulator, largest);
}

INSTANTIATE_TEST_SUITE_P(Widths, AccumulatorBits, testing::Range(16, 33));

TEST(AntPe, HoldsItsSumWithoutOperandsAndClearsWithTheFirst) {
    const AntPe::State state{1234};
    const BaseExponent two{false, 1, 1}, three{true, 3, 0};
    EXPECT_EQ(AntPe::next(state, {false, true, two, three}, 32), state);
    EXPECT_EQ(AntPe::next(state, {true, false, two, three}, 32).accumulator, 1228);
    EXPECT_EQ(AntPe::next(state, {true, true, two, three}, 32).accumulator, -6);
}

}  // namespace
}  // namespace bitloom
