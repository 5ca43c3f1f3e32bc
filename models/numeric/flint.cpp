// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/flint.h"

#include <algorithm>
#include <bit>

#include "models/base/error.h"
#include "models/numeric/format_family.h"
#include "models/numeric/table_format.h"

namespace bitloom {

namespace {

constexpr int min_bits = 3;
constexpr int max_bits = 8;

// A code taken apart: sign, the magnitude's first bit, the rest and its leading zeros.
struct Fields {
    bool negative;
    bool first;
    std::uint32_t rest;
    int rest_bits;  // m of the formulas
    int zeros;      // leading zeros of rest in its field; rest_bits when rest is 0
};

Fields split(std::uint32_t code, int bits, bool is_signed) {
    BITLOOM_CHECK(bits >= min_bits && bits <= max_bits && code < (1u << bits),
                  "code {} is one of a flint of {} bits", code, bits);
    Fields fields{};
    const int magnitude_bits = is_signed ? bits - 1 : bits;
    fields.negative = is_signed && (code >> (bits - 1)) != 0;
    fields.rest_bits = magnitude_bits - 1;
    fields.first = ((code >> fields.rest_bits) & 1) != 0;
    fields.rest = code & ((1u << fields.rest_bits) - 1);
    fields.zeros = fields.rest_bits - std::bit_width(fields.rest);
    return fields;
}

}  // namespace

BaseExponent flint_decode_integer(std::uint32_t code, int bits, bool is_signed) {
    const Fields f = split(code, bits, is_signed);
    if (!f.first) return {f.negative, static_cast<std::uint8_t>(f.rest), 0};
    // 10..0 is the largest value; without this line its base would be 0.
    const std::uint32_t base = f.rest == 0 ? 1u << (f.rest_bits - 1) : f.rest << f.zeros;
    return {f.negative, static_cast<std::uint8_t>(base), static_cast<std::uint8_t>(f.zeros + 1)};
}

FlintFloat flint_decode_float(std::uint32_t code, int bits, bool is_signed) {
    const Fields f = split(code, bits, is_signed);
    FlintFloat out;
    out.negative = f.negative;
    out.zero = !f.first && f.rest == 0;
    out.exponent = f.first ? f.rest_bits + 1 + f.zeros : f.rest_bits - f.zeros;
    out.mantissa_bits = f.rest_bits;
    out.mantissa = static_cast<int>((f.rest << (f.zeros + 1)) & ((1u << f.rest_bits) - 1));
    return out;
}

Value FlintFloat::value() const {
    if (zero) return Value::of(negative, 0, 0);
    return Value::of(negative, (1 << mantissa_bits) + mantissa, exponent - 1 - mantissa_bits);
}

std::unique_ptr<Format> make_flint(std::string_view name) {
    const auto width = read_width_name(name, "flint", min_bits, max_bits);
    if (!width) return nullptr;
    TableSpec spec;
    spec.name = name;
    spec.bits = width->bits;
    spec.is_signed = width->is_signed;
    spec.description = fmt::format(
        "{}flint magnitude of {} bits (ANT, MICRO'22); nearest, ties to the larger value; "
        "saturates; NaN becomes 0{}",
        spec.is_signed ? "sign and " : "", spec.is_signed ? spec.bits - 1 : spec.bits,
        spec.is_signed ? "; -0 is decoded, never encoded" : "");
    for (std::uint32_t code = 0; code < (1u << spec.bits); ++code) {
        const BaseExponent part = flint_decode_integer(code, spec.bits, spec.is_signed);
        spec.base_exponents.push_back(part);
        spec.values.push_back(Value::of(part.negative, part.base, part.exponent));
    }
    const bool fits = std::all_of(
        spec.base_exponents.begin(), spec.base_exponents.end(),
        [](const BaseExponent& part) { return part.base <= 15 && part.exponent <= 15; });
    if (!fits) spec.base_exponents.clear();
    return std::make_unique<TableFormat>(std::move(spec));
}

std::vector<std::string> flint_names() {
    return width_names("flint", min_bits, max_bits);
}

}  // namespace bitloom
