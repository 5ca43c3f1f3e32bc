// SPDX-License-Identifier: Apache-2.0
// Standard normal numbers: the inverse distribution function, its integer form and its kernels.
#include "models/base/normal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "models/base/error.h"
#include "models/base/normal_kernel.h"
#include "models/base/random.h"

namespace bitloom {
namespace {

long double below(long double z) {
    return 0.5L * std::erfc(-z / std::numbers::sqrt2_v<long double>);
}

// How far z is from the point where the distribution function is p, by its slope at z.
long double error_of(long double z, long double p) {
    const long double density =
        std::exp(-0.5L * z * z) / std::sqrt(2.0L * std::numbers::pi_v<long double>);
    return (below(z) - p) / density;
}

// Normal probability plots use these; the last two are check values of AS 241's paper.
TEST(Normal, InverseGivesThePublishedQuantiles) {
    EXPECT_DOUBLE_EQ(inverse_normal(0.975), 1.959963984540054);
    EXPECT_DOUBLE_EQ(inverse_normal(0.5), 0.0);
    EXPECT_DOUBLE_EQ(inverse_normal(0.25), -0.6744897501960817);
    EXPECT_DOUBLE_EQ(inverse_normal(0.001), -3.090232306167814);
    EXPECT_DOUBLE_EQ(inverse_normal(1e-20), -9.262340089798408);
}

TEST(Normal, InverseIsWithin1e15OfTheDistributionFunction) {
    for (int place = 1; place <= 53; ++place)
        for (int x = 0; x < 200; ++x) {
            const double p = std::ldexp(1.0 + x / 200.0, -place - 1);
            const double z = inverse_normal(p);
            ASSERT_LE(std::abs(error_of(z, p)), 1e-15 * std::max(1.0, std::abs(z))) << p;
            if (place < 52) {
                ASSERT_NEAR(inverse_normal(1.0 - p), -inverse_normal(1.0 - (1.0 - p)), 1e-14) << p;
            }
        }
    EXPECT_THROW(inverse_normal(0.0), InternalError);
    EXPECT_THROW(inverse_normal(1.0), InternalError);
    EXPECT_THROW(inverse_normal(std::nan("")), InternalError);
}

// The same bits on every machine: a compiler that fuses or reorders shows here.
TEST(Normal, DrawsAreTheKnownAnswers) {
    const RandomStream stream(1, "known");
    EXPECT_EQ(stream.normal(0), 0x1.1d1d4839691d7p-1);
    EXPECT_EQ(stream.normal(1), -0x1.4f3b1f15c4815p+1);
    EXPECT_EQ(stream.normal(1ull << 40), -0x1.484f0f7f86172p-1);
    std::array<std::int32_t, 8> q16{};
    stream.normals_q16(0, q16);
    EXPECT_EQ(q16, (std::array<std::int32_t, 8>{70396, 52580, -10704, 31155, 9500, -171638, -58083,
                                                -70368}));
}

TEST(Normal, OppositeBitsAreOppositeNumbers) {
    const RandomStream random(2, "opposite");
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        const std::uint64_t bits = random.bits(i);
        ASSERT_EQ(normal_of_bits(bits), -normal_of_bits(~bits));
        const auto word = static_cast<std::uint32_t>(bits);
        ASSERT_EQ(normal_q16_of_bits(word), -normal_q16_of_bits(word ^ 0x80000000u));
    }
    EXPECT_LT(normal_of_bits(~0ull), 8.22);
    EXPECT_GT(normal_of_bits(~0ull), 8.20);
    EXPECT_LT(std::abs(normal_q16_of_bits(0)), 6.34 * 65536);
    EXPECT_GT(std::abs(normal_q16_of_bits(0)), 6.33 * 65536);
}

// Both ends of every piece of the table, and seeded points within.
TEST(Normal, WholeNumbersAreWithinOneOfTheInverse) {
    const RandomStream random(3, "pieces");
    std::vector<std::uint32_t> words = {0, 1, 2, 0x7fffffffu, 0x3fffffffu, 0x40000000u};
    for (int place = 0; place < 31; ++place)
        for (std::uint32_t sub = 0; sub < 16; ++sub)
            for (const std::uint32_t end : {0u, 1u}) {
                const std::uint64_t v = ((16ull + sub + end) << place >> 4);
                if (v - end < 0x80000000ull) words.push_back(static_cast<std::uint32_t>(v - end));
            }
    for (std::uint64_t i = 0; i < 300'000; ++i)
        words.push_back(static_cast<std::uint32_t>(random.bits(i)) & 0x7fffffffu);
    double worst = 0.0;
    for (const std::uint32_t word : words) {
        const double exact = inverse_normal((2.0 * word + 1.0) * 0x1p-33);
        worst = std::max(worst, std::abs(normal_q16_of_bits(word) - exact * 65536));
    }
    EXPECT_LT(worst, 1.0);
}

TEST(Normal, WholeNumbersNeverFallWithTheirBits) {
    std::int32_t last = normal_q16_of_bits(0);
    for (std::uint64_t word = 0; word < 0x80000000ull; word += word < 65536 ? 1 : 4099) {
        const std::int32_t z = normal_q16_of_bits(static_cast<std::uint32_t>(word));
        ASSERT_GE(z, last) << word;
        last = z;
    }
}

// T3: distance to the distribution function (Kolmogorov-Smirnov) and moments of both kinds.
TEST(Normal, DrawsAreStandardNormal) {
    constexpr std::size_t draws = 400'000;
    std::vector<std::int32_t> whole(draws);
    RandomStream(4, "ks").normals_q16(0, whole);
    std::vector<double> values[2];
    const RandomStream stream(5, "ks");
    for (std::size_t i = 0; i < draws; ++i) {
        values[0].push_back(stream.normal(i));
        values[1].push_back(whole[i] / 65536.0);
    }
    for (std::vector<double>& list : values) {
        std::array<double, 5> moments{};
        for (const double z : list) {
            double power = 1.0;
            for (double& moment : moments) moment += (power *= z) / draws;
        }
        // Five standard errors of E[z^k], sqrt((E[z^2k] - E[z^k]^2) / draws).
        const double error = 5.0 / std::sqrt(static_cast<double>(draws));
        EXPECT_NEAR(moments[0], 0.0, error);
        EXPECT_NEAR(moments[1], 1.0, error * std::sqrt(2.0));
        EXPECT_NEAR(moments[2], 0.0, error * std::sqrt(15.0));
        EXPECT_NEAR(moments[3], 3.0, error * std::sqrt(96.0));
        EXPECT_NEAR(moments[4], 0.0, error * std::sqrt(945.0));
        std::sort(list.begin(), list.end());
        double distance = 0.0;
        for (std::size_t i = 0; i < draws; ++i) {
            const auto p = static_cast<double>(below(list[i]));
            distance = std::max({distance, p - static_cast<double>(i) / draws,
                                 static_cast<double>(i + 1) / draws - p});
        }
        EXPECT_LT(distance * std::sqrt(static_cast<double>(draws)), 2.2);  // 1 of 10,000 beyond
    }
}

// Every instruction set and every way to cut a range gives the same numbers, across the carry of
// the counter's lower word, too.
TEST(Normal, RangesOfWholeNumbersAreTheirSingleDraws) {
    const RandomStream stream(6, "ranges");
    for (const std::uint64_t first : {0ull, 1ull, 7ull, (1ull << 34) - 17, ~0ull - 200})
        for (const std::size_t count : {0u, 1u, 3u, 31u, 32u, 33u, 100u}) {
            std::vector<std::int32_t> values(count);
            stream.normals_q16(first, values);
            for (std::size_t i = 0; i < count; ++i)
                ASSERT_EQ(values[i], stream.normal_q16(first + i)) << first << " + " << i;
        }
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2")) GTEST_SKIP() << "no AVX2: only the portable body runs";
    std::vector<std::int32_t> portable(4 * 4099), vector(4 * 4099);
    normal_kernel_portable(7, 0x123456789abcdefull, (1ull << 32) - 1000, 4099, portable.data());
    normal_kernel_avx2(7, 0x123456789abcdefull, (1ull << 32) - 1000, 4099, vector.data());
    EXPECT_EQ(portable, vector);
#endif
}

}  // namespace
}  // namespace bitloom
