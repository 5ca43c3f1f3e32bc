// SPDX-License-Identifier: Apache-2.0
// The meaning of every code of a format as text: what `bitloom show format NAME` prints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/numeric/format.h"

namespace bitloom {

// All digits of the value, without an exponent: "-0.0625"; also "-0", "nan", "inf", "-inf".
std::string exact_decimal(const Value& value);

// The shortest decimal that reads back as the same double: "2.894802230932905e+76"; special
// values as above (a NaN has no sign).
std::string shortest_decimal(double value);

struct FormatRow {
    std::uint32_t code = 0;
    std::string bits;   // the code in binary, as many digits as the format has bits
    std::string value;  // exact_decimal
    std::optional<BaseExponent> base_exponent;  // for formats that have the ANT PE's decode
};

// One row a code, in the order of codes.
std::vector<FormatRow> format_rows(const Format& format);

// The rows in aligned columns below a line with the description and one with the column names:
// code, bits, value and, where the format has them, sign (+ or -), base and exponent.
std::string format_table(const Format& format);

// "code,value" and one line a code: the code in decimal, the value as shortest_decimal.
std::string format_csv(const Format& format);

}  // namespace bitloom
