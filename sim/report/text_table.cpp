// SPDX-License-Identifier: Apache-2.0
#include "sim/report/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "models/base/error.h"

namespace bitloom {

namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t least_elastic_width = 12;
constexpr std::size_t least_wrapped_width = 24;  // beside other columns

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
    return column.unit.empty() ? std::string() : fmt::format("[{}]", column.unit);
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

std::string_view take_line(std::string_view& utf8, std::size_t width) {
    std::size_t end = offset_of(utf8, width);
    if (end < utf8.size() && utf8[end] != ' ')
        if (const std::size_t space = utf8.rfind(' ', end);
            space != std::string_view::npos && space > 0)
            end = space;
    const std::string_view line = utf8.substr(0, end);
    utf8.remove_prefix(std::min(utf8.size(), utf8.find_first_not_of(' ', end)));
    return line;
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

TextTable::Widths TextTable::natural_widths() const {
    Widths width(columns_.size());
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        width[c] = std::max(text_width(columns_[c].title), text_width(unit_text(columns_[c])));
        for (const auto& row : rows_) width[c] = std::max(width[c], text_width(row[c]));
    }
    return width;
}

// A group's title must fit above its columns: the last one of the group grows.
TextTable::Widths TextTable::with_groups(Widths width, const Band& band) const {
    for (std::size_t i = 0; i < band.size();) {
        const std::string& group = columns_[band[i]].group;
        std::size_t span = width[band[i++]];
        while (i < band.size() && columns_[band[i]].group == group) span += gap + width[band[i++]];
        if (text_width(group) > span) width[band[i - 1]] += text_width(group) - span;
    }
    return width;
}

std::size_t TextTable::line_width(const Widths& widths, const Band& band) const {
    const Widths width = with_groups(widths, band);
    std::size_t total = gap * (band.size() - 1);
    for (const std::size_t c : band) total += width[c];
    return total;
}

void TextTable::shrink(Widths& width, std::size_t max_width) const {
    Band all(columns_.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    while (line_width(width, all) > max_width) {
        std::size_t widest = columns_.size();
        for (std::size_t c = 0; c < columns_.size(); ++c)
            if (columns_[c].elastic && width[c] > least_elastic_width &&
                (widest == columns_.size() || width[c] > width[widest]))
                widest = c;
        if (widest == columns_.size()) return;
        --width[widest];
    }
}

std::vector<TextTable::Band> TextTable::fold(Widths& width, std::size_t max_width) const {
    Band all(columns_.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    if (line_width(width, all) <= max_width) return {all};
    width[0] = std::min(width[0], max_width / 3);
    std::vector<Band> bands = {{0}};
    for (std::size_t c = 1; c < columns_.size(); ++c) {
        Band longer = bands.back();
        longer.push_back(c);
        const std::size_t needed = line_width(width, longer);
        if (needed > max_width) {
            const std::size_t room = max_width > line_width(width, bands.back()) + gap
                                         ? max_width - line_width(width, bands.back()) - gap
                                         : 0;
            const bool wraps = !columns_[c].right && room >= least_wrapped_width;
            if (wraps) {
                width[c] = room;
            } else {
                if (bands.back().size() > 1) bands.push_back({0});
                longer = {0, c};
                if (!columns_[c].right)
                    width[c] = std::min(width[c], max_width - line_width(width, {0}) - gap);
            }
        }
        bands.back() = std::move(longer);
    }
    return bands;
}

std::string TextTable::group_line(const Widths& width, const Band& band) const {
    std::string text;
    for (std::size_t i = 0; i < band.size();) {
        const std::string& group = columns_[band[i]].group;
        std::size_t span = width[band[i++]];
        while (i < band.size() && columns_[band[i]].group == group) span += gap + width[band[i++]];
        // A line under the name shows how far the group reaches.
        const std::size_t dashes = group.empty() ? 0 : span - text_width(group);
        text += padded(std::string(dashes / 2, '-') + group + std::string(dashes - dashes / 2, '-'),
                       span, false) +
                std::string(gap, ' ');
    }
    end_line(text);
    return text;
}

std::string TextTable::row_lines(const Widths& width, const Band& band,
                                 const std::vector<std::string>& cells, bool elide) const {
    std::vector<std::string> elided(cells.size());
    std::vector<std::string_view> rest(cells.size());
    for (const std::size_t c : band) {
        const bool cut = elide && columns_[c].elastic;
        elided[c] = cut ? elide_middle(cells[c], std::max<std::size_t>(4, width[c])) : cells[c];
        rest[c] = elided[c];
    }
    std::string text;
    do {
        std::string line;
        for (const std::size_t c : band) {
            const std::string_view part =
                columns_[c].right ? std::exchange(rest[c], {}) : take_line(rest[c], width[c]);
            line += padded(part, width[c], columns_[c].right) + std::string(gap, ' ');
        }
        end_line(line);
        text += line;
    } while (
        std::any_of(band.begin(), band.end(), [&](std::size_t c) { return !rest[c].empty(); }));
    return text;
}

std::string TextTable::band_text(const Widths& widths, const Band& band,
                                 const TextStyle& style) const {
    const Widths width = with_groups(widths, band);
    const auto any = [&](auto member) {
        return std::any_of(band.begin(), band.end(),
                           [&](std::size_t c) { return !(columns_[c].*member).empty(); });
    };
    std::vector<std::string> titles, units, dashes;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        titles.push_back(columns_[c].title);
        units.push_back(unit_text(columns_[c]));
        dashes.emplace_back(width[c], '-');
    }
    std::string head;
    if (any(&TextColumn::group)) head += group_line(width, band);
    head += row_lines(width, band, titles, false);
    if (any(&TextColumn::unit)) head += row_lines(width, band, units, false);
    head.pop_back();
    std::string text = fmt::format("{}\n", style.strong(head));
    const std::string rule = row_lines(width, band, dashes, false);
    text += rule;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        if (std::find(rules_.begin(), rules_.end(), r) != rules_.end()) text += rule;
        text += row_lines(width, band, rows_[r], style.elide);
    }
    return text;
}

std::string TextTable::to_string(const TextStyle& style) const {
    Widths widths = natural_widths();
    if (style.elide) shrink(widths, style.width);
    std::string text;
    for (const Band& band : fold(widths, style.width))
        text += fmt::format("{}{}", text.empty() ? "" : "\n", band_text(widths, band, style));
    return text;
}

}  // namespace bitloom
