// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/pot.h"

#include "models/base/error.h"
#include "models/numeric/format_family.h"
#include "models/numeric/table_format.h"

namespace bitloom {

namespace {

constexpr int min_bits = 3;
constexpr int max_bits = 8;

}  // namespace

std::unique_ptr<Format> make_pot(std::string_view name) {
    const auto width = read_width_name(name, "pot", min_bits, max_bits);
    if (!width) return nullptr;
    TableSpec spec;
    spec.name = name;
    spec.bits = width->bits;
    spec.is_signed = width->is_signed;
    const std::uint32_t magnitudes = 1u << (spec.is_signed ? spec.bits - 1 : spec.bits);
    spec.description = fmt::format(
        "{}0 or 2^0..2^{} (power of two, as in ANT, MICRO'22); nearest, ties to the larger value; "
        "saturates; NaN becomes 0{}",
        spec.is_signed ? "sign and " : "", magnitudes - 2,
        spec.is_signed ? "; -0 is decoded, never encoded" : "");
    const bool fits = magnitudes - 2 <= 15;
    for (std::uint32_t code = 0; code < (1u << spec.bits); ++code) {
        const bool negative = code >= magnitudes;
        const std::uint32_t magnitude = code & (magnitudes - 1);
        const int exponent = magnitude == 0 ? 0 : static_cast<int>(magnitude) - 1;
        const std::uint8_t base = magnitude == 0 ? 0 : 1;
        spec.values.push_back(Value::of(negative, base, exponent));
        if (fits)
            spec.base_exponents.push_back({negative, base, static_cast<std::uint8_t>(exponent)});
    }
    return std::make_unique<TableFormat>(std::move(spec));
}

std::vector<std::string> pot_names() {
    return width_names("pot", min_bits, max_bits);
}

}  // namespace bitloom
