// SPDX-License-Identifier: Apache-2.0
// The arithmetic of requantize.h for inner loops: the same results, without the checks of its
// arguments. requantize.cpp calls these functions, so there is one definition.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "models/numeric/requantize.h"

namespace bitloom::unchecked {

inline constexpr int max_right_shift = 31;
inline constexpr int max_left_shift = 30;

// Requires that not both are INT32_MIN. A Multiplier's mantissa is never negative.
constexpr std::int32_t rounding_doubling_high_mul(std::int32_t a, std::int32_t b) {
    const std::int64_t product = static_cast<std::int64_t>(a) * b;
    return static_cast<std::int32_t>((product + (std::int64_t{1} << 30)) >> 31);
}

// exponent 0..31.
constexpr std::int32_t rounding_divide_by_pot(std::int32_t value, int exponent) {
    const auto mask = static_cast<std::int32_t>((std::uint32_t{1} << exponent) - 1);
    const std::int32_t remainder = value & mask;
    const std::int32_t threshold = (mask >> 1) + (value < 0 ? 1 : 0);
    return (value >> exponent) + (remainder > threshold ? 1 : 0);
}

// value * 2^left, saturated; left 0..30.
constexpr std::int32_t saturating_shift_left(std::int32_t value, int left) {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(
        static_cast<std::int64_t>(value) * (std::int64_t{1} << left),
        std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
}

// Requires a multiplier in the ranges of Multiplier.
constexpr std::int32_t requantize(std::int32_t value, Multiplier multiplier) {
    const std::int32_t shifted = saturating_shift_left(value, std::max(0, -multiplier.shift));
    return rounding_divide_by_pot(rounding_doubling_high_mul(shifted, multiplier.mantissa),
                                  std::max(0, multiplier.shift));
}

}  // namespace bitloom::unchecked
