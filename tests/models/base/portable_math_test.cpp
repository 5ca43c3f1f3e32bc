// SPDX-License-Identifier: Apache-2.0
// Elementary functions of our own against those of the platform in long double.
#include "models/base/portable_math.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/base/error.h"
#include "models/base/random.h"

namespace bitloom {
namespace {

TEST(PortableMath, LogarithmIsWithinOneUlp) {
    const RandomStream random(1, "log");
    for (std::uint64_t i = 0; i < 200'000; ++i) {
        const double x = std::ldexp(1.0 + random.uniform(2 * i),
                                    static_cast<int>(random.below(2 * i + 1, 2000)) - 1000);
        const double found = portable_log(x);
        const auto expected = static_cast<double>(std::log(static_cast<long double>(x)));
        ASSERT_LE(std::abs(found - expected),
                  std::nextafter(std::abs(expected), INFINITY) - std::abs(expected))
            << x;
    }
    EXPECT_EQ(portable_log(1.0), 0.0);
}

TEST(PortableMath, ExponentialIsWithinOneUlp) {
    const RandomStream random(2, "exp");
    for (std::uint64_t i = 0; i < 200'000; ++i) {
        const double x = (2.0 * random.uniform(2 * i) - 1.0) *
                         std::ldexp(1.0, static_cast<int>(random.below(2 * i + 1, 20)) - 10);
        const double found = portable_exp(x);
        const auto expected = static_cast<double>(std::exp(static_cast<long double>(x)));
        ASSERT_LE(std::abs(found - expected), std::nextafter(expected, INFINITY) - expected) << x;
    }
    EXPECT_EQ(portable_exp(0.0), 1.0);
    EXPECT_DOUBLE_EQ(portable_exp(700.0), std::exp(700.0));
    EXPECT_DOUBLE_EQ(portable_exp(-700.0), std::exp(-700.0));
    EXPECT_THROW(portable_exp(700.1), InternalError);
    EXPECT_THROW(portable_exp(std::nan("")), InternalError);
}

TEST(PortableMath, PowerIsWithinItsBound) {
    const RandomStream random(3, "pow");
    for (std::uint64_t i = 0; i < 100'000; ++i) {
        const double x =
            std::ldexp(1.0 + random.uniform(2 * i), static_cast<int>(random.below(3 * i, 60)) - 30);
        const double y = 4.0 * random.uniform(2 * i + 1) - 2.0;
        const auto expected = std::pow(static_cast<long double>(x), static_cast<long double>(y));
        ASSERT_LE(std::abs(portable_pow(x, y) / expected - 1.0L),
                  3e-16 * (1.0 + std::abs(y * std::log(x))))
            << x << " ^ " << y;
    }
    EXPECT_EQ(portable_pow(17.0, 0.0), 1.0);
}

// The same bits on every machine.
TEST(PortableMath, KnownAnswers) {
    EXPECT_EQ(portable_log(4321.0), 0x1.0be137301731ep+3);
    EXPECT_EQ(portable_exp(-0.8), 0x1.cc1ce4581db88p-2);
    EXPECT_EQ(portable_pow(4321.0, -0.049), 0x1.53b95d57f53efp-1);
}

}  // namespace
}  // namespace bitloom
