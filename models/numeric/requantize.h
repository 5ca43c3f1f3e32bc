// SPDX-License-Identifier: Apache-2.0
// Fixed-point requantization of gemmlowp (Jacob et al., "Quantization and training of neural
// networks for efficient integer-arithmetic-only inference", CVPR'18, section 2.2 and the
// gemmlowp library): real multiplier = mantissa / 2^31 * 2^-shift. Two roundings, one after the
// other: the result is not always the correctly rounded product.
#pragma once

#include <cstdint>

namespace bitloom {

// floor((a*b + 2^30) / 2^31): round half up; INT32_MIN * INT32_MIN gives INT32_MAX.
std::int32_t saturating_rounding_doubling_high_mul(std::int32_t a, std::int32_t b);

// value / 2^exponent, nearest, ties away from zero. exponent 0..31.
std::int32_t rounding_divide_by_pot(std::int32_t value, int exponent);

// A positive real multiplier as hardware holds it.
struct Multiplier {
    std::int32_t mantissa = 0;  // 2^30..2^31-1, or 0 for a zero multiplier
    int shift = 0;              // -30..31: right shift after the high multiply; negative: left
                                // shift before it
    bool operator==(const Multiplier&) const = default;
};

// Nearest Multiplier to `real` (>= 0, finite); a tie goes to the larger. Throws Error when real is
// not finite, < 0 or >= 2^30. A real that rounds below 2^-32 is held as zero, as in TFLite.
Multiplier quantize_multiplier(double real);

// value * multiplier: the high multiply, then the rounding shift. A left shift saturates to int32
// before the multiply (gemmlowp's SaturatingRoundingMultiplyByPOT with a positive exponent).
std::int32_t requantize(std::int32_t value, Multiplier multiplier);

// Clamps to the signed 16-bit word of the vector unit.
std::int16_t saturate16(std::int64_t value);

}  // namespace bitloom
