// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/domain.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "models/base/error.h"

namespace bitloom {
namespace {

std::string values(std::string_view text) {
    const Domain domain = parse_domain(text);
    return fmt::format("{}", fmt::join(domain.values, " "));
}

std::string error(std::string_view text) {
    try {
        parse_domain(text);
    } catch (const Error& caught) {
        return caught.what();
    }
    return "no error";
}

TEST(Domain, EveryFormHasItsValues) {
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"ant", "ant"},
             {"ant, olive", "ant olive"},
             {"'a,b', '1..3'", "a,b 1..3"},
             {"../nets/x.onnx", "../nets/x.onnx"},
             {"zoo/digits,papers/ant/resnet18", "zoo/digits papers/ant/resnet18"},
             {"1..4", "1 2 3 4"},
             {"-2..1", "-2 -1 0 1"},
             {"16..64 step 16", "16 32 48 64"},
             {"16..63 step 16", "16 32 48"},
             {"0.1..0.5 step 0.1", "0.1 0.2 0.3 0.4 0.5"},
             {"64KiB..1MiB step *2", "64KiB 128KiB 256KiB 512KiB 1024KiB"},
             {"0.5GHz..1GHz step 250MHz", "0.5GHz 0.75GHz 1GHz"},
             {"1..8 step * 2", "1 2 4 8"},
             {"1..4 step *1.5", "1 1.5 2.25 3.375"},
             {"0.5GHz..1GHz count 6", "0.5GHz 0.6GHz 0.7GHz 0.8GHz 0.9GHz 1GHz"},
             {"1..10 count 4", "1 4 7 10"},
             {"1..1000 log 4", "1 10 100 1000"},
             {"1..3 log 5", "1 2 3"},
             {"1, 2, 4..16 step 4", "1 2 4 8 12 16"},
             {"1KiB..3KiB", "1KiB 2KiB 3KiB"}})
        EXPECT_EQ(values(text), expected) << text;
}

TEST(Domain, ErrorsSayWhatIsAllowed) {
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"", "an empty value in the list: must be VALUE, VALUE, ..."},
             {"1,,2", "an empty value in the list: must be VALUE, VALUE, ..."},
             {"'a", "a quote is not closed: must be 'text'"},
             {"a'b'", "a'b': a quote inside a value: must be 'text'"},
             {"1, 2, 1", "1 is given twice"},
             {"1..4, 3", "3 is given twice"},
             {"1..x",
              "'1..x': after '..' must stand a number of at most 18 digits, as 64, 0.5 or 64KiB"},
             {"8..1", "'8..1': must begin below its end"},
             {"8..8", "'8..8': must begin below its end"},
             {"1..8 by 2",
              "'1..8 by 2': after a range must stand step N, step *N, count N or log N"},
             {"1..8 step 0", "the step '0': must be above 0"},
             {"1..8 step x",
              "the step 'x': must be a number of at most 18 digits, as 64, 0.5 or 64KiB"},
             {"1..8 step *1", "the factor '1': must be a number above 1 without a unit"},
             {"0..8 step *2", "'0..8 step *2': a range with a factor must begin above 0"},
             {"0.0..8.0 log", "'0.0..8.0 log': a logarithmic range must begin above 0"},
             {"1..8 count 1", "count '1': must be a whole number, 2..100000"},
             {"1..8 log 2.5", "log '2.5': must be a whole number, 2..100000"},
             {"64..1MiB", "'64..1MiB': both ends must have a unit of one kind, or none"},
             {"1KiB..4KiB step 1ms", "the step '1ms' has another unit than the range '1KiB..4KiB'"},
             {"1..1000000", "'1..1000000' has more than 100000 values: give a larger step"},
             {"0.5..2.0, 3",
              "a range without steps must stand alone: give step N, step *N, count N or log N"},
             {"0.5..2.0, 3.0..4.0",
              "a range without steps must stand alone: give step N, step *N, count N or log N"}})
        EXPECT_EQ(error(text), expected) << text;
}

TEST(Domain, AListIsCutIntoEqualParts) {
    const Domain domain = parse_domain("a, b, c, d");
    EXPECT_EQ(domain.at(0.0), "a");
    EXPECT_EQ(domain.at(0.249), "a");
    EXPECT_EQ(domain.at(0.25), "b");
    EXPECT_EQ(domain.at(0.999999), "d");
}

TEST(Domain, AContinuousRangeGoesFromEndToEnd) {
    const Domain linear = parse_domain("0.5GHz..1.5GHz");
    EXPECT_TRUE(linear.continuous);
    EXPECT_EQ(linear.at(0.0), "0.5GHz");
    EXPECT_EQ(linear.at(0.5), "1GHz");
    const Domain logarithmic = parse_domain("0.01..100.0 log");
    EXPECT_EQ(logarithmic.at(0.0), "0.01");
    EXPECT_NEAR(std::stod(logarithmic.at(0.5)), 1.0, 1e-12);
    EXPECT_NEAR(std::stod(logarithmic.at(0.75)), 10.0, 1e-11);
    const Domain whole = parse_domain("1..1024 log");
    EXPECT_EQ(whole.at(0.0), "1");
    EXPECT_EQ(whole.at(0.5), "32");
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(whole.at(i / 100.0).find_first_not_of("0123456789"), std::string::npos);
}

}  // namespace
}  // namespace bitloom
