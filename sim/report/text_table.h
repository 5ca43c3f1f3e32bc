// SPDX-License-Identifier: Apache-2.0
// Text in columns, for a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

struct TextColumn {
    std::string title;
    std::string unit;      // second header line, in brackets; empty: none
    std::string group;     // written once above neighbouring columns of the same group
    bool right = false;    // numbers
    bool elastic = false;  // cells may be elided in the middle when the table is too wide
};

// Width of a terminal's line in code points (wide characters of East Asian scripts count as one).
std::size_t text_width(std::string_view utf8);
// At most `width` code points; what does not fit is replaced by ".." in the middle. width >= 4.
std::string elide_middle(std::string_view utf8, std::size_t width);
// A name as it may be written to a terminal: each control character (C0, DEL, C1) and each byte
// that is not part of a UTF-8 sequence becomes '?'.
std::string printable(std::string_view utf8);

class TextTable {
public:
    explicit TextTable(std::vector<TextColumn> columns) : columns_(std::move(columns)) {}

    void add_row(std::vector<std::string> cells);  // one cell a column
    void add_rule() { rules_.push_back(rows_.size()); }

    // Columns have two spaces between them. Elastic columns are narrowed, the widest first and none
    // below 12, until a line fits `max_width`; a table that still does not fit is wider than that.
    std::string to_string(std::size_t max_width) const;

private:
    std::vector<std::size_t> widths(std::size_t max_width) const;

    std::vector<TextColumn> columns_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> rules_;  // a rule stands before the row of this index
};

}  // namespace bitloom
