// SPDX-License-Identifier: Apache-2.0
#include "sim/verify/rtl_coverage.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <charconv>

#include "models/base/error.h"
#include "models/base/output_file.h"

namespace bitloom {

namespace {

// Verilator separates keys from values and pairs from each other by these two characters.
constexpr char pair_mark = '\001';
constexpr char value_mark = '\002';

std::string_view value_of(std::string_view pairs, std::string_view key) {
    while (!pairs.empty()) {
        pairs.remove_prefix(1);  // pair_mark
        const std::string_view pair = pairs.substr(0, pairs.find(pair_mark));
        const std::size_t middle = pair.find(value_mark);
        if (middle != std::string_view::npos && pair.substr(0, middle) == key)
            return pair.substr(middle + 1);
        pairs.remove_prefix(pair.size());
    }
    return {};
}

template <class Number>
Number number_of(std::string_view text, std::string_view line) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        fail("coverage of the RTL: not understood: {}", line);
    return value;
}

}  // namespace

// Lines are: C '<pairs>' <count>; others are comments.
void RtlCoverage::add(std::string_view text, bool bits) {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (!line.starts_with("C '")) continue;
        const std::size_t end = line.rfind("' ");
        if (end == std::string_view::npos || end < 4 || line[3] != pair_mark)
            fail("coverage of the RTL: not understood: {}", line);
        const std::string_view pairs = line.substr(3, end - 3);
        const bool is_bit = value_of(pairs, "page").starts_with("v_toggle");
        Place place{std::filesystem::path(value_of(pairs, "f")).filename().string(),
                    number_of<int>(value_of(pairs, "l"), line),
                    number_of<int>(value_of(pairs, "n"), line), std::string(value_of(pairs, "o")),
                    is_bit};
        if (left_out_.contains(place.file)) continue;
        const auto count = number_of<std::uint64_t>(line.substr(end + 2), line);
        bool& reached = reached_[std::move(place)];
        reached = reached || (count > 0 && (bits || !is_bit));
    }
}

std::vector<CoveragePoint> RtlCoverage::points() const {
    CoveragePoint lines{"RTL lines: statements and branches entered", 0, 0, true};
    CoveragePoint bits{"RTL bits toggled", 0, 0, false};
    for (const auto& [place, reached] : reached_) {
        CoveragePoint& point = place.is_bit ? bits : lines;
        ++point.total;
        point.reached += reached ? 1 : 0;
    }
    std::vector<CoveragePoint> all;
    for (const CoveragePoint& point : {lines, bits})
        if (point.total > 0) all.push_back(point);
    return all;
}

std::vector<std::string> RtlCoverage::uncovered() const {
    std::vector<std::string> lines;
    for (const auto& [place, reached] : reached_)
        if (!reached)
            lines.push_back(fmt::format("{}:{}: {} {}", place.file, place.line, place.what,
                                        place.is_bit ? "not toggled" : "not entered"));
    return lines;
}

std::filesystem::path RtlCoverage::scratch_file() {
    static std::atomic<int> count = 0;
    return std::filesystem::temp_directory_path() /
           fmt::format("bitloom_coverage_{}_{}", ::getpid(), count++);
}

void RtlCoverage::add_file_and_remove(const std::filesystem::path& path, bool bits) {
    const std::string text = read_file(path);
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    add(text, bits);
}

}  // namespace bitloom
