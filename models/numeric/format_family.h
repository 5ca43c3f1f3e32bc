// SPDX-License-Identifier: Apache-2.0
// A family of formats: how its names are read and which formats it has. The one list of families
// is format_families() in format_family.cpp.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/numeric/format.h"

namespace bitloom {

struct FormatFamily {
    std::string_view known;  // how error messages show its names: "int2..int16 uint1..uint16"
    // Null when the name is not of this family. Throws Error when it is, but a number in it is out
    // of range. The new format's name() may be a canonical form of `name`.
    std::unique_ptr<Format> (*make)(std::string_view name);
    std::vector<std::string> (*names)();  // every format, in the order of lists
};

std::span<const FormatFamily> format_families();

// The number in `name` = prefix + number, or empty when the name is not so made. A leading zero is
// not a number; more than six digits are not either.
std::optional<int> number_after(std::string_view name, std::string_view prefix);

// A family named by a prefix and a width, with a "u" before it for the unsigned formats.
struct WidthName {
    bool is_signed = true;
    int bits = 0;
};
// Throws Error when the width is not in low..high.
std::optional<WidthName> read_width_name(std::string_view name, std::string_view prefix, int low,
                                         int high);
// prefix+low .. prefix+high, then the same with "u".
std::vector<std::string> width_names(std::string_view prefix, int low, int high);

}  // namespace bitloom
