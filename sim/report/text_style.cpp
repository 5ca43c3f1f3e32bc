// SPDX-License-Identifier: Apache-2.0
#include "sim/report/text_style.h"

#include <fmt/format.h>

#include "sim/report/text_table.h"

namespace bitloom {

namespace {

// ECMA-48 "select graphic rendition".
std::string rendered(bool colour, std::string_view code, std::string_view text) {
    if (!colour || text.empty()) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

}  // namespace

std::string TextStyle::strong(std::string_view text) const {
    return rendered(colour, "1", text);
}

std::string TextStyle::warning(std::string_view text) const {
    return rendered(colour, "1;31", text);
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
    std::string result(take_line(text, width));
    while (!text.empty()) {
        result.append(1, '\n').append(indent, ' ');
        result += take_line(text, width > indent ? width - indent : 1);
    }
    return result;
}

}  // namespace bitloom
