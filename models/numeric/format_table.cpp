// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/format_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace bitloom {

std::string exact_decimal(const Value& value) {
    if (value.kind != Value::Kind::finite) return shortest_decimal(value.to_double());
    // An odd mantissa times 2^-n has exactly n decimals.
    return fmt::format("{:.{}f}", value.to_double(), std::max(0, -value.exponent));
}

std::string shortest_decimal(double value) {
    return std::isnan(value) ? "nan" : fmt::format("{}", value);
}

std::vector<FormatRow> format_rows(const Format& format) {
    std::vector<FormatRow> rows;
    rows.reserve(format.code_count());
    for (std::uint32_t code = 0; code < format.code_count(); ++code) {
        FormatRow row;
        row.code = code;
        row.bits = fmt::format("{:0{}b}", code, format.bits());
        row.value = exact_decimal(format.decode(code));
        if (format.has_base_exponent()) row.base_exponent = format.decode_base_exponent(code);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::string format_table(const Format& format) {
    const std::vector<FormatRow> rows = format_rows(format);
    std::size_t code_width = 4;  // of the column names
    std::size_t bits_width = 4;
    std::size_t value_width = 5;
    for (const FormatRow& row : rows) {
        code_width = std::max(code_width, fmt::formatted_size("{}", row.code));
        bits_width = std::max(bits_width, row.bits.size());
        value_width = std::max(value_width, row.value.size());
    }
    const bool parts = format.has_base_exponent();
    std::string text = fmt::format("{}: {}\n", format.name(), format.description());
    const auto out = std::back_inserter(text);
    fmt::format_to(out, "{:>{}}  {:>{}}  {:>{}}{}\n", "code", code_width, "bits", bits_width,
                   "value", value_width, parts ? "  sign  base  exponent" : "");
    for (const FormatRow& row : rows) {
        fmt::format_to(out, "{:>{}}  {:>{}}  {:>{}}", row.code, code_width, row.bits, bits_width,
                       row.value, value_width);
        if (row.base_exponent)
            fmt::format_to(out, "  {:>4}  {:>4}  {:>8}", row.base_exponent->negative ? "-" : "+",
                           row.base_exponent->base, row.base_exponent->exponent);
        text += '\n';
    }
    return text;
}

std::string format_csv(const Format& format) {
    std::string text = "code,value\n";
    for (std::uint32_t code = 0; code < format.code_count(); ++code)
        fmt::format_to(std::back_inserter(text), "{},{}\n", code,
                       shortest_decimal(format.value(code)));
    return text;
}

}  // namespace bitloom
