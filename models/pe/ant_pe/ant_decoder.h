// SPDX-License-Identifier: Apache-2.0
// The decoder on the boundary of the ANT array: one code becomes the operands of one PE line
// (formats of up to 4 bits) or of two (8-bit integers: high and low nibble, ant.md 2.1).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "models/numeric/code_values.h"

namespace bitloom {

class AntDecoder {
public:
    // Throws Error for a format that the array cannot take: it takes every format of up to 4 bits
    // that decodes to (base, exponent), and int8 and uint8.
    explicit AntDecoder(const Format& format);

    // PE lines an operand occupies: 1, or 2 for 8-bit integers.
    int lines() const { return lines_; }
    int bits() const { return values_.bits(); }
    const std::string& format_name() const { return values_.format().name(); }
    bool is_signed() const { return values_.format().is_signed(); }
    // Largest magnitude of a value.
    std::int64_t max_magnitude() const { return values_.max_magnitude(); }

    // line 0: the whole operand, or the high nibble with exponent 4 (the only signed nibble);
    // line 1: the low nibble.
    const BaseExponent& operand(std::uint32_t code, int line) const {
        return operands_[static_cast<std::size_t>(code * lines_ + line)];
    }
    // The value as an integer: fits 16 bits for every format taken.
    std::int16_t value(std::uint32_t code) const { return values_.value(code); }

private:
    CodeValues values_;
    int lines_ = 1;
    std::vector<BaseExponent> operands_;
};

}  // namespace bitloom
