// SPDX-License-Identifier: Apache-2.0
// The C++ side of the cross-checks against plain arithmetic: agreement with the RTL alone would not
// show a mistake that both share.
#include <gtest/gtest.h>

#include "models/base/random.h"
#include "models/pe/int8_mac/int8_mac.h"
#include "models/pe/requantizer/requantizer.h"
#include "sim/verify/ant_decoder_check.h"
#include "sim/verify/byte_operands.h"

namespace bitloom {
namespace {

// Base and exponent of every code give the format's value, for every width that has a decoder.
TEST(AntDecodeReference, IsTheValueOfEveryCode) {
    for (const AntType& type : ant_types)
        for (int bits = 3; bits <= 8; ++bits) {
            const Format& f = format(fmt::format("{}{}", type.family, bits));
            for (std::uint32_t code = 0; code < f.code_count(); ++code) {
                const BaseExponent part = ant_decode(type, bits, code);
                EXPECT_EQ(Value::of(part.negative, part.base, part.exponent), f.decode(code))
                    << f.name() << " code " << code;
            }
        }
}

TEST(AntTypes, NumbersSayTheSign) {
    for (const AntType& type : ant_types)
        EXPECT_EQ((type.number & 4) != 0, format(std::string(type.family) + "4").is_signed());
}

TEST(AntInt8Reference, IsTheProductOfEveryPair) {
    for (const bool a_signed : {false, true})
        for (const bool w_signed : {false, true})
            for (int i = 0; i < 65536; ++i) {
                const ByteOperands pair = byte_pair(a_signed, w_signed, i);
                const int a = a_signed ? static_cast<std::int8_t>(i & 255) : i & 255;
                const int w = w_signed ? static_cast<std::int8_t>(i >> 8) : i >> 8;
                ASSERT_EQ(AntInt8Pe::sum(AntInt8Pe::next({}, true, pair)), a * w)
                    << pair.describe();
            }
}

TEST(Int8Mac, AddsEveryProductAndWraps) {
    for (int a = -128; a < 128; ++a)
        for (int w = -128; w < 128; ++w) {
            const Int8Mac::Inputs inputs{true, false, static_cast<std::int8_t>(a),
                                         static_cast<std::int8_t>(w)};
            ASSERT_EQ(Int8Mac::next({1000}, inputs, 32).accumulator, 1000 + a * w);
        }
    EXPECT_EQ(Int8Mac::next({0x7fffffff}, {true, false, 1, 1}, 32).accumulator, -0x80000000LL);
    EXPECT_EQ(Int8Mac::next({-0x80000000LL}, {true, false, -1, 1}, 32).accumulator, 0x7fffffff);
    EXPECT_EQ(Int8Mac::next({7}, {true, true, 2, 3}, 32).accumulator, 6);
    EXPECT_EQ(Int8Mac::next({7}, {false, true, 2, 3}, 32).accumulator, 7);
}

TEST(Requantizer, ResultIsTheRequantizedWord) {
    const RandomStream random(1, "requantizer");
    for (std::uint64_t i = 0; i < 100000; ++i) {
        const auto value = static_cast<std::int32_t>(
            static_cast<std::int64_t>(random.bits(2 * i)) >> (32 + i % 32));
        const auto mantissa =
            static_cast<std::int32_t>((1 << 30) + (random.bits(2 * i + 1) & 0x3fffffff));
        const int shift = static_cast<int>(i % 62) - 30;
        ASSERT_EQ(Requantizer::result({value, mantissa, shift}),
                  saturate16(requantize(value, {mantissa, shift})))
            << value << " " << mantissa << " " << shift;
    }
}

// Published vectors of gemmlowp's arithmetic: multiplier 0.7, shift 6.
TEST(Requantizer, ReproducesReferenceVectors) {
    const std::int32_t m = 1503238554;
    for (const auto& [value, result] :
         {std::pair{1000, 11}, {-1000, -11}, {123456, 1350}, {1048576, 11469}})
        EXPECT_EQ(Requantizer::result({value, m, 6}), result);
}

// A result is there exactly three cycles after its operand: not one earlier.
TEST(Requantizer, LatencyIsThreeCycles) {
    Requantizer::State state;
    state = Requantizer::next(state, {true, true, {64, 1 << 30, 0}});
    for (int cycle = 1; cycle < Requantizer::latency_cycles; ++cycle) {
        EXPECT_FALSE(Requantizer::outputs(state, {}).valid) << cycle;
        state = Requantizer::next(state, {});
    }
    EXPECT_TRUE(Requantizer::outputs(state, {}).valid);
    EXPECT_EQ(Requantizer::outputs(state, {}).value, 32);
}

// Whatever the neighbours do, results come out in order, each once.
TEST(Requantizer, LosesAndReordersNothing) {
    const RandomStream random(2, "requantizer order");
    Requantizer::State state;
    std::int16_t sent = 0, received = 0;
    for (std::uint64_t i = 0; i < 20000; ++i) {
        const bool valid = random.below(2 * i, 3) != 0, ready = random.below(2 * i + 1, 3) != 0;
        // 2 * n * 2^30 / 2^31 = n
        const Requantizer::Inputs inputs{valid, ready, {2 * sent, 1 << 30, 0}};
        const Requantizer::Outputs outputs = Requantizer::outputs(state, inputs);
        if (outputs.valid && ready) {
            ASSERT_EQ(outputs.value, received);
            ++received;
        }
        if (valid && outputs.ready) ++sent;
        ASSERT_LE(sent - received, 3);
        state = Requantizer::next(state, inputs);
    }
    EXPECT_GT(received, 5000);
}

}  // namespace
}  // namespace bitloom
