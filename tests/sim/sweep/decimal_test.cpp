// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/decimal.h"

#include <gtest/gtest.h>

#include "models/base/random.h"

namespace bitloom {
namespace {

std::string read(std::string_view text) {
    const std::optional<Decimal> number = parse_decimal(text);
    return number ? number->text() : "none";
}

std::string convert(std::string_view text, const std::string& suffix) {
    const std::optional<Decimal> number = in_unit(*parse_decimal(text), suffix);
    return number ? number->text() : "none";
}

TEST(Decimal, TextIsReadExactly) {
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"0", "0"},
             {"-3", "-3"},
             {"64KiB", "64KiB"},
             {"0.5 GHz", "0.5GHz"},
             {"-0.050", "-0.05"},
             {"1e-3", "0.001"},
             {"2.5e3", "2500"},
             {"1e2KiB", "100KiB"},
             {"999999999999999999", "999999999999999999"},
             {"1.000", "1"}})
        EXPECT_EQ(read(text), expected) << text;
}

TEST(Decimal, WhatIsNoNumberIsRefused) {
    for (const std::string text : {"", "-", "x", "8x", "1.", ".5", "+1", "0x10", "nan", "inf", "1e",
                                   "1e999", "1 furlong", "1 2", "1000000000000000000"})
        EXPECT_EQ(read(text), "none") << text;
}

TEST(Decimal, RangeDotsEndTheNumber) {
    std::size_t length = 0;
    EXPECT_EQ(parse_decimal("1..8", length)->text(), "1");
    EXPECT_EQ(length, 1u);
    EXPECT_EQ(parse_decimal("1.5..8", length)->text(), "1.5");
    EXPECT_EQ(length, 3u);
    EXPECT_EQ(parse_decimal("16 step", length)->text(), "16");
    EXPECT_EQ(length, 2u);
}

TEST(Decimal, UnitsOfOneFamilyConvertExactly) {
    EXPECT_EQ(convert("1MiB", "KiB"), "1024KiB");
    EXPECT_EQ(convert("1B", "KiB"), "0.0009765625KiB");
    EXPECT_EQ(convert("512KiB", "MiB"), "0.5MiB");
    EXPECT_EQ(convert("100MHz", "GHz"), "0.1GHz");
    EXPECT_EQ(convert("1s", "ps"), "1000000000000ps");
    EXPECT_EQ(convert("1s", "GHz"), "none");
    EXPECT_EQ(convert("1", "KiB"), "none");
    EXPECT_EQ(convert("1KiB", ""), "none");
    EXPECT_EQ(convert("999999999999GiB", "B"), "none");  // does not fit
}

TEST(Decimal, ThereAndBackIsTheSame) {
    const RandomStream random(1, "decimal");
    for (std::uint64_t i = 0; i < 1000; ++i) {
        const Decimal number{static_cast<std::int64_t>(random.below(i, 1'000'000)),
                             static_cast<int>(i % 4), "KiB"};
        EXPECT_EQ(in_unit(*in_unit(number, "MiB"), "KiB")->text(), number.text());
    }
}

TEST(Decimal, ValueIsTheNearestDouble) {
    EXPECT_EQ(parse_decimal("0.1")->value(), 0.1);
    EXPECT_EQ(parse_decimal("-0.3")->value(), -0.3);
    EXPECT_EQ(parse_decimal("123456789.123456789")->value(), 123456789.123456789);
}

}  // namespace
}  // namespace bitloom
