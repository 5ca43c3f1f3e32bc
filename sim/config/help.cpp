// SPDX-License-Identifier: Apache-2.0
#include "sim/config/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace bitloom {

namespace {

constexpr std::size_t text_column = 30, line_width = 100;

// The text in the column of texts, broken at spaces where it would leave the line.
std::string indented(std::string_view text) {
    constexpr std::size_t width = line_width - text_column;
    std::string lines;
    while (!text.empty()) {
        std::size_t length = text.size();
        if (length > width)
            if (const std::size_t space = text.rfind(' ', width); space != std::string_view::npos)
                length = space;
        lines += fmt::format("{:{}}{}\n", "", text_column, text.substr(0, length));
        text.remove_prefix(std::min(length + 1, text.size()));
    }
    return lines;
}

}  // namespace

std::string help(const KeySet& keys) {
    std::string text;
    for (const Key& key : keys.keys()) {
        std::string left = "  --" + key.name;
        if (!key.value_name.empty()) left += " " + key.value_name;
        // A name too long for its column gets a line of its own.
        if (left.size() + 2 > text_column) left += fmt::format("\n{:{}}", "", text_column);
        text += fmt::format("{:<{}}{}\n", left, text_column, key.help);
        if (key.is_flag && key.default_value == "false") continue;  // its text says it all
        std::string facts = key.allowed;
        if (!key.unit.family.empty()) facts += fmt::format(" ({})", known_suffixes(key.unit));
        if (key.is_required)
            facts += "; required";
        else if (!key.default_value.empty())
            facts += "; default " + key.default_value;
        else if (key.allowed == "any text" || key.allowed == "a path")
            continue;  // optional, and nothing to say about its values
        text += indented(facts);
    }
    return text;
}

}  // namespace bitloom
