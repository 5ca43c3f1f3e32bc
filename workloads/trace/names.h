// SPDX-License-Identifier: Apache-2.0
// Names that come from a file: shown safely in one line of an error, and checked.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace bitloom {

// 'name' as one_line() of text.h shows it, everything beyond 120 bytes as "...".
std::string shown(std::string_view name);

bool is_utf8(std::string_view text);  // well formed: no overlong form, surrogate or beyond U+10FFFF

// Empty when `name` can name a layer, an activation or a tensor; else what is wrong: "is empty".
std::string name_problem(std::string_view name);

// did_you_mean of text.h.
std::string suggestion(std::string_view name, std::span<const std::string> candidates);

}  // namespace bitloom
