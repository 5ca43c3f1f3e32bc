// SPDX-License-Identifier: Apache-2.0
// Text helpers for error messages.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace bitloom {

// Bytes of the well-formed UTF-8 character that begins at `at` < size; 0 where there is none.
std::size_t utf8_length(std::string_view text, std::size_t at);

// Foreign text as one line that may go to a terminal or a log: control characters (C0, DEL, C1),
// those that change the direction or the end of a line (U+2028..202E, U+2066..2069) and bytes that
// are no UTF-8 become \xNN. What is beyond `most` bytes is cut and ends in "...".
std::string one_line(std::string_view text, std::size_t most);

// The candidate nearest to `name` by edit distance, or empty when none is near enough to be a
// plausible misspelling (distance above a third of the longer length, at least 2). Names of more
// than 64 bytes have none: the search costs the product of the lengths.
std::string nearest_name(std::string_view name, std::span<const std::string> candidates);

// "; did you mean 'x'?" or empty.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

}  // namespace bitloom
