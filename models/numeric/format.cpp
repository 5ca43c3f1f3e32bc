// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/format.h"

#include <bit>
#include <cmath>
#include <limits>

#include "models/base/error.h"

namespace bitloom {

namespace {

void check_batch(const Format& format, std::size_t in, std::size_t out, double scale, int bits) {
    BITLOOM_CHECK(in == out, "as many codes as values: {} values, {} codes", in, out);
    BITLOOM_CHECK(std::isfinite(scale) && scale > 0, "a scale is finite and > 0: {}", scale);
    BITLOOM_CHECK(format.bits() <= bits, "a code of {} fits {} bits", format.name(), bits);
}

template <class In, class Out>
void encode_each(const Format& format, const In* in, std::size_t count, double scale, Out* out) {
    for (std::size_t i = 0; i < count; ++i)
        out[i] = static_cast<Out>(format.encode(static_cast<double>(in[i]) / scale));
}

}  // namespace

Value Value::of(bool negative, std::int64_t mantissa, int exponent) {
    Value value;
    value.negative = negative;
    if (mantissa == 0) return value;
    const int zeros = std::countr_zero(static_cast<std::uint64_t>(mantissa));
    value.mantissa = mantissa >> zeros;
    value.exponent = exponent + zeros;
    return value;
}

double Value::to_double() const {
    double magnitude = 0.0;
    switch (kind) {
        case Kind::finite:
            magnitude = std::ldexp(static_cast<double>(mantissa), exponent);
            break;
        case Kind::infinity:
            magnitude = std::numeric_limits<double>::infinity();
            break;
        case Kind::nan:
            magnitude = std::numeric_limits<double>::quiet_NaN();
            break;
    }
    return negative ? -magnitude : magnitude;
}

void Format::encode(std::span<const float> in, double scale, std::span<std::uint8_t> out) const {
    check_batch(*this, in.size(), out.size(), scale, 8);
    encode_block(in.data(), in.size(), scale, out.data());
}

void Format::encode(std::span<const double> in, double scale, std::span<std::uint8_t> out) const {
    check_batch(*this, in.size(), out.size(), scale, 8);
    encode_block(in.data(), in.size(), scale, out.data());
}

void Format::encode(std::span<const float> in, double scale, std::span<std::uint16_t> out) const {
    check_batch(*this, in.size(), out.size(), scale, 16);
    encode_each(*this, in.data(), in.size(), scale, out.data());
}

void Format::encode(std::span<const double> in, double scale, std::span<std::uint16_t> out) const {
    check_batch(*this, in.size(), out.size(), scale, 16);
    encode_each(*this, in.data(), in.size(), scale, out.data());
}

void Format::encode_block(const float* in, std::size_t count, double scale,
                          std::uint8_t* out) const {
    encode_each(*this, in, count, scale, out);
}

void Format::encode_block(const double* in, std::size_t count, double scale,
                          std::uint8_t* out) const {
    encode_each(*this, in, count, scale, out);
}

BaseExponent Format::decode_base_exponent(std::uint32_t) const {
    fail(
        "format '{}': no (base, exponent) decode: formats with one are int2..int4 uint2..uint4 "
        "flint3..flint6 uflint3..uflint5 pot3..pot5 upot3..upot4",
        name());
}

std::span<const double> Format::table() const {
    BITLOOM_CHECK(bits() <= 8, "only formats of up to 8 bits have a table: {}", name());
    return table_;
}

void Format::build_table() {
    table_.reserve(code_count());
    for (std::uint32_t code = 0; code < code_count(); ++code) table_.push_back(value(code));
}

}  // namespace bitloom
