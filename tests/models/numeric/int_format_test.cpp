// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/int_format.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/base/error.h"

namespace bitloom {
namespace {

TEST(IntFormat, EveryCodeOfEveryWidthIsItsInteger) {
    EXPECT_EQ(format("uint1").value(0), 0);
    EXPECT_EQ(format("uint1").value(1), 1);
    for (int bits = 2; bits <= 16; ++bits) {
        const Format& plain = format(fmt::format("uint{}", bits));
        const Format& twos = format(fmt::format("int{}", bits));
        for (std::uint32_t code = 0; code < (1u << bits); ++code) {
            ASSERT_EQ(plain.value(code), code);
            // Sign extension by moving the code to the top of a 16-bit word and back.
            const auto top = static_cast<std::int16_t>(code << (16 - bits));
            ASSERT_EQ(twos.value(code), top >> (16 - bits)) << bits << " bits, code " << code;
        }
    }
}

TEST(IntFormat, RoundsAsFloorOfXPlusOneHalfAtEveryMidpoint) {
    for (int bits = 2; bits <= 16; ++bits) {
        for (const char* family : {"int", "uint"}) {
            const Format& f = format(fmt::format("{}{}", family, bits));
            for (double low = f.min_value(); low < f.max_value(); ++low) {
                ASSERT_EQ(f.value(f.encode(low + 0.5)), low + 1) << f.name();
                ASSERT_EQ(f.value(f.encode(std::nextafter(low + 0.5, -1e9))), low) << f.name();
            }
        }
    }
}

TEST(IntFormat, FourBitBasesAreMagnitudes) {
    EXPECT_EQ(format("int4").decode_base_exponent(0b1000), (BaseExponent{true, 8, 0}));
    EXPECT_EQ(format("int4").decode_base_exponent(0b1111), (BaseExponent{true, 1, 0}));
    EXPECT_EQ(format("int4").decode_base_exponent(0b0111), (BaseExponent{false, 7, 0}));
    EXPECT_EQ(format("int4").decode_base_exponent(0), (BaseExponent{false, 0, 0}));
    EXPECT_EQ(format("uint4").decode_base_exponent(15), (BaseExponent{false, 15, 0}));
}

// The ANT array takes what has this decode: a bit plane is not for it.
TEST(IntFormat, OneBitHasNoBaseExponent) {
    EXPECT_FALSE(format("uint1").has_base_exponent());
    EXPECT_THROW(format("uint1").decode_base_exponent(1), Error);
}

TEST(IntFormat, OneBitIsOneFromHalfAStepOn) {
    const Format& bit = format("uint1");
    EXPECT_EQ(bit.encode(0.5), 1u);
    EXPECT_EQ(bit.encode(std::nextafter(0.5, 0.0)), 0u);
    EXPECT_EQ(bit.encode(7.0), 1u);
    EXPECT_EQ(bit.encode(-7.0), 0u);
    EXPECT_EQ(bit.max_value(), 1);
    EXPECT_FALSE(bit.is_signed());
}

TEST(IntFormat, LimitsAreThoseOfTheWidth) {
    EXPECT_EQ(format("int8").min_value(), -128);
    EXPECT_EQ(format("int8").max_value(), 127);
    EXPECT_EQ(format("uint8").max_value(), 255);
    EXPECT_EQ(format("int16").min_value(), -32768);
    EXPECT_EQ(format("uint16").max_value(), 65535);
    EXPECT_EQ(format("uint16").min_value(), 0);
    EXPECT_EQ(format("int8").encode(-1000), 0x80u);
    EXPECT_EQ(format("int8").encode(-1), 0xffu);
}

}  // namespace
}  // namespace bitloom
