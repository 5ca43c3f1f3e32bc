// SPDX-License-Identifier: Apache-2.0
// The codes of a format as integers: what an exact integer GEMM multiplies.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/numeric/format.h"

namespace bitloom {

class CodeValues {
public:
    // Throws Error for a format whose values are not all integers of 16 bits, or of more than 8
    // bits. `format` must outlive this object (those of format() live as long as the program).
    explicit CodeValues(const Format& format);

    const Format& format() const { return *format_; }
    int bits() const { return bits_; }
    // Requires code < 2^bits().
    std::int16_t value(std::uint32_t code) const { return values_[code]; }
    const std::vector<std::int16_t>& values() const { return values_; }  // by code
    std::int64_t max_magnitude() const { return max_magnitude_; }
    // Code 0 is the value zero: padding with zero bytes is padding with zeros. Bipolar formats have
    // no zero at all; where they are padded, the array leaves the padded positions out.
    bool zero_is_zero() const { return values_[0] == 0; }

private:
    const Format* format_;
    int bits_;
    std::int64_t max_magnitude_ = 0;
    std::vector<std::int16_t> values_;
};

}  // namespace bitloom
