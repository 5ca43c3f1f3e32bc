// SPDX-License-Identifier: Apache-2.0
// Text in columns, for a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sim/report/text_style.h"

namespace bitloom {

struct TextColumn {
    std::string title;
    std::string unit;      // second header line, in brackets; empty: none
    std::string group;     // written once above neighbouring columns of the same group
    bool right = false;    // numbers
    bool elastic = false;  // names: cells may be elided in the middle, where the style allows it
};

// Width of a terminal's line in code points (wide characters of East Asian scripts count as one).
std::size_t text_width(std::string_view utf8);
// At most `width` code points; what does not fit is replaced by ".." in the middle. width >= 4.
std::string elide_middle(std::string_view utf8, std::size_t width);
// Takes the first line of at most `width` code points, and the spaces after it, from `utf8`: up to
// a space, or the middle of a longer word. width >= 1.
std::string_view take_line(std::string_view& utf8, std::size_t width);
// A name as it may be written to a terminal: each control character (C0, DEL, C1) and each byte
// that is not part of a UTF-8 sequence becomes '?'.
std::string printable(std::string_view utf8);

class TextTable {
public:
    explicit TextTable(std::vector<TextColumn> columns) : columns_(std::move(columns)) {}

    void add_row(std::vector<std::string> cells);  // one cell a column
    void add_rule() { rules_.push_back(rows_.size()); }

    // Columns have two spaces between them. A table that is wider than a line of the style:
    // elastic columns are narrowed, the widest first and none below 12, if the style elides; what
    // still does not fit is folded: the table goes on below with its first column repeated, and
    // cells of text wrap into several lines. A column of numbers is never cut.
    std::string to_string(const TextStyle& style) const;

private:
    using Widths = std::vector<std::size_t>;
    using Band = std::vector<std::size_t>;  // columns that stand side by side

    Widths natural_widths() const;
    void shrink(Widths& widths, std::size_t max_width) const;
    Widths with_groups(Widths widths, const Band& band) const;
    std::size_t line_width(const Widths& widths, const Band& band) const;
    std::vector<Band> fold(Widths& widths, std::size_t max_width) const;
    std::string group_line(const Widths& widths, const Band& band) const;
    std::string row_lines(const Widths& widths, const Band& band,
                          const std::vector<std::string>& cells, bool elide) const;
    std::string band_text(const Widths& widths, const Band& band, const TextStyle& style) const;

    std::vector<TextColumn> columns_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> rules_;  // a rule stands before the row of this index
};

}  // namespace bitloom
