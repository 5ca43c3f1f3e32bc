// SPDX-License-Identifier: Apache-2.0
// How a text is laid out for whoever reads it: a terminal of some width, or a program.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace bitloom {

inline constexpr std::size_t unlimited_width = std::numeric_limits<std::size_t>::max();

// The default is that of a pipe or a file: whole names, no colours.
struct TextStyle {
    std::size_t width = unlimited_width;  // characters of a line, at least 40
    bool elide = false;                   // long names may lose their middle
    bool colour = false;                  // ANSI SGR sequences

    std::string strong(std::string_view text) const;   // headings
    std::string warning(std::string_view text) const;  // what must not be overlooked
};

// `text` in lines of at most `width` code points, broken at spaces (a longer word at any place);
// lines after the first begin with `indent` spaces. No newline at the end.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace bitloom
