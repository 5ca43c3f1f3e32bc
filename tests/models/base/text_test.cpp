// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace bitloom {
namespace {

const std::vector<std::string> keys = {"array.rows", "array.columns", "dram.clock", "int4", "int8"};

TEST(Text, NearestNameIsTheOneWithFewestEdits) {
    EXPECT_EQ(nearest_name("array.row", keys), "array.rows");
    EXPECT_EQ(nearest_name("aray.rwos", keys), "array.rows");
    EXPECT_EQ(nearest_name("array.columns", keys), "array.columns");
    EXPECT_EQ(nearest_name("dram.clok", keys), "dram.clock");
}

TEST(Text, EqualDistancesGiveTheFirstCandidate) {
    EXPECT_EQ(nearest_name("int6", keys), "int4");
}

// Two edits always pass, more only up to a third of the longer name.
TEST(Text, FarNamesAreNoSuggestion) {
    const std::vector<std::string> six = {"abcdef"};
    EXPECT_EQ(nearest_name("abcdxx", six), "abcdef");
    EXPECT_EQ(nearest_name("abcxxx", six), "");
    const std::vector<std::string> nine = {"abcdefghi"};
    EXPECT_EQ(nearest_name("abcdefxxx", nine), "abcdefghi");
    EXPECT_EQ(nearest_name("abcdexxxx", nine), "");
    EXPECT_EQ(nearest_name("zzzzzzzz", keys), "");
    EXPECT_EQ(nearest_name("int4", {}), "");
}

TEST(Text, EditsAreInsertionsDeletionsAndReplacements) {
    const std::vector<std::string> one = {"flint"};
    for (const char* name : {"flit", "flintt", "fling", "xflint", "lint"})
        EXPECT_EQ(nearest_name(name, one), "flint") << name;
}

TEST(Text, DidYouMeanIsAPhraseOrNothing) {
    EXPECT_EQ(did_you_mean("array.row", keys), "; did you mean 'array.rows'?");
    EXPECT_EQ(did_you_mean("something else", keys), "");
}

TEST(Text, LinesShowWhatATerminalWouldObey) {
    EXPECT_EQ(one_line("caf\u00e9 \u4e2d \U0001f600", 100), "caf\u00e9 \u4e2d \U0001f600");
    EXPECT_EQ(one_line("a\x1b[31m\n\t\x7f", 100), "a\\x1b[31m\\x0a\\x09\\x7f");
    EXPECT_EQ(one_line(std::string_view("a\0b", 3), 100), "a\\x00b");
    EXPECT_EQ(one_line("\xc2\x9b"
                       "A",
                       100),
              "\\xc2\\x9bA")
        << "C1: CSI in one character";
    EXPECT_EQ(one_line("\u202e \u2028 \u2066", 100),
              "\\xe2\\x80\\xae \\xe2\\x80\\xa8 \\xe2\\x81\\xa6");
    EXPECT_EQ(one_line("\xff\xc0\xaf\xed\xa0\x80\xe4\xb8", 100),
              "\\xff\\xc0\\xaf\\xed\\xa0\\x80\\xe4\\xb8");
}

TEST(Text, LinesAreCutBetweenCharacters) {
    EXPECT_EQ(one_line("abcdef", 6), "abcdef");
    EXPECT_EQ(one_line("abcdefg", 6), "abcdef...");
    EXPECT_EQ(one_line("abc\u4e2d", 5), "abc...");
    EXPECT_LT(one_line(std::string(1 << 20, '\x1b'), 1000).size(), 4010U);
}

// Whatever the bytes: printable, well formed, one line.
TEST(Text, LinesOfRandomBytesAreCleanAndStayAsTheyAre) {
    std::mt19937 random(1);
    for (int i = 0; i < 20000; ++i) {
        std::string bytes(random() % 12, '\0');
        // Bytes that begin or go on with characters are frequent enough to form some.
        for (char& byte : bytes)
            byte = static_cast<char>(random() % 2 == 0 ? random() % 256 : 0x80 + random() % 0x70);
        const std::string line = one_line(bytes, 1000);
        for (std::size_t at = 0; at < line.size();) {
            const std::size_t length = utf8_length(line, at);
            ASSERT_GT(length, 0U) << testing::PrintToString(bytes);
            ASSERT_GE(static_cast<unsigned char>(line[at]), 0x20U);
            at += length;
        }
        EXPECT_EQ(one_line(line, 1000), line);
    }
}

TEST(Text, LongNamesHaveNoSuggestionAndCostNothing) {
    EXPECT_EQ(nearest_name(std::string(64UL << 20, 'a'), keys), "");
}

}  // namespace
}  // namespace bitloom
