// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/requantize.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/base/error.h"
#include "models/numeric/requantize_inline.h"

namespace bitloom {

namespace {

using Int32 = std::numeric_limits<std::int32_t>;
using Int16 = std::numeric_limits<std::int16_t>;

using unchecked::max_left_shift;
using unchecked::max_right_shift;

}  // namespace

std::int32_t saturating_rounding_doubling_high_mul(std::int32_t a, std::int32_t b) {
    if (a == Int32::min() && b == Int32::min()) return Int32::max();
    return unchecked::rounding_doubling_high_mul(a, b);
}

std::int32_t rounding_divide_by_pot(std::int32_t value, int exponent) {
    BITLOOM_CHECK(exponent >= 0 && exponent <= max_right_shift, "0..31: exponent {}", exponent);
    return unchecked::rounding_divide_by_pot(value, exponent);
}

Multiplier quantize_multiplier(double real) {
    if (!(real >= 0 && real < 0x1p30))
        fail("multiplier = {}: must be finite, >= 0 and < 2^30 = 1073741824", real);
    int exponent = 0;
    const double fraction = std::frexp(real, &exponent);  // [0.5, 1), or 0
    std::int64_t mantissa = std::llround(std::ldexp(fraction, 31));
    if (mantissa == std::int64_t{1} << 31) {
        mantissa /= 2;
        ++exponent;
    }
    if (mantissa == 0 || exponent < -max_right_shift) return {};
    // Within half a step below 2^30, the nearest one that can be held is the largest.
    if (exponent > max_left_shift) return {Int32::max(), -max_left_shift};
    return {static_cast<std::int32_t>(mantissa), -exponent};
}

std::int32_t requantize(std::int32_t value, Multiplier multiplier) {
    BITLOOM_CHECK(multiplier.mantissa >= 0, "0..2^31-1: mantissa {}", multiplier.mantissa);
    BITLOOM_CHECK(multiplier.shift >= -max_left_shift && multiplier.shift <= max_right_shift,
                  "-30..31: shift {}", multiplier.shift);
    return unchecked::requantize(value, multiplier);
}

std::int16_t saturate16(std::int64_t value) {
    return static_cast<std::int16_t>(std::clamp<std::int64_t>(value, Int16::min(), Int16::max()));
}

}  // namespace bitloom
