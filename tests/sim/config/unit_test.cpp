// SPDX-License-Identifier: Apache-2.0
#include "sim/config/unit.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "models/base/random.h"

namespace bitloom {
namespace {

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

std::int64_t integer(std::string_view text, const Unit& unit) {
    const auto number = parse_integer(text, unit);
    EXPECT_EQ(number.fault, NumberFault::none) << text;
    return number.value;
}

double real(std::string_view text, const Unit& unit) {
    const auto number = parse_real(text, unit);
    EXPECT_EQ(number.fault, NumberFault::none) << text;
    return number.value;
}

TEST(Unit, PlainNumberIsInTheUnitItself) {
    EXPECT_EQ(integer("65536", units::bytes), 65536);
    EXPECT_EQ(integer("-7", units::none), -7);
    EXPECT_EQ(integer("64", units::kibibytes), 64);
    EXPECT_EQ(real("0.5", units::gigahertz), 0.5);
    EXPECT_EQ(real("1e9", units::hertz), 1e9);
    EXPECT_EQ(real(".25", units::none), 0.25);
}

TEST(Unit, SuffixConvertsWithinTheFamily) {
    EXPECT_EQ(integer("64KiB", units::bytes), 65536);
    EXPECT_EQ(integer("128 KiB", units::bytes), 131072);
    EXPECT_EQ(integer("1.5KiB", units::bytes), 1536);
    EXPECT_EQ(integer("2MiB", units::kibibytes), 2048);
    EXPECT_EQ(integer("1024 B", units::kibibytes), 1);
    EXPECT_EQ(real("500MHz", units::gigahertz), 0.5);
    EXPECT_EQ(real("0.5GHz", units::hertz), 5e8);
    EXPECT_EQ(real("3 ns", units::picoseconds), 3000.0);
    EXPECT_EQ(real("2500ps", units::nanoseconds), 2.5);
    EXPECT_EQ(integer("12 cycles", Unit("cycles")), 12);
}

TEST(Unit, UnknownSuffixIsNamed) {
    for (const char* text : {"64KB", "64kib", "64 KiBs", "64K"}) {
        const auto number = parse_integer(text, units::bytes);
        EXPECT_EQ(number.fault, NumberFault::unknown_unit) << text;
    }
    EXPECT_EQ(parse_integer("64 KB", units::bytes).suffix, "KB");
    EXPECT_EQ(parse_real("5e", units::hertz).suffix, "e");
    EXPECT_EQ(parse_real("1 GiB", units::hertz).fault, NumberFault::unknown_unit);
    EXPECT_EQ(known_suffixes(units::bytes), "B KiB MiB GiB");
    EXPECT_EQ(known_suffixes(units::nanoseconds), "ps ns us ms s");
    EXPECT_EQ(known_suffixes(Unit("cycles")), "cycles");
}

TEST(Unit, PartOfABaseUnitIsNotWhole) {
    EXPECT_EQ(parse_integer("0.1KiB", units::bytes).fault, NumberFault::not_whole);
    EXPECT_EQ(parse_integer("100B", units::kibibytes).fault, NumberFault::not_whole);
    EXPECT_EQ(parse_integer("2.0", units::none).fault, NumberFault::not_whole);
    EXPECT_EQ(parse_integer("2.5", units::bytes).fault, NumberFault::not_whole);
}

TEST(Unit, WhatIsNoNumberIsRefused) {
    for (const char* text : {"", "-", "+5", "abc", "0x10", "1,000", "--1", "1.", ".5", "1..2",
                             "5 !", "nan", "inf", "1e3", " 5"})
        EXPECT_EQ(parse_integer(text, units::none).fault, NumberFault::not_a_number) << text;
    for (const char* text : {"", "-", "+5", "abc", "nan", "-nan", "inf", "-inf", "infinity", "0x10",
                             "1,5", "--1", ".", "5 !", " 5"})
        EXPECT_EQ(parse_real(text, units::none).fault, NumberFault::not_a_number) << text;
}

TEST(Unit, WhatDoesNotFitIsTooLarge) {
    EXPECT_EQ(integer("9223372036854775807", units::none), int64_max);
    for (const char* text : {"9223372036854775808", "99999999999999999999", "-9223372036854775809"})
        EXPECT_EQ(parse_integer(text, units::none).fault, NumberFault::too_large) << text;
    EXPECT_EQ(integer("8589934591GiB", units::bytes), int64_max - ((1LL << 30) - 1));
    EXPECT_EQ(parse_integer("8589934592GiB", units::bytes).fault, NumberFault::too_large);
    EXPECT_EQ(parse_real("1e309", units::none).fault, NumberFault::too_large);
    EXPECT_EQ(parse_real("1e300GHz", units::hertz).fault, NumberFault::too_large);
}

TEST(Unit, EveryDoubleReadsBackFromItsShortestText) {
    const RandomStream random(7, "unit_test");
    for (std::uint64_t i = 0; i < 2000; ++i) {
        const double value = std::bit_cast<double>(random.bits(i));
        if (!std::isfinite(value)) continue;
        EXPECT_EQ(real(fmt::format("{}", value), units::none), value) << "seed 7, draw " << i;
    }
}

}  // namespace
}  // namespace bitloom
