// SPDX-License-Identifier: Apache-2.0
// A format of up to 8 bits that is fully given by its list of values. A family computes the list
// from its formula; encoding is a binary search over precomputed decision thresholds.
#pragma once

#include <array>
#include <vector>

#include "models/numeric/format.h"

namespace bitloom {

// Where a value half-way between two neighbours goes.
enum class TieRule : std::uint8_t {
    larger_value,                // toward +infinity, for negative values too
    even_code,                   // the neighbour whose code ends in 0
    even_code_but_up_from_zero,  // as even_code, but away from zero between zero and its neighbours
};

struct TableSpec {
    std::string name;
    std::string description;
    int bits = 0;  // 2..8
    bool is_signed = false;
    TieRule ties = TieRule::larger_value;
    std::uint32_t nan_code = 0;  // what NaN encodes to
    // True: zero keeps its sign when encoded, and the code of -0 is the sign bit alone.
    // False: a second zero code is decoded, never encoded.
    bool encodes_negative_zero = false;
    std::vector<Value> values;  // by code; code 0 is zero; finite values differ except in zero
    std::vector<BaseExponent> base_exponents;  // by code; empty when the format has none
};

class TableFormat final : public Format {
public:
    explicit TableFormat(TableSpec spec);

    const std::string& name() const override { return spec_.name; }
    int bits() const override { return spec_.bits; }
    bool is_signed() const override { return spec_.is_signed; }
    const std::string& description() const override { return spec_.description; }

    Value decode(std::uint32_t code) const override;
    std::uint32_t encode(double value) const override;
    double max_value() const override { return max_; }
    double min_value() const override { return min_; }
    BaseExponent decode_base_exponent(std::uint32_t code) const override;
    bool has_base_exponent() const override { return !spec_.base_exponents.empty(); }

private:
    void encode_block(const float* in, std::size_t count, double scale,
                      std::uint8_t* out) const override;
    void encode_block(const double* in, std::size_t count, double scale,
                      std::uint8_t* out) const override;
    std::uint8_t lookup(double value) const;
    template <class T>
    void lookup_each(const T* in, std::size_t count, double scale, std::uint8_t* out) const;

    TableSpec spec_;
    double max_ = 0;
    double min_ = 0;
    std::uint8_t negative_zero_code_ = 0;
    std::size_t first_step_ = 0;           // 2^(bits-1)
    std::array<double, 255> thresholds_;   // ascending, then NaN, which nothing reaches
    std::array<std::uint8_t, 256> codes_;  // codes_[number of thresholds reached]
};

}  // namespace bitloom
