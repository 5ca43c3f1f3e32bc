// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace bitloom {

namespace {

constexpr std::size_t longest_suggested = 64;  // bytes

unsigned byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

// `length`: of the character at `at`. What a terminal obeys rather than shows.
bool is_command(std::string_view text, std::size_t at, std::size_t length) {
    const unsigned lead = byte_at(text, at);
    if (length == 1) return lead < 0x20 || lead == 0x7f;
    if (length == 2) return lead == 0xc2 && byte_at(text, at + 1) < 0xa0;
    if (length != 3 || lead != 0xe2) return false;
    const unsigned middle = byte_at(text, at + 1), last = byte_at(text, at + 2);
    return (middle == 0x80 && last >= 0xa8 && last <= 0xae) ||
           (middle == 0x81 && last >= 0xa6 && last <= 0xa9);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
            diagonal = above;
        }
    }
    return row[b.size()];
}

}  // namespace

std::size_t utf8_length(std::string_view text, std::size_t at) {
    const unsigned lead = byte_at(text, at);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() - at < length) return 0;
    // Only the first continuation byte decides between well formed and overlong or too large.
    const unsigned next = byte_at(text, at + 1);
    if ((lead == 0xe0 && next < 0xa0) || (lead == 0xed && next > 0x9f) ||
        (lead == 0xf0 && next < 0x90) || (lead == 0xf4 && next > 0x8f))
        return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte_at(text, at + i) & 0xc0u) != 0x80u) return 0;
    return length;
}

std::string one_line(std::string_view text, std::size_t most) {
    std::string line;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_length(text, at);
        if (at + std::max<std::size_t>(1, length) > most) return line + "...";
        if (length > 0 && !is_command(text, at, length)) {
            line += text.substr(at, length);
        } else {
            for (std::size_t i = 0; i < std::max<std::size_t>(1, length); ++i)
                line += fmt::format("\\x{:02x}", byte_at(text, at + i));
        }
        at += std::max<std::size_t>(1, length);
    }
    return line;
}

std::string nearest_name(std::string_view name, std::span<const std::string> candidates) {
    if (name.size() > longest_suggested) return {};
    std::string best;
    std::size_t best_distance = 0;
    for (const std::string& candidate : candidates) {
        if (candidate.size() > 2 * longest_suggested) continue;
        const std::size_t distance = edit_distance(name, candidate);
        const std::size_t allowed =
            std::max<std::size_t>(2, std::max(name.size(), candidate.size()) / 3);
        if (distance <= allowed && (best.empty() || distance < best_distance)) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
    const std::string nearest = nearest_name(name, candidates);
    return nearest.empty() ? std::string() : "; did you mean '" + nearest + "'?";
}

}  // namespace bitloom
