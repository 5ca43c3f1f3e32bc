// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/int_format.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/numeric/format_family.h"

namespace bitloom {

namespace {

constexpr int min_signed_bits = 2;
constexpr int min_unsigned_bits = 1;  // {0, 1}: a bit plane of bit-serial arrays
constexpr int max_bits = 16;

class IntFormat final : public Format {
public:
    IntFormat(std::string name, int bits, bool is_signed)
        : name_(std::move(name)),
          description_(fmt::format(
              "{} integer, {} bit{}; nearest, ties to the larger value, i.e. floor(x + 0.5); "
              "saturates; NaN becomes 0",
              is_signed ? "two's complement" : "unsigned", bits, bits == 1 ? "" : "s")),
          bits_(bits),
          is_signed_(is_signed),
          min_(is_signed ? -(1 << (bits - 1)) : 0),
          max_(is_signed ? (1 << (bits - 1)) - 1 : (1 << bits) - 1),
          mask_((std::uint32_t{1} << bits) - 1) {
        if (bits_ <= 8) build_table();
    }

    const std::string& name() const override { return name_; }
    int bits() const override { return bits_; }
    bool is_signed() const override { return is_signed_; }
    const std::string& description() const override { return description_; }

    Value decode(std::uint32_t code) const override {
        const int value = to_int(code);
        return Value::of(value < 0, std::abs(value), 0);
    }
    std::uint32_t encode(double value) const override { return round(value); }
    double max_value() const override { return max_; }
    double min_value() const override { return min_; }

    // Every magnitude must fit a 4-bit base: -8 has base 8. A single bit is an operand of
    // bit-serial arrays only.
    bool has_base_exponent() const override { return bits_ >= 2 && bits_ <= 4; }
    BaseExponent decode_base_exponent(std::uint32_t code) const override {
        if (!has_base_exponent()) return Format::decode_base_exponent(code);
        const int value = to_int(code);
        return {value < 0, static_cast<std::uint8_t>(std::abs(value)), 0};
    }

private:
    int to_int(std::uint32_t code) const {
        BITLOOM_CHECK(code <= mask_, "code {} is one of {}", code, name_);
        const int value = static_cast<int>(code);
        return value > max_ ? value - (1 << bits_) : value;
    }

    std::uint32_t round(double value) const {
        if (std::isnan(value)) return 0;
        const double clamped = std::clamp<double>(value, min_, max_);
        // Not floor(x + 0.5): that sum rounds up to 1 for the largest double below 0.5.
        const double below = std::floor(clamped);
        const int rounded = static_cast<int>(below) + (clamped - below >= 0.5 ? 1 : 0);
        return static_cast<std::uint32_t>(rounded) & mask_;
    }

    template <class T>
    void round_each(const T* in, std::size_t count, double scale, std::uint8_t* out) const {
        for (std::size_t i = 0; i < count; ++i)
            out[i] = static_cast<std::uint8_t>(round(static_cast<double>(in[i]) / scale));
    }
    void encode_block(const float* in, std::size_t count, double scale,
                      std::uint8_t* out) const override {
        round_each(in, count, scale, out);
    }
    void encode_block(const double* in, std::size_t count, double scale,
                      std::uint8_t* out) const override {
        round_each(in, count, scale, out);
    }

    std::string name_;
    std::string description_;
    int bits_;
    bool is_signed_;
    int min_;
    int max_;
    std::uint32_t mask_;
};

}  // namespace

std::unique_ptr<Format> make_int(std::string_view name) {
    const int min_bits = name.starts_with('u') ? min_unsigned_bits : min_signed_bits;
    const auto width = read_width_name(name, "int", min_bits, max_bits);
    if (!width) return nullptr;
    return std::make_unique<IntFormat>(std::string(name), width->bits, width->is_signed);
}

std::vector<std::string> int_names() {
    std::vector<std::string> names;
    for (int bits = min_signed_bits; bits <= max_bits; ++bits)
        names.push_back(fmt::format("int{}", bits));
    for (int bits = min_unsigned_bits; bits <= max_bits; ++bits)
        names.push_back(fmt::format("uint{}", bits));
    return names;
}

}  // namespace bitloom
