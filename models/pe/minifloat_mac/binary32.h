// SPDX-License-Identifier: Apache-2.0
// IEEE 754 binary32 addition on bit patterns, in integers, so that no compiler option and no host
// can change a bit of it. Round to nearest, ties to even; subnormals are kept; overflow gives
// infinity; every NaN result is binary32_nan.
#pragma once

#include <bit>
#include <cstdint>

namespace bitloom {

inline constexpr std::uint32_t binary32_nan = 0x7fc00000;
inline constexpr std::uint32_t binary32_infinity = 0x7f800000;

// The sign bit for a bool.
constexpr std::uint32_t binary32_sign(bool negative) {
    return negative ? 0x80000000u : 0u;
}

// Rounds ±significand * 2^(exponent - 152) to binary32, where bit 26 of the significand is the
// hidden bit of a number with exponent field `exponent`, and the three lowest bits are beyond its
// precision. Requires significand < 2^27, exponent 1..255, and a significand of at least 2^26
// unless exponent is 1 (a subnormal).
constexpr std::uint32_t binary32_round(bool negative, std::uint32_t significand, int exponent) {
    const std::uint32_t beyond = significand & 7;
    std::uint32_t kept = significand >> 3;
    if (beyond > 4 || (beyond == 4 && (kept & 1) != 0)) ++kept;
    // The hidden bit adds one to the exponent field, and a carry out of the rounding does too: a
    // subnormal that rounds up to the smallest normal number needs no case of its own.
    const std::uint32_t packed = (static_cast<std::uint32_t>(exponent - 1) << 23) + kept;
    return binary32_sign(negative) | (packed >= binary32_infinity ? binary32_infinity : packed);
}

constexpr std::uint32_t binary32_add(std::uint32_t a, std::uint32_t b) {
    constexpr std::uint32_t magnitude_mask = 0x7fffffff;
    if ((a & magnitude_mask) < (b & magnitude_mask)) {
        const std::uint32_t larger = b;
        b = a;
        a = larger;
    }
    const std::uint32_t magnitude_a = a & magnitude_mask;
    const std::uint32_t magnitude_b = b & magnitude_mask;
    const bool subtract = ((a ^ b) & ~magnitude_mask) != 0;
    if (magnitude_a > binary32_infinity) return binary32_nan;
    if (magnitude_a == binary32_infinity)
        return magnitude_b == binary32_infinity && subtract ? binary32_nan : a;

    const auto exponent_of = [](std::uint32_t magnitude) {
        const int field = static_cast<int>(magnitude >> 23);
        return field == 0 ? 1 : field;
    };
    const auto significand_of = [](std::uint32_t magnitude) {  // with three more bits below
        return ((magnitude & 0x7fffff) | ((magnitude >> 23) != 0 ? 0x800000u : 0u)) << 3;
    };
    int exponent = exponent_of(magnitude_a);
    const int distance = exponent - exponent_of(magnitude_b);
    const std::uint32_t whole_b = significand_of(magnitude_b);
    // What is shifted out leaves a sticky bit; with it three bits are enough to round correctly.
    std::uint32_t aligned_b = whole_b != 0 ? 1u : 0u;
    if (distance < 27) {
        const std::uint32_t lost = whole_b & ((1u << distance) - 1);
        aligned_b = (whole_b >> distance) | (lost != 0 ? 1u : 0u);
    }
    std::uint32_t sum = significand_of(magnitude_a);
    sum = subtract ? sum - aligned_b : sum + aligned_b;
    if (sum == 0) return subtract ? 0 : a;  // x - x is +0; -0 + -0 is -0

    if (sum >> 27 != 0) {
        sum = (sum >> 1) | (sum & 1);
        ++exponent;
    } else {
        const int to_top = std::countl_zero(sum) - 5;  // bit 26 is the hidden bit's place
        const int shift = to_top < exponent - 1 ? to_top : exponent - 1;
        sum <<= shift;
        exponent -= shift;
    }
    return binary32_round((a & ~magnitude_mask) != 0, sum, exponent);
}

}  // namespace bitloom
