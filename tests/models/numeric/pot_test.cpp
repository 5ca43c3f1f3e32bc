// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/pot.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/base/error.h"

namespace bitloom {
namespace {

TEST(Pot, FourBitCodesHaveThePublishedValues) {
    constexpr double magnitudes[16] = {0,   1,   2,   4,    8,    16,   32,   64,
                                       128, 256, 512, 1024, 2048, 4096, 8192, 16384};
    for (std::uint32_t code = 0; code < 16; ++code) {
        EXPECT_EQ(format("upot4").value(code), magnitudes[code]);
        EXPECT_EQ(format("pot4").value(code), code < 8 ? magnitudes[code] : -magnitudes[code - 8]);
    }
    EXPECT_TRUE(std::signbit(format("pot4").value(8)));
}

TEST(Pot, EveryCodeIsItsPowerOfTwoWithBaseOne) {
    for (int bits = 3; bits <= 8; ++bits) {
        for (const bool is_signed : {false, true}) {
            const Format& f = format(fmt::format("{}pot{}", is_signed ? "" : "u", bits));
            const std::uint32_t half = f.code_count() / 2;
            for (std::uint32_t code = 0; code < f.code_count(); ++code) {
                const bool negative = is_signed && code >= half;
                const std::uint32_t magnitude = negative ? code - half : code;
                double value = magnitude == 0 ? 0 : 1;
                for (std::uint32_t i = 1; i < magnitude; ++i) value *= 2;
                ASSERT_EQ(f.value(code), negative ? -value : value) << f.name() << " " << code;
                if (!f.has_base_exponent()) continue;
                const BaseExponent expected = {
                    negative, static_cast<std::uint8_t>(magnitude == 0 ? 0 : 1),
                    static_cast<std::uint8_t>(magnitude == 0 ? 0 : magnitude - 1)};
                ASSERT_EQ(f.decode_base_exponent(code), expected) << f.name() << " " << code;
            }
        }
    }
}

TEST(Pot, LargestRangesAreExact) {
    EXPECT_EQ(format("upot8").decode(255), Value::of(false, 1, 254));
    EXPECT_EQ(format("upot8").max_value(), 0x1p254);
    EXPECT_EQ(format("pot8").max_value(), 0x1p126);
    EXPECT_EQ(format("pot8").min_value(), -0x1p126);
    EXPECT_EQ(format("upot8").encode(0x1.7fffffffffffep253), 254u);
    EXPECT_EQ(format("upot8").encode(0x1.8p253), 255u);
}

// Half-way by distance (1.5 * 2^k), not by logarithm (1.414 * 2^k); ties to the larger value.
TEST(Pot, NearestIsByDistance) {
    const Format& f = format("pot4");
    EXPECT_EQ(f.value(f.encode(5.9)), 4);
    EXPECT_EQ(f.value(f.encode(6)), 8);
    EXPECT_EQ(f.value(f.encode(-6)), -4);
    EXPECT_EQ(f.value(f.encode(-6.1)), -8);
}

}  // namespace
}  // namespace bitloom
