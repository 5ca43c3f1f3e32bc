// SPDX-License-Identifier: Apache-2.0
// Operands of a bit-serial array: codes whose bits, taken alone, are planes of {0,1} or {-1,+1}.
#pragma once

#include <cstdint>

#include "models/numeric/format.h"

namespace bitloom {

// The value of a code of P bits b_0..b_{P-1}:
enum class BitEncoding : std::uint8_t {
    unsigned_binary,  // sum of 2^s * b_s
    twos_complement,  // the same, but the top plane counts -2^(P-1)
    bipolar,          // sum of 2^s * (2*b_s - 1) = 2*code - (2^P - 1)
};

struct BitOperand {
    BitEncoding encoding = BitEncoding::unsigned_binary;
    int bits = 1;  // 1..8

    bool operator==(const BitOperand&) const = default;

    // Every plane stands for -1 and +1, not for 0 and 1. There is no zero.
    constexpr bool is_bipolar() const { return encoding == BitEncoding::bipolar; }
    // The plane, 0..bits-1, counts negatively.
    constexpr bool is_negative(int plane) const {
        return encoding == BitEncoding::twos_complement && plane == bits - 1;
    }
};

// uint1..uint8, int2..int8, bipolar1..bipolar8; throws Error for any other format.
BitOperand bit_operand(const Format& format);

// Requires code < 2^bits.
constexpr std::int64_t bit_operand_value(const BitOperand& operand, std::uint32_t code) {
    const std::int64_t range = std::int64_t{1} << operand.bits;
    const std::int64_t value = code;
    switch (operand.encoding) {
        case BitEncoding::twos_complement:
            return value >= range / 2 ? value - range : value;
        case BitEncoding::bipolar:
            return 2 * value - (range - 1);
        default:
            return value;
    }
}

}  // namespace bitloom
