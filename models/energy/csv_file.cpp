// SPDX-License-Identifier: Apache-2.0
#include "models/energy/csv_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "models/base/error.h"
#include "models/base/text.h"

namespace bitloom {
namespace {

std::vector<std::string> split(std::string_view line, const std::string& place) {
    std::vector<std::string> fields(1);
    for (std::size_t i = 0; i < line.size();) {
        if (line[i] == ',') {
            fields.emplace_back();
            ++i;
        } else if (line[i] == '"' && fields.back().empty()) {
            for (++i;; ++i) {
                if (i == line.size()) fail("{}: a quoted field has no end", place);
                if (line[i] == '"') {
                    if (i + 1 == line.size() || line[i + 1] != '"') break;
                    ++i;
                }
                fields.back() += line[i];
            }
            ++i;
            if (i < line.size() && line[i] != ',') {
                fail("{}: text after the closing quote of field {}", place, fields.size());
            }
        } else {
            fields.back() += line[i++];
        }
    }
    return fields;
}

}  // namespace

CsvFile::CsvFile(std::string name, std::string_view text, std::span<const std::string> required,
                 std::span<const std::string> optional)
    : name_(std::move(name)) {
    int number = 0;
    while (!text.empty()) {
        ++number;
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line.front() == '#') continue;
        const std::string where = fmt::format("{}:{}", name_, number);
        std::vector<std::string> fields = split(line, where);
        if (!columns_.empty()) {
            if (fields.size() != columns_.size()) {
                fail("{}: {} fields: the header has {}", where, fields.size(), columns_.size());
            }
            records_.push_back({number, std::move(fields)});
            continue;
        }
        std::vector<std::string> known(required.begin(), required.end());
        known.insert(known.end(), optional.begin(), optional.end());
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (std::find(known.begin(), known.end(), fields[i]) == known.end()) {
                fail("{}: unknown column '{}'{}", where, fields[i], did_you_mean(fields[i], known));
            }
            if (std::find(fields.begin(), fields.begin() + static_cast<std::ptrdiff_t>(i),
                          fields[i]) != fields.begin() + static_cast<std::ptrdiff_t>(i)) {
                fail("{}: column '{}' is there twice", where, fields[i]);
            }
        }
        for (const std::string& column : required) {
            if (std::find(fields.begin(), fields.end(), column) == fields.end()) {
                fail("{}: missing column '{}'", where, column);
            }
        }
        columns_ = std::move(fields);
    }
    if (columns_.empty()) fail("{}: empty: must have a header line", name_);
}

bool CsvFile::has(std::string_view column) const {
    return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
}

std::string CsvFile::place(const Record& record) const {
    return fmt::format("{}:{}", name_, record.line);
}

std::string CsvFile::text(const Record& record, std::string_view column) const {
    const auto found = std::find(columns_.begin(), columns_.end(), column);
    if (found == columns_.end()) return {};
    return record.fields[static_cast<std::size_t>(found - columns_.begin())];
}

double CsvFile::number(const Record& record, std::string_view column) const {
    const std::string field = text(record, column);
    double value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size() || !std::isfinite(value) ||
        value < 0) {
        fail("{}: {} = '{}': must be a finite number >= 0", place(record), column, field);
    }
    return value;
}

}  // namespace bitloom
