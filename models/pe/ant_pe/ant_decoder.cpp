// SPDX-License-Identifier: Apache-2.0
#include "models/pe/ant_pe/ant_decoder.h"

#include <algorithm>
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

}  // namespace

AntDecoder::AntDecoder(const Format& format)
    : bits_(format.bits()), format_name_(format.name()), is_signed_(format.is_signed()) {
    const bool byte_integer = format.name() == "int8" || format.name() == "uint8";
    if (!byte_integer && !(format.bits() <= 4 && format.has_base_exponent()))
        fail(
            "format '{}' does not run on the ANT array: allowed: int8, uint8, and int, flint and "
            "power-of-two of up to 4 bits",
            format.name());
    lines_ = byte_integer ? 2 : 1;
    for (std::uint32_t code = 0; code < format.code_count(); ++code) {
        const Value value = format.decode(code);
        const auto magnitude = value.mantissa << value.exponent;
        const auto number = value.negative ? -magnitude : magnitude;
        values_.push_back(static_cast<std::int16_t>(number));
        BITLOOM_CHECK(values_.back() == number, "{} code {} fits 16 bits", format.name(), code);
        max_magnitude_ = std::max<std::int64_t>(max_magnitude_, magnitude);
        if (byte_integer) {
            const auto nibbles = split_nibbles(values_.back());
            operands_.insert(operands_.end(), nibbles.begin(), nibbles.end());
        } else {
            operands_.push_back(format.decode_base_exponent(code));
        }
    }
    zero_code_ = format.encode(0.0);
}

}  // namespace bitloom
