// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/names.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/base/text.h"

namespace bitloom {

namespace {

constexpr std::size_t longest_shown = 120;     // bytes
constexpr std::size_t longest_suggested = 64;  // bytes; edit distance costs the square
constexpr std::size_t longest_name = 1024;     // bytes

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0u) == 0x80u;
}

}  // namespace

std::string shown(std::string_view name) {
    std::size_t cut = std::min(name.size(), longest_shown);
    while (cut < name.size() && cut > 0 && is_continuation(name[cut])) --cut;
    std::string text = "'";
    for (const char c : name.substr(0, cut)) {
        if (is_control(c))
            text += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        else
            text += c;
    }
    return text + (cut < name.size() ? "...'" : "'");
}

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i++]);
        if (lead < 0x80) continue;
        const int extra = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        if (lead < 0xc2 || lead > 0xf4 || text.size() - i < static_cast<std::size_t>(extra))
            return false;
        // Only the first continuation byte decides between well formed and overlong or too large.
        const auto next = static_cast<unsigned char>(text[i]);
        if ((lead == 0xe0 && next < 0xa0) || (lead == 0xed && next > 0x9f) ||
            (lead == 0xf0 && next < 0x90) || (lead == 0xf4 && next > 0x8f))
            return false;
        for (int k = 0; k < extra; ++k)
            if (!is_continuation(text[i++])) return false;
    }
    return true;
}

std::string name_problem(std::string_view name) {
    if (name.empty()) return "is empty";
    if (name.size() > longest_name)
        return fmt::format("has {} bytes: at most {}", name.size(), longest_name);
    for (const char c : name)
        if (is_control(c)) return "has a control character";
    if (!is_utf8(name)) return "is not UTF-8";
    return {};
}

std::string suggestion(std::string_view name, std::span<const std::string> candidates) {
    return name.size() > longest_suggested ? std::string() : did_you_mean(name, candidates);
}

}  // namespace bitloom
