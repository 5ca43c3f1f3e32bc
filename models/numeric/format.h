// SPDX-License-Identifier: Apache-2.0
// Number formats: the meaning of a code. A value is in the format's own grid units; a tensor's
// scale (real = scale * value) is kept beside the codes, never in the format.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

// An exact value: mantissa * 2^exponent, or one of the special kinds. Formats give it in canonical
// form (mantissa odd, or mantissa and exponent 0), so == compares values, with -0 unlike +0.
struct Value {
    enum class Kind : std::uint8_t { finite, infinity, nan };
    Kind kind = Kind::finite;
    bool negative = false;      // sign; true for -0, which some formats have
    std::int64_t mantissa = 0;  // magnitude, >= 0
    int exponent = 0;

    // The canonical form of (negative ? -1 : 1) * mantissa * 2^exponent.
    static Value of(bool negative, std::int64_t mantissa, int exponent);

    double to_double() const;  // exact for every format here
    bool operator==(const Value&) const = default;
};

// The operand of an ANT PE (ant.md 2.1): value = (negative ? -1 : 1) * base << exponent.
struct BaseExponent {
    bool negative = false;
    std::uint8_t base = 0;
    std::uint8_t exponent = 0;
    bool operator==(const BaseExponent&) const = default;
};

class Format {
public:
    virtual ~Format() = default;
    Format(const Format&) = delete;
    Format& operator=(const Format&) = delete;

    virtual const std::string& name() const = 0;  // what users type: "flint4", "e4m3"
    virtual int bits() const = 0;                 // 1..16
    virtual bool is_signed() const = 0;
    // One line: rule, tie rule, saturation, source.
    virtual const std::string& description() const = 0;

    // Exact value of a code. Requires code < 2^bits.
    virtual Value decode(std::uint32_t code) const = 0;
    // Nearest representable value, ties by the format's own rule. Values out of range, infinities
    // too, saturate to max_value() or min_value(): an infinity code is never produced. NaN encodes
    // to NaN where the format has one, else as zero does: to zero, or in a format without one (the
    // bipolar ones) to the nearest value, ties by its rule.
    virtual std::uint32_t encode(double value) const = 0;

    // out[i] = encode(in[i] / scale), the quotient in double. Requires equal sizes, a finite
    // scale > 0, and a format of up to 8 bits where `out` holds bytes.
    void encode(std::span<const float> in, double scale, std::span<std::uint8_t> out) const;
    void encode(std::span<const double> in, double scale, std::span<std::uint8_t> out) const;
    void encode(std::span<const float> in, double scale, std::span<std::uint16_t> out) const;
    void encode(std::span<const double> in, double scale, std::span<std::uint16_t> out) const;

    // Largest and smallest finite value.
    virtual double max_value() const = 0;
    virtual double min_value() const = 0;

    // The integer-based decode of the ANT PE: a 4-bit base and a 4-bit left shift. Int, flint and
    // power-of-two formats have it when every code fits base <= 15 and exponent <= 15 (int2..int4,
    // uint2..uint4, flint3..flint6, uflint3..uflint5, pot3..pot5, upot3, upot4); int8 and uint8 do
    // not: their PEs split a code into two nibbles. The others throw Error.
    virtual BaseExponent decode_base_exponent(std::uint32_t code) const;
    virtual bool has_base_exponent() const { return false; }

    double value(std::uint32_t code) const { return decode(code).to_double(); }
    std::uint32_t code_count() const { return std::uint32_t{1} << bits(); }
    // All values by code (index = code), for formats of up to 8 bits; NaN and infinities as such.
    std::span<const double> table() const;

protected:
    Format() = default;

    std::vector<double> table_;
    void build_table();  // called at the end of a constructor

    // The loops behind the batch encode into bytes; a format with a fast encoder overrides both.
    virtual void encode_block(const float* in, std::size_t count, double scale,
                              std::uint8_t* out) const;
    virtual void encode_block(const double* in, std::size_t count, double scale,
                              std::uint8_t* out) const;
};

// The format a user named. Throws Error that lists the families and the nearest known name, or the
// range when only a width is out of range. May be called from any thread. The reference stays
// valid for the life of the program; the same name gives the same object. A name whose suffix
// states the default ("e4m3fn") gives the object of the plain name ("e4m3").
const Format& format(std::string_view name);

// Names of every format of the families, widths 1..16 and so on, in a fixed order: what
// `bitloom show formats` lists and what the tests run over. Minifloats with a forced convention
// ("e4m3ieee") are not listed here: see minifloat_variant_names() in minifloat.h.
const std::vector<std::string>& format_names();

}  // namespace bitloom
