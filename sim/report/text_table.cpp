// SPDX-License-Identifier: Apache-2.0
#include "sim/report/text_table.h"

#include <algorithm>
#include <numeric>

#include "models/base/error.h"

namespace bitloom {

namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t least_elastic_width = 12;

bool starts_code_point(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

// Byte offset of code point `index`, or the size.
std::size_t offset_of(std::string_view utf8, std::size_t index) {
    for (std::size_t at = 0; at < utf8.size(); ++at)
        if (starts_code_point(utf8[at]) && index-- == 0) return at;
    return utf8.size();
}

std::string padded(std::string_view text, std::size_t width, bool right) {
    const std::size_t used = text_width(text);
    const std::string spaces(width > used ? width - used : 0, ' ');
    return right ? spaces + std::string(text) : std::string(text) + spaces;
}

void end_line(std::string& text) {
    while (!text.empty() && text.back() == ' ') text.pop_back();
    text += '\n';
}

std::string unit_text(const TextColumn& column) {
    return column.unit.empty() ? "" : "[" + column.unit + "]";
}

}  // namespace

std::size_t text_width(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), starts_code_point));
}

std::string elide_middle(std::string_view utf8, std::size_t width) {
    BITLOOM_CHECK(width >= 4, "elide_middle gets a width of at least 4, not {}", width);
    const std::size_t used = text_width(utf8);
    if (used <= width) return std::string(utf8);
    const std::size_t tail = (width - 2) / 2;
    const std::size_t head = width - 2 - tail;
    return std::string(utf8.substr(0, offset_of(utf8, head))) + ".." +
           std::string(utf8.substr(offset_of(utf8, used - tail)));
}

std::string printable(std::string_view utf8) {
    std::string text;
    for (std::size_t at = 0; at < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[at]);
        const std::size_t length = lead < 0x80   ? 1
                                   : lead < 0xC2 ? 0
                                   : lead < 0xE0 ? 2
                                   : lead < 0xF0 ? 3
                                   : lead < 0xF5 ? 4
                                                 : 0;
        bool good = length > 0 && at + length <= utf8.size() && lead >= 0x20 && lead != 0x7F;
        for (std::size_t i = 1; good && i < length; ++i) good = !starts_code_point(utf8[at + i]);
        if (good && lead == 0xC2) good = static_cast<unsigned char>(utf8[at + 1]) >= 0xA0;  // C1
        text += good ? utf8.substr(at, length) : "?";
        at += good ? length : 1;
    }
    return text;
}

void TextTable::add_row(std::vector<std::string> cells) {
    BITLOOM_CHECK(cells.size() == columns_.size(), "a row has {} cells for {} columns",
                  cells.size(), columns_.size());
    for (std::string& cell : cells) cell = printable(cell);
    rows_.push_back(std::move(cells));
}

std::vector<std::size_t> TextTable::widths(std::size_t max_width) const {
    std::vector<std::size_t> width(columns_.size());
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        width[c] = std::max(text_width(columns_[c].title), text_width(unit_text(columns_[c])));
        for (const auto& row : rows_) width[c] = std::max(width[c], text_width(row[c]));
    }
    // A group's title must fit above its columns: the last one of the group grows.
    for (std::size_t c = 0; c < columns_.size();) {
        std::size_t end = c + 1;
        std::size_t span = width[c];
        while (end < columns_.size() && columns_[end].group == columns_[c].group)
            span += gap + width[end++];
        const std::size_t needed = text_width(columns_[c].group);
        if (needed > span) width[end - 1] += needed - span;
        c = end;
    }
    std::size_t total = std::accumulate(width.begin(), width.end(), gap * (width.size() - 1));
    while (total > max_width) {
        std::size_t widest = columns_.size();
        for (std::size_t c = 0; c < columns_.size(); ++c)
            if (columns_[c].elastic && width[c] > least_elastic_width &&
                (widest == columns_.size() || width[c] > width[widest]))
                widest = c;
        if (widest == columns_.size()) break;
        --width[widest];
        --total;
    }
    return width;
}

std::string TextTable::to_string(std::size_t max_width) const {
    const std::vector<std::size_t> width = widths(max_width);
    const std::string between(gap, ' ');
    std::string text;

    const auto has = [&](auto member) {
        return std::any_of(columns_.begin(), columns_.end(),
                           [&](const TextColumn& column) { return !(column.*member).empty(); });
    };
    if (has(&TextColumn::group)) {
        for (std::size_t c = 0; c < columns_.size();) {
            std::size_t end = c + 1;
            std::size_t span = width[c];
            while (end < columns_.size() && columns_[end].group == columns_[c].group)
                span += gap + width[end++];
            const std::string& group = columns_[c].group;
            // A line under the name shows how far the group reaches.
            const std::size_t dashes = group.empty() ? 0 : span - text_width(group);
            text +=
                padded(std::string(dashes / 2, '-') + group + std::string(dashes - dashes / 2, '-'),
                       span, false);
            text += between;
            c = end;
        }
        end_line(text);
    }
    const auto header = [&](auto cell) {
        for (std::size_t c = 0; c < columns_.size(); ++c)
            text += padded(cell(columns_[c]), width[c], columns_[c].right) + between;
        end_line(text);
    };
    header([](const TextColumn& column) { return column.title; });
    if (has(&TextColumn::unit)) header(unit_text);

    const auto rule = [&] {
        for (std::size_t c = 0; c < columns_.size(); ++c)
            text += std::string(width[c], '-') + between;
        end_line(text);
    };
    rule();
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        if (std::find(rules_.begin(), rules_.end(), r) != rules_.end()) rule();
        for (std::size_t c = 0; c < columns_.size(); ++c) {
            const std::string& cell = rows_[r][c];
            text += padded(columns_[c].elastic ? elide_middle(cell, width[c]) : cell, width[c],
                           columns_[c].right) +
                    between;
        }
        end_line(text);
    }
    return text;
}

}  // namespace bitloom
