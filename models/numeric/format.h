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

// An exact value: mantissa * 2^exponent, or one of the special kinds.
struct Value {
    enum class Kind : std::uint8_t { finite, infinity, nan };
    Kind kind = Kind::finite;
    bool negative = false;        // sign; true for -0, which some formats have
    std::int64_t mantissa = 0;    // magnitude, >= 0
    int exponent = 0;

    double to_double() const;     // exact for every format here
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

    virtual const std::string& name() const = 0;       // what users type: "flint4", "e4m3"
    virtual int bits() const = 0;                      // 2..16
    virtual bool is_signed() const = 0;
    virtual const std::string& description() const = 0;  // one line: rule, tie rule, saturation, source

    // Exact value of a code. Requires code < 2^bits.
    virtual Value decode(std::uint32_t code) const = 0;
    // Nearest representable value, ties and saturation by the format's own rule; NaN encodes to NaN
    // where the format has one, else to zero.
    virtual std::uint32_t encode(double value) const = 0;

    // Largest and smallest finite value.
    virtual double max_value() const = 0;
    virtual double min_value() const = 0;

    // The integer-based decode of the ANT PE, for formats that have one (int, flint and
    // power-of-two of up to 8 bits whose base fits 4 bits or which are int8/uint8 handled as two
    // nibbles have none here: see models/pe). Throws Error otherwise.
    virtual BaseExponent decode_base_exponent(std::uint32_t code) const;
    virtual bool has_base_exponent() const { return false; }

    double value(std::uint32_t code) const { return decode(code).to_double(); }
    std::uint32_t code_count() const { return std::uint32_t{1} << bits(); }
    // All values by code (index = code), for formats of up to 8 bits; NaN and infinities as such.
    std::span<const double> table() const;

protected:
    mutable std::vector<double> table_;
    void build_table();  // called at the end of a constructor
};

// The format a user named. Throws Error that lists the families and the nearest known name.
// The reference stays valid for the life of the program; the same name gives the same object.
const Format& format(std::string_view name);

// Names of every format of the families, widths 2..16 and so on, in a fixed order: what
// `bitloom show formats` lists and what the tests run over.
const std::vector<std::string>& format_names();

}  // namespace bitloom
