// SPDX-License-Identifier: Apache-2.0
// Text helpers for error messages.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace bitloom {

// The candidate nearest to `name` by edit distance, or empty when none is near enough to be a
// plausible misspelling (distance above a third of the longer length, at least 2).
std::string nearest_name(std::string_view name, std::span<const std::string> candidates);

// "; did you mean 'x'?" or empty.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

}  // namespace bitloom
