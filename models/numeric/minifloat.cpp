// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/minifloat.h"

#include <algorithm>
#include <array>

#include "models/base/error.h"
#include "models/numeric/format_family.h"
#include "models/numeric/table_format.h"

namespace bitloom {

namespace {

enum class Convention : std::uint8_t { ieee, fn, finite };

struct Suffix {
    std::string_view text;
    Convention convention;
};
constexpr std::array suffixes = {Suffix{"ieee", Convention::ieee}, Suffix{"fn", Convention::fn},
                                 Suffix{"finite", Convention::finite}};

struct Shape {
    int exponent_bits = 0;
    int mantissa_bits = 0;
    Convention convention = Convention::finite;
    int bits() const { return 1 + exponent_bits + mantissa_bits; }
};

Convention default_convention(int exponent_bits, int mantissa_bits) {
    if (exponent_bits == 5 && mantissa_bits == 2) return Convention::ieee;
    if (exponent_bits == 4 && mantissa_bits == 3) return Convention::fn;
    return Convention::finite;
}

// Without its special codes a format must still be one: zero and at least a subnormal.
bool possible(const Shape& shape) {
    switch (shape.convention) {
        case Convention::ieee:
            return shape.exponent_bits >= 2 && shape.mantissa_bits >= 1;
        case Convention::fn:
            return shape.mantissa_bits >= 1;
        case Convention::finite:
            return true;
    }
    return false;
}

std::string name_of(const Shape& shape) {
    const bool plain =
        shape.convention == default_convention(shape.exponent_bits, shape.mantissa_bits);
    return fmt::format("e{}m{}{}", shape.exponent_bits, shape.mantissa_bits,
                       plain ? "" : suffixes[static_cast<std::size_t>(shape.convention)].text);
}

std::optional<Shape> read_name(std::string_view name) {
    const std::size_t m = name.find('m');
    if (m == std::string_view::npos) return std::nullopt;
    const std::size_t end = std::min(name.find_first_not_of("0123456789", m + 1), name.size());
    const auto exponent_bits = number_after(name.substr(0, m), "e");
    const auto mantissa_bits = number_after(name.substr(m, end - m), "m");
    if (!exponent_bits || !mantissa_bits) return std::nullopt;
    const std::string_view suffix = name.substr(end);
    const auto known = std::find_if(suffixes.begin(), suffixes.end(),
                                    [&](const Suffix& s) { return s.text == suffix; });
    if (!suffix.empty() && known == suffixes.end()) return std::nullopt;

    if (*exponent_bits < 1)
        fail("format '{}': exponent bits = {}: must be 1..7", name, *exponent_bits);
    Shape shape{*exponent_bits, *mantissa_bits, Convention::finite};
    if (shape.bits() > 8)
        fail("format '{}': width = {} (a sign, {} + {} bits): must be 2..8", name, shape.bits(),
             *exponent_bits, *mantissa_bits);
    shape.convention =
        suffix.empty() ? default_convention(*exponent_bits, *mantissa_bits) : known->convention;
    if (!possible(shape))
        fail(
            "format '{}': no room for the special codes of '{}': ieee needs 2 exponent bits and "
            "1 mantissa bit, fn needs 1 mantissa bit",
            name, suffix);
    return shape;
}

Value value_of(const Shape& shape, std::uint32_t code) {
    const std::uint32_t mantissa_mask = (1u << shape.mantissa_bits) - 1;
    const std::uint32_t exponent_mask = (1u << shape.exponent_bits) - 1;
    const bool negative = (code >> (shape.bits() - 1)) != 0;
    const std::uint32_t field = (code >> shape.mantissa_bits) & exponent_mask;
    const std::uint32_t mantissa = code & mantissa_mask;
    if (field == exponent_mask && shape.convention == Convention::ieee)
        return {mantissa == 0 ? Value::Kind::infinity : Value::Kind::nan, negative, 0, 0};
    if (field == exponent_mask && mantissa == mantissa_mask && shape.convention == Convention::fn)
        return {Value::Kind::nan, negative, 0, 0};
    const int bias = (1 << (shape.exponent_bits - 1)) - 1;
    const bool subnormal = field == 0;
    const int exponent = (subnormal ? 1 : static_cast<int>(field)) - bias - shape.mantissa_bits;
    return Value::of(negative, mantissa + (subnormal ? 0u : mantissa_mask + 1), exponent);
}

std::uint32_t nan_code_of(const Shape& shape) {
    const std::uint32_t all_ones = (1u << (shape.bits() - 1)) - 1;
    switch (shape.convention) {
        case Convention::ieee:
            return all_ones - ((1u << (shape.mantissa_bits - 1)) - 1);
        case Convention::fn:
            return all_ones;
        case Convention::finite:
            return 0;
    }
    return 0;
}

std::string describe(const Shape& shape) {
    static constexpr std::array<std::string_view, 3> special = {
        "infinity and NaN as in IEEE 754", "one NaN a sign, no infinity", "no infinity, no NaN"};
    static constexpr std::array<std::string_view, 5> published = {"e5m2", "e4m3", "e3m2", "e2m3",
                                                                  "e2m1"};
    const std::string name = name_of(shape);
    std::string_view source;
    if (std::find(published.begin(), published.end(), name) != published.end())
        source = shape.bits() == 8 ? " (OCP 8-bit floating point 1.0)" : " (OCP MX 1.0)";
    return fmt::format(
        "float{}: sign, {} exponent bits (bias {}), {} mantissa bits, subnormals, {}; nearest, "
        "ties to even; saturates{}",
        source, shape.exponent_bits, (1 << (shape.exponent_bits - 1)) - 1, shape.mantissa_bits,
        special[static_cast<std::size_t>(shape.convention)],
        shape.convention == Convention::finite ? "; NaN becomes 0" : "");
}

// Calls visit for every width, fewest bits first, then fewest exponent bits.
template <class Visit>
void for_each_width(Visit visit) {
    for (int bits = 2; bits <= 8; ++bits)
        for (int exponent_bits = 1; exponent_bits < bits; ++exponent_bits)
            visit(exponent_bits, bits - 1 - exponent_bits);
}

}  // namespace

std::unique_ptr<Format> make_minifloat(std::string_view name) {
    const auto shape = read_name(name);
    if (!shape) return nullptr;
    TableSpec spec;
    spec.name = name_of(*shape);
    spec.description = describe(*shape);
    spec.bits = shape->bits();
    spec.is_signed = true;
    spec.ties = TieRule::even_code;
    spec.nan_code = nan_code_of(*shape);
    spec.encodes_negative_zero = true;
    for (std::uint32_t code = 0; code < (1u << spec.bits); ++code)
        spec.values.push_back(value_of(*shape, code));
    return std::make_unique<TableFormat>(std::move(spec));
}

std::vector<std::string> minifloat_names() {
    std::vector<std::string> names;
    for_each_width([&](int e, int m) {
        names.push_back(name_of({e, m, default_convention(e, m)}));
    });
    return names;
}

std::vector<std::string> minifloat_variant_names() {
    std::vector<std::string> names;
    for_each_width([&](int e, int m) {
        for (const Suffix& suffix : suffixes) {
            const Shape shape{e, m, suffix.convention};
            if (suffix.convention != default_convention(e, m) && possible(shape))
                names.push_back(name_of(shape));
        }
    });
    return names;
}

}  // namespace bitloom
