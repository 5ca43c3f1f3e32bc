// SPDX-License-Identifier: Apache-2.0
// Minifloat operands as the multiplier sees them: an integer significand, a left shift, and flags.
// In units of the format's smallest subnormal every finite value is significand << shift, so every
// product is an integer as well (definition: the README beside this file).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bitloom {

// What the largest exponent means (models/numeric/minifloat.h). The numbers are those of the
// parameter Convention of the RTL.
enum class MinifloatConvention : std::uint8_t { finite = 0, fn = 1, ieee = 2 };

struct MinifloatShape {
    int exponent_bits = 4;  // 1..5; fn and ieee as in models/numeric/minifloat.h
    int mantissa_bits = 3;  // 1..6; at most 8 bits in all
    MinifloatConvention convention = MinifloatConvention::fn;

    constexpr int bits() const { return 1 + exponent_bits + mantissa_bits; }
    constexpr int bias() const { return (1 << (exponent_bits - 1)) - 1; }
    // Largest shift of a finite operand.
    constexpr int max_shift() const {
        return (1 << exponent_bits) - (convention == MinifloatConvention::ieee ? 3 : 2);
    }
    // Bits of the magnitude of an exact product in units of 2^unit_exponent(): 36 for e4m3, 64 for
    // e5m2, 8 for e2m1.
    constexpr int product_bits() const { return 2 * (mantissa_bits + 1) + 2 * max_shift(); }
    // Weight of the lowest bit of a product: -18 for e4m3, -32 for e5m2, -2 for e2m1.
    constexpr int unit_exponent() const { return 2 * (1 - bias() - mantissa_bits); }

    bool operator==(const MinifloatShape&) const = default;
};

// The formats that the MAC is built for, by their names in models/numeric.
struct NamedMinifloat {
    std::string_view name;
    MinifloatShape shape;
};
inline constexpr std::array minifloat_mac_formats = {
    NamedMinifloat{"e4m3", {4, 3, MinifloatConvention::fn}},
    NamedMinifloat{"e5m2", {5, 2, MinifloatConvention::ieee}},
    NamedMinifloat{"e2m1", {2, 1, MinifloatConvention::finite}},
};

// The shape of one of minifloat_mac_formats. Throws Error for another name.
const MinifloatShape& minifloat_mac_shape(std::string_view name);

// Value = ±(significand << shift) * 2^(unit_exponent / 2). Specials have significand and shift 0.
struct MinifloatOperand {
    bool negative = false;
    std::uint8_t significand = 0;  // below 2^(mantissa_bits + 1)
    std::uint8_t shift = 0;        // 0..max_shift
    bool nan = false;
    bool infinity = false;
    bool operator==(const MinifloatOperand&) const = default;
};

// Requires code < 2^bits.
constexpr MinifloatOperand decode_minifloat(const MinifloatShape& shape, std::uint32_t code) {
    const std::uint32_t mantissa_mask = (1u << shape.mantissa_bits) - 1;
    const std::uint32_t exponent_mask = (1u << shape.exponent_bits) - 1;
    const std::uint32_t mantissa = code & mantissa_mask;
    const std::uint32_t field = (code >> shape.mantissa_bits) & exponent_mask;
    const bool top = field == exponent_mask;
    const bool ieee = shape.convention == MinifloatConvention::ieee;
    const bool fn = shape.convention == MinifloatConvention::fn;

    MinifloatOperand operand;
    operand.negative = (code >> (shape.bits() - 1)) != 0;
    operand.infinity = ieee && top && mantissa == 0;
    operand.nan = top && ((ieee && mantissa != 0) || (fn && mantissa == mantissa_mask));
    if (operand.nan || operand.infinity) return operand;
    const std::uint32_t hidden = field == 0 ? 0 : mantissa_mask + 1;
    operand.significand = static_cast<std::uint8_t>(hidden + mantissa);
    operand.shift = static_cast<std::uint8_t>(field == 0 ? 0 : field - 1);
    return operand;
}

// Value = ±(significand << shift) * 2^unit_exponent. Specials have significand and shift 0.
struct MinifloatProduct {
    bool negative = false;
    std::uint32_t significand = 0;  // below 2^(2 * mantissa_bits + 2)
    int shift = 0;                  // 0..2 * max_shift
    bool nan = false;               // an operand is NaN, or infinity times zero
    bool infinity = false;
    bool operator==(const MinifloatProduct&) const = default;
};

constexpr MinifloatProduct multiply_minifloats(const MinifloatOperand& a,
                                               const MinifloatOperand& b) {
    const auto is_zero = [](const MinifloatOperand& operand) {
        return operand.significand == 0 && !operand.infinity && !operand.nan;
    };
    MinifloatProduct product;
    product.negative = a.negative != b.negative;
    product.significand = std::uint32_t{a.significand} * b.significand;
    product.nan = a.nan || b.nan || (a.infinity && is_zero(b)) || (b.infinity && is_zero(a));
    product.infinity = (a.infinity || b.infinity) && !product.nan;
    product.shift = product.nan || product.infinity ? 0 : a.shift + b.shift;
    return product;
}

}  // namespace bitloom
