// SPDX-License-Identifier: Apache-2.0
// The model of the minifloat MAC against the formats and the host's own floating point.
#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "models/base/error.h"
#include "models/base/random.h"
#include "models/numeric/format.h"
#include "models/pe/minifloat_mac/minifloat_mac_exact.h"
#include "models/pe/minifloat_mac/minifloat_mac_fp32.h"

namespace bitloom {
namespace {

static_assert(FLT_EVAL_METHOD == 0, "the host's float is the reference: it must not be wider");

// A product in binary64, which holds every product of two minifloats exactly.
double host_product(const Format& f, std::uint32_t a, std::uint32_t b) {
    return f.value(a) * f.value(b);
}

template <class Visit>
void for_each_pair(const MinifloatShape& shape, Visit visit) {
    const auto codes = std::uint32_t{1} << shape.bits();
    for (std::uint32_t a = 0; a < codes; ++a)
        for (std::uint32_t b = 0; b < codes; ++b) visit(a, b);
}

MinifloatProduct product_of(const MinifloatShape& shape, std::uint32_t a, std::uint32_t b) {
    return multiply_minifloats(decode_minifloat(shape, a), decode_minifloat(shape, b));
}

TEST(MinifloatOperand, IsTheFormatsValueForEveryCodeOfEveryShape) {
    constexpr std::array<const char*, 3> suffixes = {"finite", "fn", "ieee"};
    int shapes = 0;
    for (int e = 1; e <= 5; ++e)
        for (int m = 1; e + m <= 7; ++m)
            for (int c = 0; c < 3; ++c) {
                if (c == 2 && e == 1) continue;  // ieee needs two exponent bits
                const MinifloatShape shape{e, m, static_cast<MinifloatConvention>(c)};
                const Format& f = format(fmt::format("e{}m{}{}", e, m, suffixes[c]));
                ++shapes;
                int largest_shift = 0;
                for (std::uint32_t code = 0; code < f.code_count(); ++code) {
                    const MinifloatOperand got = decode_minifloat(shape, code);
                    const Value want = f.decode(code);
                    ASSERT_EQ(got.nan, want.kind == Value::Kind::nan) << f.name() << ' ' << code;
                    ASSERT_EQ(got.infinity, want.kind == Value::Kind::infinity);
                    ASSERT_EQ(got.negative, want.negative);
                    largest_shift = std::max(largest_shift, int{got.shift});
                    if (want.kind == Value::Kind::finite) {
                        ASSERT_EQ(Value::of(got.negative, got.significand,
                                            got.shift + shape.unit_exponent() / 2),
                                  want)
                            << f.name() << ' ' << code;
                    } else {
                        ASSERT_EQ(got.significand, 0);
                        ASSERT_EQ(got.shift, 0);
                    }
                }
                ASSERT_EQ(largest_shift, shape.max_shift()) << f.name();
            }
    EXPECT_EQ(shapes, 54);
}

TEST(MinifloatOperand, NamedShapesAreTheFormatsOfThatName) {
    for (const auto& [name, shape] : minifloat_mac_formats) {
        const Format& f = format(name);
        ASSERT_EQ(f.bits(), shape.bits());
        for (std::uint32_t code = 0; code < f.code_count(); ++code) {
            const MinifloatOperand got = decode_minifloat(shape, code);
            ASSERT_EQ(got.nan, std::isnan(f.value(code)));
            ASSERT_EQ(got.infinity, std::isinf(f.value(code)));
        }
        EXPECT_EQ(minifloat_mac_shape(name), shape);
    }
}

TEST(MinifloatOperand, AnotherFormatIsNamedInTheError) {
    try {
        minifloat_mac_shape("e3m4");
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "format 'e3m4': the minifloat MAC cannot take it: allowed: e4m3 e5m2 e2m1");
    }
}

// Widths of the exact accumulator, as published: 36 bits for E4M3 and 64 for E5M2.
TEST(MinifloatMacExact, WidthsAreTheSmallestThatHoldEveryProduct) {
    EXPECT_EQ(minifloat_mac_shape("e4m3").product_bits(), 36);
    EXPECT_EQ(minifloat_mac_shape("e5m2").product_bits(), 64);
    EXPECT_EQ(minifloat_mac_shape("e2m1").product_bits(), 8);
    for (const auto& [name, shape] : minifloat_mac_formats) {
        Int128 largest = 0;
        for_each_pair(shape, [&, &s = shape](std::uint32_t a, std::uint32_t b) {
            largest = std::max(largest, MinifloatMacExact::integer(product_of(s, a, b)));
        });
        EXPECT_LT(largest, Int128{1} << shape.product_bits()) << name;
        EXPECT_GE(largest, Int128{1} << (shape.product_bits() - 1)) << name;
    }
}

TEST(MinifloatMacExact, EveryProductIsTheRealOne) {
    for (const auto& [name, shape] : minifloat_mac_formats) {
        const Format& f = format(name);
        for_each_pair(shape, [&, &s = shape](std::uint32_t a, std::uint32_t b) {
            const auto state = MinifloatMacExact::next(
                {.accumulator = 5, .nan = true, .positive_infinity = true},
                {true, true, static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)}, s, 0);
            const double want = host_product(f, a, b);
            ASSERT_EQ(state.nan, std::isnan(want)) << f.name() << ' ' << a << ' ' << b;
            ASSERT_EQ(state.positive_infinity, std::isinf(want) && want > 0);
            ASSERT_EQ(state.negative_infinity, std::isinf(want) && want < 0);
            const auto magnitude = static_cast<double>(state.accumulator);  // at most 8 digits
            ASSERT_EQ(std::ldexp(magnitude, s.unit_exponent()), std::isfinite(want) ? want : 0.0)
                << f.name() << ' ' << a << ' ' << b;
        });
    }
}

// 2^G products fit with G guard bits; without any, the second of the largest ones wraps.
TEST(MinifloatMacExact, GuardBitsHoldThatManyProductsAndNotMore) {
    for (const auto& [name, shape] : minifloat_mac_formats) {
        const Format& f = format(name);
        const auto largest = static_cast<std::uint8_t>(f.encode(f.max_value()));
        for (const int guard : {0, 1, 5}) {
            MinifloatMacExact::State state;
            const Int128 one = MinifloatMacExact::integer(product_of(shape, largest, largest));
            for (int i = 1; i <= 1 << guard; ++i) {
                state =
                    MinifloatMacExact::next(state, {true, false, largest, largest}, shape, guard);
                ASSERT_TRUE(state.accumulator == one * i) << name << ' ' << guard << ' ' << i;
            }
            for (int i = 0; i < 1 << guard; ++i)
                state =
                    MinifloatMacExact::next(state, {true, false, largest, largest}, shape, guard);
            EXPECT_LT(state.accumulator, 0) << name << ' ' << guard;
            EXPECT_TRUE(state.accumulator ==
                        2 * one * (1 << guard) -
                            (Int128{1} << MinifloatMacExact::accumulator_bits(shape, guard)));
        }
    }
}

TEST(MinifloatMacExact, OrderDoesNotMatter) {
    for (const auto& [name, shape] : minifloat_mac_formats) {
        const RandomStream random(11, name);
        const int count = 3000;
        std::vector<MinifloatMacExact::Inputs> inputs;
        for (int i = 0; i < count; ++i) {
            const auto mask = (1u << shape.bits()) - 1;
            inputs.push_back({true, false, static_cast<std::uint8_t>(random.bits(2 * i) & mask),
                              static_cast<std::uint8_t>(random.bits(2 * i + 1) & mask)});
        }
        MinifloatMacExact::State forward, backward;
        for (int i = 0; i < count; ++i) {
            forward = MinifloatMacExact::next(forward, inputs[i], shape, 12);
            backward = MinifloatMacExact::next(backward, inputs[count - 1 - i], shape, 12);
        }
        EXPECT_TRUE(forward == backward) << name;
        EXPECT_TRUE(forward.accumulator != 0) << name;
    }
}

// The smallest product survives between two huge ones of opposite sign: what no float sum does.
TEST(MinifloatMacExact, CancellationLosesNothing) {
    for (const auto& [name, shape] : minifloat_mac_formats) {
        const Format& f = format(name);
        const auto high = static_cast<std::uint8_t>(f.encode(f.max_value()));
        const auto low = static_cast<std::uint8_t>(f.encode(f.min_value()));
        MinifloatMacExact::State exact;
        MinifloatMacFp32::State rounded;
        for (const auto& [a, w] :
             {std::pair{high, high}, {std::uint8_t{1}, std::uint8_t{1}}, {high, low}}) {
            exact = MinifloatMacExact::next(exact, {true, false, a, w}, shape, 2);
            rounded = MinifloatMacFp32::next(rounded, {true, false, a, w}, shape);
        }
        EXPECT_TRUE(exact.accumulator == 1) << name;
        // 36 and 64 bits do not fit binary32's 24; the 8 bits of E2M1 do.
        EXPECT_EQ(rounded.accumulator == 0, name != "e2m1") << name;
    }
}

TEST(MinifloatMacExact, FlagsStayUntilANewSumStarts) {
    const MinifloatShape& shape = minifloat_mac_shape("e5m2");
    const std::uint8_t one = 0x3c, minus_one = 0xbc, infinity = 0x7c;
    auto state = MinifloatMacExact::next({}, {true, false, infinity, one}, shape, 4);
    EXPECT_TRUE(state.positive_infinity);
    EXPECT_FALSE(state.is_nan());
    state = MinifloatMacExact::next(state, {true, false, one, one}, shape, 4);
    EXPECT_TRUE(state.positive_infinity);
    state = MinifloatMacExact::next(state, {true, false, minus_one, infinity}, shape, 4);
    EXPECT_TRUE(state.negative_infinity);
    EXPECT_FALSE(state.nan);
    EXPECT_TRUE(state.is_nan());
    EXPECT_TRUE(std::ldexp(static_cast<double>(state.accumulator), shape.unit_exponent()) == 1.0);
    EXPECT_TRUE(MinifloatMacExact::next(state, {false, true, one, one}, shape, 4) == state);
    state = MinifloatMacExact::next(state, {true, true, one, one}, shape, 4);
    EXPECT_FALSE(state.positive_infinity || state.negative_infinity || state.nan);
}

bool same_binary32(std::uint32_t got, float want) {
    return std::isnan(want) ? got == binary32_nan : got == std::bit_cast<std::uint32_t>(want);
}

std::vector<std::uint32_t> binary32_corners() {
    std::vector<std::uint32_t> corners;
    for (const std::uint32_t field : {0u, 1u, 2u, 23u, 24u, 25u, 26u, 27u, 28u, 126u, 127u, 128u,
                                      150u, 151u, 152u, 253u, 254u, 255u})
        for (const std::uint32_t fraction :
             {0u, 1u, 2u, 3u, 0x3fffffu, 0x400000u, 0x400001u, 0x7ffffeu, 0x7fffffu})
            for (const std::uint32_t sign : {0u, 1u})
                corners.push_back(sign << 31 | field << 23 | fraction);
    return corners;
}

TEST(Binary32, AddsAsTheHostDoesForCornersAndRandomPatterns) {
    const auto check = [](std::uint32_t a, std::uint32_t b) {
        const float want = std::bit_cast<float>(a) + std::bit_cast<float>(b);
        return same_binary32(binary32_add(a, b), want);
    };
    const auto corners = binary32_corners();
    for (const std::uint32_t a : corners)
        for (const std::uint32_t b : corners) ASSERT_TRUE(check(a, b)) << a << ' ' << b;
    const RandomStream random(1, "binary32");
    for (std::uint64_t i = 0; i < 1'000'000; ++i) {
        const std::uint64_t bits = random.bits(i);
        const auto a = static_cast<std::uint32_t>(bits);
        auto b = static_cast<std::uint32_t>(bits >> 32);
        // Every other pair with near exponents: far ones only test the copy.
        if (i % 2 == 0) b = (b & 0x80ffffff) | ((a & 0x7f800000) ^ (b & 0x07000000));
        ASSERT_TRUE(check(a, b)) << a << ' ' << b;
    }
}

TEST(MinifloatMacFp32, EveryProductIsTheRealOne) {
    for (const auto& [name, shape] : minifloat_mac_formats) {
        const Format& f = format(name);
        for_each_pair(shape, [&, &s = shape](std::uint32_t a, std::uint32_t b) {
            const double want = host_product(f, a, b);
            const auto product = MinifloatMacFp32::binary32(s, product_of(s, a, b));
            ASSERT_TRUE(same_binary32(product, static_cast<float>(want))) << a << ' ' << b;
            if (std::isfinite(want)) {
                ASSERT_EQ(static_cast<double>(std::bit_cast<float>(product)), want);
            }
            // A new sum is +0 plus the product, so -0 becomes +0.
            const auto state = MinifloatMacFp32::next(
                {0x12345678},
                {true, true, static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)}, s);
            ASSERT_TRUE(same_binary32(state.accumulator, 0.0f + static_cast<float>(want)));
        });
    }
}

// Long sums follow the host's float step by step, and never leave the normal numbers and +0.
TEST(MinifloatMacFp32, LongSumsRoundAsTheHostDoes) {
    for (const auto& [name, shape] : minifloat_mac_formats) {
        const Format& f = format(name);
        const RandomStream random(3, name);
        const auto mask = (1u << shape.bits()) - 1;
        MinifloatMacFp32::State state;
        float want = 0;
        for (std::uint64_t i = 0; i < 200'000; ++i) {
            const std::uint64_t bits = random.bits(i);
            const auto a = static_cast<std::uint8_t>(bits & mask);
            const auto w = static_cast<std::uint8_t>((bits >> 8) & mask);
            if (!std::isfinite(host_product(f, a, w))) continue;
            const bool clear = (bits >> 16) % 4096 == 0;
            state = MinifloatMacFp32::next(state, {true, clear, a, w}, shape);
            want = (clear ? 0.0f : want) + static_cast<float>(host_product(f, a, w));
            ASSERT_TRUE(same_binary32(state.accumulator, want)) << name << " step " << i;
            ASSERT_TRUE(state.accumulator == 0 || std::isnormal(want)) << name << " step " << i;
        }
    }
}

// The sum stops growing when a product is half of its last place: it cannot overflow.
TEST(MinifloatMacFp32, TheLargestSumIsFarBelowInfinity) {
    const MinifloatShape& shape = minifloat_mac_shape("e5m2");
    const Format& f = format("e5m2");
    const auto largest = static_cast<std::uint8_t>(f.encode(f.max_value()));
    const float product = static_cast<float>(f.max_value() * f.max_value());
    MinifloatMacFp32::State state{std::bit_cast<std::uint32_t>(std::ldexp(product, 25))};
    const auto after = MinifloatMacFp32::next(state, {true, false, largest, largest}, shape);
    EXPECT_EQ(after, state);
}

TEST(MinifloatMacFp32, NanAndInfinityFollowIeee) {
    const MinifloatShape& shape = minifloat_mac_shape("e5m2");
    const std::uint8_t one = 0x3c, infinity = 0x7c, minus_infinity = 0xfc, zero = 0;
    auto state = MinifloatMacFp32::next({}, {true, false, infinity, one}, shape);
    EXPECT_EQ(state.accumulator, binary32_infinity);
    EXPECT_EQ(MinifloatMacFp32::next(state, {true, false, one, one}, shape), state);
    state = MinifloatMacFp32::next(state, {true, false, minus_infinity, one}, shape);
    EXPECT_EQ(state.accumulator, binary32_nan);
    EXPECT_EQ(MinifloatMacFp32::next(state, {true, false, one, one}, shape), state);
    EXPECT_EQ(MinifloatMacFp32::next(state, {false, true, one, one}, shape), state);
    EXPECT_EQ(MinifloatMacFp32::next({}, {true, true, infinity, zero}, shape).accumulator,
              binary32_nan);
}

}  // namespace
}  // namespace bitloom
