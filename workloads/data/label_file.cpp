// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/label_file.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <string_view>

#include "models/base/error.h"
#include "workloads/data/data_file.h"
#include "workloads/trace/names.h"

namespace bitloom {

namespace {

// Lines without their ends, a byte order mark and spaces around.
void for_lines(const std::filesystem::path& path,
               const std::function<void(std::string_view line, int number)>& each) {
    const std::string text = read_data_file(path);
    std::string_view rest = text;
    if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
    for (int number = 1; !rest.empty(); ++number) {
        std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
        while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
        if (!line.empty()) each(line, number);
    }
}

std::int64_t label_of(std::string_view text, const std::string& file, int line) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    std::int64_t label = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), label);
    if (error != std::errc() || end != text.data() + text.size() || label < 0)
        fail("{}:{}: label {}: must be an integer of at least 0", file, line, shown(text));
    return label;
}

}  // namespace

std::vector<std::int64_t> read_labels(const std::filesystem::path& path) {
    std::vector<std::int64_t> labels;
    for_lines(path, [&](std::string_view line, int number) {
        if (number == 1 && line == "label") return;
        labels.push_back(label_of(line, path.string(), number));
    });
    return labels;
}

std::map<std::string, std::int64_t> read_named_labels(const std::filesystem::path& path) {
    std::map<std::string, std::int64_t> labels;
    const std::string file = path.string();
    for_lines(path, [&](std::string_view line, int number) {
        if (number == 1 && line == "file,label") return;
        const std::size_t comma = line.rfind(',');
        if (comma == std::string_view::npos)
            fail("{}:{}: {}: must be FILE,LABEL", file, number, shown(line));
        const std::string name(line.substr(0, comma));
        if (!labels.emplace(name, label_of(line.substr(comma + 1), file, number)).second)
            fail("{}:{}: {}: is there twice", file, number, shown(name));
    });
    return labels;
}

}  // namespace bitloom
