// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/requantize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "models/base/error.h"
#include "models/base/random.h"

namespace bitloom {
namespace {

__extension__ using Wide = __int128;

constexpr std::int32_t lowest = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t highest = std::numeric_limits<std::int32_t>::max();

// Division with truncation and no shifts, as gemmlowp's portable code defines both roundings.
Wide floor_divide(Wide a, Wide b) {
    const Wide quotient = a / b;
    return quotient - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

std::int32_t reference_high_mul(std::int32_t a, std::int32_t b) {
    const Wide nearest = floor_divide(Wide{a} * b + (Wide{1} << 30), Wide{1} << 31);
    return static_cast<std::int32_t>(nearest > highest ? highest : nearest);
}

// gemmlowp's own form: a nudge of the product's sign, then a truncating division.
std::int32_t gemmlowp_high_mul(std::int32_t a, std::int32_t b) {
    if (a == b && a == lowest) return highest;
    const std::int64_t product = std::int64_t{a} * b;
    const std::int64_t nudge = product >= 0 ? 1 << 30 : 1 - (1 << 30);
    return static_cast<std::int32_t>((product + nudge) / (std::int64_t{1} << 31));
}

std::int32_t reference_divide(std::int32_t value, int exponent) {
    const Wide divisor = Wide{1} << exponent;
    const Wide magnitude = value < 0 ? -Wide{value} : Wide{value};
    const Wide nearest = (2 * magnitude + divisor) / (2 * divisor);  // ties up in magnitude
    return static_cast<std::int32_t>(value < 0 ? -nearest : nearest);
}

std::vector<std::int32_t> operands() {
    std::vector<std::int32_t> values = {0, 1,      -1,         2,       -2,
                                        3, lowest, lowest + 1, highest, highest - 1};
    for (int bit = 2; bit < 31; ++bit)
        for (const std::int32_t offset : {-1, 0, 1}) {
            values.push_back((1 << bit) + offset);
            values.push_back(-(1 << bit) + offset);
        }
    const RandomStream random(11, "operands");
    for (std::uint64_t i = 0; i < 300; ++i)
        values.push_back(static_cast<std::int32_t>(random.bits(i)) >> (i % 31));
    return values;
}

TEST(Requantize, HighMultiplyIsRoundHalfUpOfTheExactProduct) {
    const auto values = operands();
    for (const std::int32_t a : values)
        for (const std::int32_t b : values) {
            const std::int32_t got = saturating_rounding_doubling_high_mul(a, b);
            ASSERT_EQ(got, reference_high_mul(a, b)) << a << " * " << b;
            ASSERT_EQ(got, gemmlowp_high_mul(a, b)) << a << " * " << b;
        }
    EXPECT_EQ(saturating_rounding_doubling_high_mul(lowest, lowest), highest);
    // Half-way products: up, not away from zero.
    EXPECT_EQ(saturating_rounding_doubling_high_mul(1, 1 << 30), 1);
    EXPECT_EQ(saturating_rounding_doubling_high_mul(-1, 1 << 30), 0);
}

TEST(Requantize, RoundingDivisionTakesTiesAwayFromZero) {
    for (const std::int32_t value : operands())
        for (int exponent = 0; exponent <= 31; ++exponent)
            ASSERT_EQ(rounding_divide_by_pot(value, exponent), reference_divide(value, exponent))
                << value << " / 2^" << exponent;
    EXPECT_EQ(rounding_divide_by_pot(5, 1), 3);
    EXPECT_EQ(rounding_divide_by_pot(-5, 1), -3);
    EXPECT_EQ(rounding_divide_by_pot(lowest, 31), -1);
    EXPECT_THROW(rounding_divide_by_pot(1, 32), InternalError);
    EXPECT_THROW(rounding_divide_by_pot(1, -1), InternalError);
}

TEST(Requantize, PublishedVectorsHold) {
    constexpr std::int32_t mantissa = 1503238554;  // round(0.7 * 2^31)
    EXPECT_EQ(quantize_multiplier(0.7), (Multiplier{mantissa, 0}));
    const std::int32_t vectors[][3] = {
        {1000, 700, 11}, {-1000, -700, -11}, {123456, 86419, 1350}, {1048576, 734003, 11469}};
    for (const auto& [accumulator, product, result] : vectors) {
        EXPECT_EQ(saturating_rounding_doubling_high_mul(accumulator, mantissa), product);
        EXPECT_EQ(requantize(accumulator, {mantissa, 6}), result);
    }
}

TEST(Requantize, EqualsItsTwoStepsInWideArithmetic) {
    const RandomStream random(12, "multipliers");
    std::uint64_t draw = 0;
    for (const std::int32_t value : operands())
        for (int shift = -30; shift <= 31; ++shift) {
            const auto mantissa =
                static_cast<std::int32_t>((1 << 30) + random.below(draw++, std::uint64_t{1} << 30));
            const Wide shifted = Wide{value} * (Wide{1} << (shift < 0 ? -shift : 0));
            const Wide clamped = shifted > highest ? highest : shifted < lowest ? lowest : shifted;
            const std::int32_t product =
                reference_high_mul(static_cast<std::int32_t>(clamped), mantissa);
            ASSERT_EQ(requantize(value, {mantissa, shift}),
                      reference_divide(product, shift > 0 ? shift : 0))
                << value << ", mantissa " << mantissa << ", shift " << shift;
        }
    EXPECT_EQ(requantize(12345, Multiplier{}), 0);
    EXPECT_THROW(requantize(1, {1 << 30, 32}), InternalError);
    EXPECT_THROW(requantize(1, {1 << 30, -31}), InternalError);
}

TEST(Requantize, MultiplierIsNormalizedAndTheNearest) {
    const RandomStream random(13, "reals");
    for (std::uint64_t i = 0; i < 100000; ++i) {
        const double real = std::exp2(-32 + 61.9 * random.uniform(i));
        const Multiplier got = quantize_multiplier(real);
        ASSERT_GE(got.mantissa, 1 << 30) << real;
        const double held = std::ldexp(got.mantissa, -31 - got.shift);
        // Half a step of the last bit of a 31-bit mantissa.
        ASSERT_LE(std::abs(held - real), std::ldexp(0.5, -31 - got.shift)) << real;
    }
}

TEST(Requantize, MultiplierAtTheEndsOfItsRange) {
    EXPECT_EQ(quantize_multiplier(0), Multiplier{});
    EXPECT_EQ(quantize_multiplier(0.5), (Multiplier{1 << 30, 0}));
    EXPECT_EQ(quantize_multiplier(1), (Multiplier{1 << 30, -1}));
    EXPECT_EQ(quantize_multiplier(0x1p-32), (Multiplier{1 << 30, 31}));
    EXPECT_EQ(quantize_multiplier(std::nextafter(0x1p-32, 0)), (Multiplier{1 << 30, 31}));
    EXPECT_EQ(quantize_multiplier(0x1.ffp-33), Multiplier{});
    EXPECT_EQ(quantize_multiplier(1e-300), Multiplier{});
    EXPECT_EQ(quantize_multiplier(std::numeric_limits<double>::denorm_min()), Multiplier{});
    EXPECT_EQ(quantize_multiplier(std::nextafter(1.0, 0)), (Multiplier{1 << 30, -1}));
    EXPECT_EQ(quantize_multiplier(0x1p29), (Multiplier{1 << 30, -30}));
    EXPECT_EQ(quantize_multiplier(std::nextafter(0x1p30, 0)), (Multiplier{highest, -30}));
}

std::string error_of(double real) {
    try {
        quantize_multiplier(real);
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(Requantize, MultiplierOutOfRangeIsAnError) {
    const std::string tail = ": must be finite, >= 0 and < 2^30 = 1073741824";
    EXPECT_EQ(error_of(0x1p30), "multiplier = 1073741824" + tail);
    EXPECT_EQ(error_of(-0.25), "multiplier = -0.25" + tail);
    EXPECT_EQ(error_of(std::numeric_limits<double>::infinity()), "multiplier = inf" + tail);
    EXPECT_EQ(error_of(std::nan("")), "multiplier = nan" + tail);
}

TEST(Requantize, Saturate16ClampsToTheWord) {
    for (std::int64_t value = -70000; value <= 70000; ++value)
        ASSERT_EQ(saturate16(value), value < -32768 ? -32768 : value > 32767 ? 32767 : value);
    EXPECT_EQ(saturate16(std::numeric_limits<std::int64_t>::max()), 32767);
    EXPECT_EQ(saturate16(std::numeric_limits<std::int64_t>::min()), -32768);
}

}  // namespace
}  // namespace bitloom
