// SPDX-License-Identifier: Apache-2.0
#include "models/pe/ant_pe/ant_decoder.h"

#include <cstdlib>

#include "models/base/error.h"

namespace bitloom {

namespace {

// x = (high << 4) + low; only the high nibble is signed.
std::array<BaseExponent, 2> split_nibbles(int value) {
    const int high = value >> 4;
    const int low = value & 15;
    return {BaseExponent{high < 0, static_cast<std::uint8_t>(std::abs(high)), 4},
            BaseExponent{false, static_cast<std::uint8_t>(low), 0}};
}

bool is_byte_integer(const Format& format) {
    return format.name() == "int8" || format.name() == "uint8";
}

const Format& require_taken(const Format& format) {
    if (!is_byte_integer(format) && !(format.bits() <= 4 && format.has_base_exponent()))
        fail(
            "format '{}' does not run on the ANT array: allowed: int8, uint8, and int, flint and "
            "power-of-two of up to 4 bits",
            format.name());
    return format;
}

}  // namespace

AntDecoder::AntDecoder(const Format& format)
    : values_(require_taken(format)), lines_(is_byte_integer(format) ? 2 : 1) {
    for (std::uint32_t code = 0; code < format.code_count(); ++code) {
        if (lines_ == 2) {
            const auto nibbles = split_nibbles(values_.value(code));
            operands_.insert(operands_.end(), nibbles.begin(), nibbles.end());
        } else {
            operands_.push_back(format.decode_base_exponent(code));
        }
    }
}

}  // namespace bitloom
