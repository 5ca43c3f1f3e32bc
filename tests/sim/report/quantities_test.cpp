// SPDX-License-Identifier: Apache-2.0
#include "sim/report/quantities.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "models/base/random.h"
#include "sim/report/text_table.h"
#include "tests/sim/report/sample_results.h"

namespace bitloom {
namespace {

TEST(Quantities, SiPrefixesHaveFourDigits) {
    EXPECT_EQ(with_si_prefix(1.0, "s"), "1.000 s");
    EXPECT_EQ(with_si_prefix(0.0012346, "s"), "1.235 ms");
    EXPECT_EQ(with_si_prefix(784e-6, "s"), "784.0 us");
    EXPECT_EQ(with_si_prefix(8.192e12, "OPS"), "8.192 TOPS");
    EXPECT_EQ(with_si_prefix(25.6e9, "B/s"), "25.60 GB/s");
}

// Rounding carries into the next prefix instead of showing five digits.
TEST(Quantities, SiPrefixCarriesWhenRoundingReachesOneThousand) {
    EXPECT_EQ(with_si_prefix(999.94, "m"), "999.9 m");
    EXPECT_EQ(with_si_prefix(999.96, "m"), "1.000 km");
    EXPECT_EQ(with_si_prefix(9.9996, "m"), "10.00 m");
}

TEST(Quantities, WhatIsNotAPositiveNumberIsNotAvailable) {
    for (double value : {0.0, -1.0, std::numeric_limits<double>::infinity(), std::nan("")})
        EXPECT_EQ(with_si_prefix(value, "s"), "n/a") << value;
    EXPECT_EQ(percent(std::nan("")), "n/a");
}

// Reads the text back: every value over 36 decades is shown to half a unit of its fourth digit.
TEST(Quantities, SiTextIsNearTheValueEverywhere) {
    const std::string prefixes = "zafpnum kMGTP";
    const RandomStream random(1, "si");
    for (std::uint64_t i = 0; i < 20000; ++i) {
        const double value = std::pow(10.0, -20.0 + 36.0 * random.uniform(i));
        const std::string text = with_si_prefix(value, "");
        const std::size_t space = text.find(' ');
        ASSERT_EQ(space, 5U) << text;
        const char prefix = space + 1 < text.size() ? text.back() : ' ';
        const int power = static_cast<int>(prefixes.find(prefix)) - 7;
        const double read = std::stod(text) * std::pow(10.0, 3 * power);
        EXPECT_NEAR(read / value, 1.0, 5.1e-4) << text << " for " << value;
    }
}

TEST(Quantities, EnergyUnitShowsTheLargestBelowOneThousand) {
    EXPECT_EQ(energy_unit(0).unit, "pJ");
    EXPECT_EQ(energy_unit(999).unit, "pJ");
    EXPECT_EQ(energy_unit(1000).unit, "nJ");
    EXPECT_EQ(energy_unit(5e6).unit, "uJ");
    EXPECT_EQ(energy_unit(5e9).unit, "mJ");
    EXPECT_EQ(energy_unit(5e15).unit, "J");
    EXPECT_DOUBLE_EQ(5e6 * energy_unit(5e6).factor, 5.0);
}

TEST(Quantities, DigitsAreGroupedInThrees) {
    EXPECT_EQ(grouped_digits(0), "0");
    EXPECT_EQ(grouped_digits(999), "999");
    EXPECT_EQ(grouped_digits(1000), "1,000");
    EXPECT_EQ(grouped_digits(-100), "-100");
    EXPECT_EQ(grouped_digits(-1234567), "-1,234,567");
}

TEST(Quantities, EachComponentHasItsGroup) {
    const std::pair<const char*, const char*> expected[] = {{"dram", "DRAM"},
                                                            {"dram.static", "DRAM"},
                                                            {"weight_buffer", "scratchpads"},
                                                            {"vector_buffer", "scratchpads"},
                                                            {"scratchpad", "scratchpads"},
                                                            {"array", "array"},
                                                            {"decoder", "decoders"},
                                                            {"decoders", "decoders"},
                                                            {"vector", "vector"},
                                                            {"leakage", "leakage"},
                                                            {"cim_array", "array"},
                                                            {"activation_sram", "scratchpads"},
                                                            {"adc", "converters"},
                                                            {"dac", "converters"},
                                                            {"shift_add", "converters"},
                                                            {"clock_tree", "other"},
                                                            {"", "other"}};
    for (const auto& [component, group] : expected)
        EXPECT_EQ(energy_groups[energy_group(component)], group) << component;
}

TEST(Quantities, GroupsKeepTheSumOfEnergies) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const RunResult result = testing::random_result(seed);
        double sum = 0.0;
        for (double pj : energy_by_group(result.energy_pj)) sum += pj;
        EXPECT_DOUBLE_EQ(sum, result.total_energy_pj()) << "seed " << seed;
    }
}

TEST(Quantities, StallCausesAreTheKnownOnesAndThenOthersByName) {
    const RunResult result = testing::small_result();
    using Names = std::vector<std::string>;
    EXPECT_EQ(stall_causes(result, true),
              (Names{"operands", "output", "vector", "writeback", "refresh"}));
    EXPECT_EQ(stall_causes(result, false), (Names{"operands", "vector", "writeback", "refresh"}));
}

TEST(TextTable, ElisionKeepsBothEndsAndCountsCodePoints) {
    EXPECT_EQ(elide_middle("layer4.1.conv2", 14), "layer4.1.conv2");
    EXPECT_EQ(elide_middle("layer4.1.conv2", 13), "layer4..conv2");
    EXPECT_EQ(elide_middle("abcdef", 4), "a..f");
    EXPECT_EQ(elide_middle("äöüßéè", 4), "ä..è");
    EXPECT_EQ(text_width("äöüßéè"), 6U);
}

// A name must not steer the terminal, nor break the columns.
TEST(TextTable, PrintableTextHasNoControlsAndOnlyWholeSequences) {
    EXPECT_EQ(printable("a\x1b[31m\n\x7f"), "a?[31m??");
    EXPECT_EQ(printable("\xc2\x9b\x31m"), "??1m");  // U+009B is CSI on some terminals
    const std::string broken = {'a', '\xff', 'b', '\xc3', ')', '\xe2', '\x82'};
    EXPECT_EQ(printable(broken), "a?b?)" + std::string(2, '?'));
    EXPECT_EQ(printable("µ€"), "µ€");
}

TEST(TextTable, ElasticColumnsShrinkUntilTheLineFits) {
    TextTable table({{"name", "", "", false, true}, {"n", "cycles", "", true, false}});
    table.add_row({std::string(60, 'a') + "END", "12"});
    EXPECT_EQ(table.to_string({.width = 40, .elide = true}),
              "name                                   n\n"
              "                                [cycles]\n"
              "------------------------------  --------\n"
              "aaaaaaaaaaaaaa..aaaaaaaaaaaEND        12\n");
}

}  // namespace
}  // namespace bitloom
