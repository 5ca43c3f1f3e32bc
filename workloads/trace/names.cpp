// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/names.h"

#include <fmt/format.h>

#include "models/base/text.h"

namespace bitloom {

namespace {

constexpr std::size_t longest_shown = 120;  // bytes
constexpr std::size_t longest_name = 1024;  // bytes

}  // namespace

std::string shown(std::string_view name) {
    return fmt::format("'{}'", one_line(name, longest_shown));
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

std::string name_problem(std::string_view name) {
    if (name.empty()) return "is empty";
    if (name.size() > longest_name)
        return fmt::format("has {} bytes: at most {}", name.size(), longest_name);
    if (!is_utf8(name)) return "is not UTF-8";
    if (one_line(name, longest_name) != name) return "has a control character";
    return {};
}

std::string suggestion(std::string_view name, std::span<const std::string> candidates) {
    return did_you_mean(name, candidates);
}

}  // namespace bitloom
