// SPDX-License-Identifier: Apache-2.0
// Lines, folded tables and colours.
#include "sim/report/text_style.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>

#include "models/base/random.h"
#include "sim/report/text_table.h"

namespace bitloom {
namespace {

std::size_t longest_line(const std::string& text) {
    std::size_t longest = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        longest = std::max(longest, text_width(line));
    return longest;
}

TEST(TextStyle, WrappedTextBreaksAtSpacesAndLongWordsAnywhere) {
    EXPECT_EQ(wrapped("one two three", 7, 2), "one two\n  three");
    EXPECT_EQ(wrapped("one two three", 6, 0), "one\ntwo\nthree");
    EXPECT_EQ(wrapped("abcdefghij", 4, 1), "abcd\n efg\n hij");
    EXPECT_EQ(wrapped("", 4, 1), "");
    EXPECT_EQ(wrapped("äöüß äöü", 4, 0), "äöüß\näöü");
}

// Whatever the table, no line is too long, and every cell is there.
TEST(TextTable, FoldsToAnyWidthAndKeepsEveryCell) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        SCOPED_TRACE(seed);
        const RandomStream random(seed, "tables");
        std::uint64_t next = 0;
        const auto below = [&](std::uint64_t n) { return random.below(next++, n); };
        std::vector<TextColumn> columns;
        for (std::uint64_t c = 0, count = 2 + below(9); c < count; ++c) {
            TextColumn column;
            column.title = fmt::format("t{}", c);
            column.right = c > 0 && below(2) == 0;
            column.group = below(3) == 0 ? "group of columns" : "";
            columns.push_back(column);
        }
        TextTable table(columns);
        std::vector<std::string> words;
        for (int r = 0; r < 3; ++r) {
            std::vector<std::string> cells;
            for (const TextColumn& column : columns) {
                std::string cell;
                for (std::uint64_t w = 0, count = column.right ? 1 : 1 + below(20); w < count;
                     ++w) {
                    words.push_back(fmt::format("{}", 1000000 + words.size()));
                    cell += fmt::format("{}{}", cell.empty() ? "" : " ", words.back());
                }
                cells.push_back(cell);
            }
            table.add_row(cells);
        }
        const std::size_t width = 40 + below(100);
        const std::string text = table.to_string({.width = width});
        EXPECT_LE(longest_line(text), width) << text;
        for (const std::string& word : words)
            EXPECT_NE(text.find(word), std::string::npos) << word << "\n" << text;
    }
}

TEST(TextTable, ElidesOnlyWhereTheStyleDoes) {
    TextTable table({{"name", "", "", false, true}, {"n", "", "", true, false}});
    const std::string name = "a_name_of_more_than_forty_characters_for_sure";
    table.add_row({name, "12"});
    EXPECT_NE(table.to_string({}).find(name), std::string::npos);
    EXPECT_NE(table.to_string({.width = 40, .elide = true}).find(".."), std::string::npos);
    EXPECT_EQ(table.to_string({.width = 40}).find(".."), std::string::npos);
}

TEST(TextStyle, ColoursAreAroundTheTextOrNotAtAll) {
    const TextStyle plain, colour{.colour = true};
    EXPECT_EQ(plain.strong("a"), "a");
    EXPECT_EQ(plain.warning("a"), "a");
    EXPECT_EQ(colour.strong("a"), "\x1b[1ma\x1b[0m");
    EXPECT_EQ(colour.strong(""), "");
}

}  // namespace
}  // namespace bitloom
