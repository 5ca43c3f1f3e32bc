// SPDX-License-Identifier: Apache-2.0
#include "models/pe/ant_pe/ant_decoder.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/base/error.h"
#include "tests/models/pe/array_formats.h"

namespace bitloom {
namespace {

using test::array_formats;

std::int64_t number(const BaseExponent& operand) {
    const std::int64_t magnitude = static_cast<std::int64_t>(operand.base) << operand.exponent;
    return operand.negative ? -magnitude : magnitude;
}

TEST(AntDecoder, TakesExactlyTheseFormats) {
    const std::vector<std::string> expected = {
        "int2",   "int3",   "int4",    "int8",    "uint2", "uint3", "uint4", "uint8",
        "flint3", "flint4", "uflint3", "uflint4", "pot3",  "pot4",  "upot3", "upot4"};
    auto names = array_formats();
    EXPECT_EQ(std::set(names.begin(), names.end()), std::set(expected.begin(), expected.end()));
}

TEST(AntDecoder, RefusalNamesTheFormatAndThoseAllowed) {
    for (const char* name : {"int5", "flint5", "e2m1", "e4m3", "int16"}) try {
            AntDecoder decoder(format(name));
            ADD_FAILURE() << name << " was taken";
        } catch (const Error& e) {
            EXPECT_EQ(e.what(), "format '" + std::string(name) +
                                    "' does not run on the ANT array: allowed: int8, uint8, and "
                                    "int, flint and power-of-two of up to 4 bits");
        }
}

TEST(AntDecoder, OperandsOfAllLinesAddUpToTheValueOfEveryCode) {
    for (const std::string& name : array_formats()) {
        const Format& taken = format(name);
        const AntDecoder decoder(taken);
        double largest = 0;
        ASSERT_EQ(decoder.bits(), taken.bits());
        for (std::uint32_t code = 0; code < taken.code_count(); ++code) {
            std::int64_t sum = 0;
            for (int line = 0; line < decoder.lines(); ++line) {
                const BaseExponent& operand = decoder.operand(code, line);
                ASSERT_LE(operand.base, 15) << name << " code " << code;
                ASSERT_LE(operand.exponent, 14) << name << " code " << code;
                sum += number(operand);
            }
            ASSERT_EQ(static_cast<double>(sum), taken.value(code)) << name << " code " << code;
            ASSERT_EQ(decoder.value(code), sum) << name << " code " << code;
            largest = std::max(largest, std::abs(taken.value(code)));
        }
        EXPECT_EQ(static_cast<double>(decoder.max_magnitude()), largest) << name;
    }
}

// Padding is written as zero bytes by the chip: the code of zero has to be zero.
TEST(AntDecoder, CodeOfZeroIsZero) {
    for (const std::string& name : array_formats())
        EXPECT_EQ(AntDecoder(format(name)).value(0), 0) << name;
}

// The high nibble carries the sign and the weight 16; the low one is never negative.
TEST(AntDecoder, BytesAreTwoNibbles) {
    for (const char* name : {"int8", "uint8"}) {
        const AntDecoder decoder(format(name));
        ASSERT_EQ(decoder.lines(), 2);
        for (std::uint32_t code = 0; code < 256; ++code) {
            const BaseExponent& high = decoder.operand(code, 0);
            const BaseExponent& low = decoder.operand(code, 1);
            ASSERT_EQ(high.exponent, 4);
            ASSERT_EQ(low, (BaseExponent{false, static_cast<std::uint8_t>(code & 15), 0}));
            const bool is_signed = name == std::string("int8");
            const int nibble = static_cast<int>(code >> 4);
            ASSERT_EQ((high.negative ? -1 : 1) * high.base,
                      is_signed && nibble >= 8 ? nibble - 16 : nibble)
                << name << " code " << code;
        }
    }
}

}  // namespace
}  // namespace bitloom
