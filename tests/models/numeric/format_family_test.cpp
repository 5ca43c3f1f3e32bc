// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/format_family.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "models/base/error.h"
#include "tests/models/numeric/all_formats.h"

namespace bitloom {
namespace {

using testing::ElementsAre;
using testing::IsSupersetOf;

std::string error_of(std::string_view name) {
    try {
        format(name);
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

constexpr std::string_view known =
    " known families: int2..int16 uint1..uint16 bipolar1..bipolar8 flint3..flint8 uflint3..uflint8 "
    "pot3..pot8 upot3..upot8 eXmY (e.g. e4m3) adafloatNeE (e.g. adafloat8e3)";

TEST(FormatFamily, UnknownNameListsTheFamiliesAndTheNearestName) {
    EXPECT_EQ(error_of("flin4"),
              "unknown format 'flin4'; did you mean 'flint4'?" + std::string(known));
    EXPECT_EQ(error_of("e4m3fm"),
              "unknown format 'e4m3fm'; did you mean 'e4m3'?" + std::string(known));
    EXPECT_EQ(error_of("bfloat-sixteen"), "unknown format 'bfloat-sixteen';" + std::string(known));
}

TEST(FormatFamily, NamesThatAreAlmostRightAreUnknown) {
    for (const char* name :
         {"",          "int",       "int04",      "int4 ",      " int4",        "INT4",
          "int-4",     "int+4",     "int4x",      "int1234567", "uuint4",       "flint4.0",
          "e4m",       "em3",       "m3",         "e4m3f",      "e04m3",        "ue4m3",
          "e4m3fnfn",  "adafloat8", "adafloat8e", "adafloate3", "uadafloat8e3", "adafloat8e03",
          "ubipolar2", "bipolar",   "bipolar01"})
        EXPECT_TRUE(error_of(name).starts_with("unknown format '" + std::string(name) + "';"))
            << error_of(name);
}

TEST(FormatFamily, WidthOutOfRangeSaysTheRange) {
    EXPECT_EQ(error_of("int1"), "format 'int1': width = 1: must be 2..16");
    EXPECT_EQ(error_of("uint17"), "format 'uint17': width = 17: must be 1..16");
    EXPECT_EQ(error_of("uint0"), "format 'uint0': width = 0: must be 1..16");
    EXPECT_EQ(error_of("bipolar0"), "format 'bipolar0': width = 0: must be 1..8");
    EXPECT_EQ(error_of("bipolar9"), "format 'bipolar9': width = 9: must be 1..8");
    EXPECT_EQ(error_of("int0"), "format 'int0': width = 0: must be 2..16");
    EXPECT_EQ(error_of("flint9"), "format 'flint9': width = 9: must be 3..8");
    EXPECT_EQ(error_of("uflint2"), "format 'uflint2': width = 2: must be 3..8");
    EXPECT_EQ(error_of("pot2"), "format 'pot2': width = 2: must be 3..8");
    EXPECT_EQ(error_of("upot999999"), "format 'upot999999': width = 999999: must be 3..8");
    EXPECT_EQ(error_of("e5m3"), "format 'e5m3': width = 9 (a sign, 5 + 3 bits): must be 2..8");
    EXPECT_EQ(error_of("e0m3"), "format 'e0m3': exponent bits = 0: must be 1..7");
    EXPECT_EQ(error_of("adafloat9e3"), "format 'adafloat9e3': width = 9: must be 3..8");
    EXPECT_EQ(error_of("adafloat8e7"), "format 'adafloat8e7': exponent bits = 7: must be 1..6");
    EXPECT_EQ(error_of("adafloat8e0"), "format 'adafloat8e0': exponent bits = 0: must be 1..6");
}

TEST(FormatFamily, ConventionWithoutRoomForItsCodesIsRefused) {
    const std::string tail =
        "ieee needs 2 exponent bits and 1 mantissa bit, fn needs 1 mantissa bit";
    EXPECT_EQ(error_of("e1m3ieee"),
              "format 'e1m3ieee': no room for the special codes of 'ieee': " + tail);
    EXPECT_EQ(error_of("e3m0fn"),
              "format 'e3m0fn': no room for the special codes of 'fn': " + tail);
}

TEST(FormatFamily, BaseExponentOfOtherFormatsIsAnError) {
    try {
        format("int8").decode_base_exponent(0);
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "format 'int8': no (base, exponent) decode: formats with one are int2..int4 "
                     "uint2..uint4 flint3..flint6 uflint3..uflint5 pot3..pot5 upot3..upot4");
    }
    EXPECT_THROW(format("e4m3").decode_base_exponent(0), Error);
}

TEST(FormatFamily, ListHasEveryFamilyInItsOrder) {
    const std::vector<std::string>& names = format_names();
    EXPECT_THAT(std::vector(names.begin(), names.begin() + 3), ElementsAre("int2", "int3", "int4"));
    EXPECT_EQ(names.back(), "adafloat8e6");
    // 15 int, 16 uint, 8 bipolar, 2 x 6 flint, 2 x 6 pot, 1+..+7 minifloats, 1+..+6 adafloats
    EXPECT_EQ(names.size(), 31u + 8u + 12u + 12u + 28u + 21u);
    EXPECT_THAT(names,
                IsSupersetOf({"int16", "uint16", "flint3", "uflint8", "pot8", "upot8", "e2m1",
                              "e3m2", "e2m3", "e4m3", "e5m2", "e1m0", "adafloat8e3"}));
    EXPECT_THAT(minifloat_variant_names(),
                IsSupersetOf({"e4m3ieee", "e4m3finite", "e5m2fn", "e5m2finite", "e3m4fn",
                              "e3m4ieee", "e2m1ieee"}));
}

TEST(FormatFamily, SuffixThatStatesTheDefaultIsThePlainName) {
    EXPECT_EQ(&format("e4m3fn"), &format("e4m3"));
    EXPECT_EQ(&format("e5m2ieee"), &format("e5m2"));
    EXPECT_EQ(&format("e2m1finite"), &format("e2m1"));
    EXPECT_EQ(format("e4m3fn").name(), "e4m3");
    EXPECT_NE(&format("e4m3ieee"), &format("e4m3"));
    EXPECT_EQ(format("e4m3ieee").name(), "e4m3ieee");
}

TEST(FormatFamily, ThreadsThatAskAtOnceGetTheSameObjects) {
    const std::vector<std::string> names = all_format_names();
    constexpr std::size_t threads = 4;
    std::vector<std::vector<const Format*>> got(threads);
    {
        std::vector<std::jthread> pool;
        for (std::size_t t = 0; t < threads; ++t)
            pool.emplace_back([&names, &mine = got[t], t] {
                mine.resize(names.size());
                for (std::size_t i = 0; i < names.size(); ++i) {
                    // Half of the threads run backwards, so that they meet in every order.
                    const std::size_t k = t % 2 == 0 ? i : names.size() - 1 - i;
                    mine[k] = &format(names[k]);
                }
            });
    }
    for (std::size_t t = 1; t < threads; ++t) EXPECT_EQ(got[t], got[0]);
}

TEST(FormatFamily, NumberAfterReadsPlainDecimalsOnly) {
    EXPECT_EQ(number_after("int16", "int"), 16);
    EXPECT_EQ(number_after("int0", "int"), 0);
    EXPECT_EQ(number_after("int999999", "int"), 999999);
    for (const char* name : {"int", "int01", "int1000000", "int1 ", "in1", "int-1"})
        EXPECT_EQ(number_after(name, "int"), std::nullopt) << name;
}

}  // namespace
}  // namespace bitloom
