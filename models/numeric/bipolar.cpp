// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/bipolar.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/numeric/format_family.h"

namespace bitloom {

namespace {

constexpr int min_bits = 1;
constexpr int max_bits = 8;

class BipolarFormat final : public Format {
public:
    BipolarFormat(std::string name, int bits)
        : name_(std::move(name)),
          description_(fmt::format(
              "bipolar, {} bit{}: code v is 2v - {}, no zero; nearest, ties to the larger value; "
              "saturates; NaN becomes 1",
              bits, bits == 1 ? "" : "s", (1 << bits) - 1)),
          bits_(bits),
          max_((1 << bits) - 1) {
        build_table();
    }

    const std::string& name() const override { return name_; }
    int bits() const override { return bits_; }
    bool is_signed() const override { return true; }
    const std::string& description() const override { return description_; }

    Value decode(std::uint32_t code) const override {
        BITLOOM_CHECK(code < code_count(), "code {} is one of {}", code, name_);
        const int value = 2 * static_cast<int>(code) - max_;
        return Value::of(value < 0, std::abs(value), 0);
    }
    std::uint32_t encode(double value) const override { return round(value); }
    double max_value() const override { return max_; }
    double min_value() const override { return -max_; }

private:
    // The midpoints are the even integers: the code counts those from -(max - 1) up to the value.
    // floor() first: halving or shifting the value itself would lose the sign of the smallest ones.
    std::uint32_t round(double value) const {
        if (std::isnan(value)) value = 0.0;
        const int below = static_cast<int>(std::floor(std::clamp<double>(value, -max_, max_)));
        return static_cast<std::uint32_t>((below >> 1) + (1 << (bits_ - 1)));
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
    int max_;
};

}  // namespace

std::unique_ptr<Format> make_bipolar(std::string_view name) {
    const auto bits = number_after(name, "bipolar");
    if (!bits) return nullptr;
    if (*bits < min_bits || *bits > max_bits)
        fail("format '{}': width = {}: must be {}..{}", name, *bits, min_bits, max_bits);
    return std::make_unique<BipolarFormat>(std::string(name), *bits);
}

std::vector<std::string> bipolar_names() {
    std::vector<std::string> names;
    for (int bits = min_bits; bits <= max_bits; ++bits)
        names.push_back(fmt::format("bipolar{}", bits));
    return names;
}

}  // namespace bitloom
