// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/flint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/base/random.h"

namespace bitloom {
namespace {

// The tables that BitMoD and the ANT authors' code agree on, by code.
const std::vector<int> published3 = {0, 1, 2, 3, 16, 8, 4, 6};
const std::vector<int> published4 = {0, 1, 2, 3, 4, 5, 6, 7, 64, 32, 16, 24, 8, 10, 12, 14};
const std::vector<int> published5 = {0,  1,  2,  3,  4,  5,   6,   7,  8,  9,  10,
                                     11, 12, 13, 14, 15, 256, 128, 64, 96, 32, 40,
                                     48, 56, 16, 18, 20, 22,  24,  26, 28, 30};

std::vector<int> run(int first, int last, int step) {
    std::vector<int> values;
    for (int value = first; value <= last; value += step) values.push_back(value);
    return values;
}

std::vector<int> join(const std::vector<std::vector<int>>& parts) {
    std::vector<int> all;
    for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

// Octaves fall as the code rises: 10..0 is the largest value.
const std::vector<int> published6 = join(
    {run(0, 31, 1), {1024, 512, 256, 384}, run(128, 224, 32), run(64, 120, 8), run(32, 62, 2)});
const std::vector<int> published8 = join({run(0, 127, 1),
                                          {16384, 8192, 4096, 6144},
                                          run(2048, 3584, 512),
                                          run(1024, 1920, 128),
                                          run(512, 992, 32),
                                          run(256, 504, 8),
                                          run(128, 254, 2)});

// Width 7 from the value set of the definition, octave by octave.
std::vector<int> by_octaves(int bits) {
    const int m = bits - 1;
    std::vector<std::vector<int>> parts = {run(0, (1 << m) - 1, 1), {1 << (2 * m)}};
    for (int k = bits - 2; k >= 0; --k)
        parts.push_back(run(1 << (m + k), (1 << (m + k + 1)) - 1, 1 << (2 * k + 1)));
    return join(parts);
}

const std::vector<int>& published(int bits) {
    static const std::vector<int> seven = by_octaves(7);
    switch (bits) {
        case 3:
            return published3;
        case 4:
            return published4;
        case 5:
            return published5;
        case 6:
            return published6;
        case 7:
            return seven;
        default:
            return published8;
    }
}

TEST(Flint, EveryUnsignedCodeHasItsPublishedValue) {
    for (int bits = 3; bits <= 8; ++bits) {
        const Format& f = format(fmt::format("uflint{}", bits));
        ASSERT_EQ(published(bits).size(), f.code_count());
        EXPECT_EQ(by_octaves(bits), published(bits));
        for (std::uint32_t code = 0; code < f.code_count(); ++code)
            EXPECT_EQ(f.value(code), published(bits)[code]) << f.name() << " code " << code;
    }
}

TEST(Flint, SignedIsASignAndTheUnsignedFormatOneBitNarrower) {
    const std::vector<int> narrowest = {0, 1, 4, 2};
    for (int bits = 3; bits <= 8; ++bits) {
        const Format& f = format(fmt::format("flint{}", bits));
        const std::vector<int>& magnitude = bits == 3 ? narrowest : published(bits - 1);
        const std::uint32_t half = f.code_count() / 2;
        ASSERT_EQ(magnitude.size(), half);
        for (std::uint32_t code = 0; code < half; ++code) {
            EXPECT_EQ(f.value(code), magnitude[code]) << f.name() << " code " << code;
            EXPECT_EQ(f.value(code + half), -magnitude[code]) << f.name() << " code " << code;
            EXPECT_TRUE(std::signbit(f.value(code + half)));
        }
    }
    EXPECT_EQ(format("flint4").max_value(), 16);
    EXPECT_EQ(format("flint5").max_value(), 64);
    EXPECT_EQ(format("flint6").max_value(), 256);
    EXPECT_EQ(format("flint8").max_value(), 4096);
}

TEST(Flint, FourBitBasesAndExponentsAreThePublishedOnes) {
    constexpr int base[16] = {0, 1, 2, 3, 4, 5, 6, 7, 4, 4, 4, 6, 4, 5, 6, 7};
    constexpr int exponent[16] = {0, 0, 0, 0, 0, 0, 0, 0, 4, 3, 2, 2, 1, 1, 1, 1};
    for (std::uint32_t code = 0; code < 16; ++code) {
        const BaseExponent part = format("uflint4").decode_base_exponent(code);
        EXPECT_EQ(part.base, base[code]) << code;
        EXPECT_EQ(part.exponent, exponent[code]) << code;
        EXPECT_FALSE(part.negative);
    }
    constexpr int signed_base[8] = {0, 1, 2, 3, 2, 2, 2, 3};
    constexpr int signed_exponent[8] = {0, 0, 0, 0, 3, 2, 1, 1};
    for (std::uint32_t code = 0; code < 16; ++code) {
        const BaseExponent part = format("flint4").decode_base_exponent(code);
        EXPECT_EQ(part.base, signed_base[code % 8]) << code;
        EXPECT_EQ(part.exponent, signed_exponent[code % 8]) << code;
        EXPECT_EQ(part.negative, code >= 8);
    }
}

TEST(Flint, IntegerAndFloatBasedDecodesAgreeOnEveryCodeOfEveryWidth) {
    int codes = 0;
    for (int bits = 3; bits <= 8; ++bits) {
        for (const bool is_signed : {false, true}) {
            const Format& f = format(fmt::format("{}flint{}", is_signed ? "" : "u", bits));
            for (std::uint32_t code = 0; code < f.code_count(); ++code, ++codes) {
                const BaseExponent integer = flint_decode_integer(code, bits, is_signed);
                const FlintFloat real = flint_decode_float(code, bits, is_signed);
                const Value value = Value::of(integer.negative, integer.base, integer.exponent);
                EXPECT_EQ(value, real.value()) << f.name() << " code " << code;
                EXPECT_EQ(value, f.decode(code)) << f.name() << " code " << code;
                EXPECT_LT(integer.base, 1 << (bits - 1));
                EXPECT_LE(integer.exponent, bits);
                EXPECT_LT(real.mantissa, 1 << real.mantissa_bits);
            }
        }
    }
    EXPECT_EQ(codes, 2 * (8 + 16 + 32 + 64 + 128 + 256));
    EXPECT_THROW(flint_decode_integer(16, 4, true), InternalError);
    EXPECT_THROW(flint_decode_float(0, 9, false), InternalError);
}

TEST(Flint, FourBitDecisionThresholdsAreThePublishedOnes) {
    const std::vector<double> thresholds = {0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5,
                                            9,   11,  13,  15,  20,  28,  48};
    std::vector<int> sorted = published4;
    std::sort(sorted.begin(), sorted.end());
    const Format& f = format("uflint4");
    for (std::size_t i = 0; i < thresholds.size(); ++i) {
        EXPECT_EQ(f.value(f.encode(thresholds[i])), sorted[i + 1]);
        EXPECT_EQ(f.value(f.encode(std::nextafter(thresholds[i], 0))), sorted[i]);
    }
}

// The closed form of the reference (ant.md 1.3), a second encoder: octave, then mantissa.
std::uint32_t closed_form(double x, int bits) {
    const int m = bits - 1;
    const std::uint32_t largest = 1u << m;
    if (!(x > 0)) return 0;
    if (x >= std::ldexp(1.0, 2 * m)) return largest;
    if (x < (1 << m) - 0.5) return static_cast<std::uint32_t>(std::floor(x + 0.5));
    int k = std::max(0, static_cast<int>(std::floor(std::log2(x))) - m);
    int mantissa = static_cast<int>(
        std::floor((x - std::ldexp(1.0, m + k)) / std::ldexp(1.0, 2 * k + 1) + 0.5));
    if (mantissa >= 1 << (bits - 2 - k)) {
        ++k;
        mantissa = 0;
    }
    if (k >= bits - 1) return largest;
    const int mantissa_bits = bits - 2 - k;  // code = 1, k zeros, 1, mantissa
    return largest | (1u << mantissa_bits) | static_cast<std::uint32_t>(mantissa);
}

TEST(Flint, NearestGridEqualsTheClosedFormEncoder) {
    for (int bits = 3; bits <= 8; ++bits) {
        const Format& f = format(fmt::format("uflint{}", bits));
        const double top = f.max_value() * 1.2;
        const RandomStream random(7, f.name());
        for (std::uint64_t i = 0; i < 20000; ++i) {
            // Steps of 1/8 hit the midpoints.
            const double x = i < 10000 ? std::floor(random.uniform(i) * top * 8) / 8
                                       : std::exp2(random.uniform(i) * std::log2(top));
            ASSERT_EQ(f.encode(x), closed_form(x, bits)) << f.name() << " x = " << x;
        }
    }
}

// The paper's algorithm 1 rounds to an integer first; this must not happen here.
TEST(Flint, RoundsOnce) {
    const Format& f = format("uflint4");
    for (const double x : {8.5, 8.99, 10.5, 10.99, 12.5, 14.5, 19.5, 19.99, 27.5, 47.5, 47.99}) {
        const double once = f.value(f.encode(x));
        const double twice = f.value(f.encode(std::floor(x + 0.5)));
        EXPECT_LT(std::abs(once - x), std::abs(twice - x)) << x;
    }
}

TEST(Flint, TiesGoToTheLargerValueOnBothSidesOfZero) {
    const Format& f = format("flint4");
    EXPECT_EQ(f.value(f.encode(12)), 16);
    EXPECT_EQ(f.value(f.encode(-12)), -8);
    EXPECT_EQ(f.value(f.encode(0.5)), 1);
    EXPECT_EQ(f.encode(-0.5), 0u);
    EXPECT_FALSE(std::signbit(f.value(f.encode(-0.5))));
}

}  // namespace
}  // namespace bitloom
