// SPDX-License-Identifier: Apache-2.0
// The operands of an output position: the window's codes as the rows of a crossbar take them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/numeric/format.h"
#include "workloads/trace/layer.h"

namespace bitloom {

// From the stored code of an activation to the code that the input converter drives. A converter of
// b bits takes -(2^(b-1)-1)..2^(b-1)-1. Where a format has larger values, its upper bits are taken:
// code = round_half_up(value / 2^shift) with the least shift that fits, apart from the one value
// -2^(n-1) of a two's complement format, which saturates.
class InputCodes {
public:
    InputCodes() = default;
    // An integer format of 2..8 bits ("int8", "uint4"); another: Error, without a place.
    InputCodes(const Format& format, int dac_bits);

    int bits() const { return bits_; }    // of a stored code
    int shift() const { return shift_; }  // one input code is worth 2^shift of the format's units
    std::int8_t code(std::uint32_t stored) const { return codes_[stored]; }

private:
    int bits_ = 8;
    int shift_ = 0;
    std::array<std::int8_t, 256> codes_{};
};

// A convolution, or a gemm as a convolution of 1 x 1 over a column of pixels.
struct Im2col {
    std::int64_t in_h = 1, in_w = 1, channels = 1;
    std::int64_t out_h = 1, out_w = 1;
    Window window;
    InputCodes codes;

    std::int64_t positions() const { return out_h * out_w; }
    // Rows of the matrix: kernel_h * kernel_w * channels, in this order, channels of all groups.
    std::int64_t rows() const { return window.kernel_h * window.kernel_w * channels; }
    // Bits that are fetched for a position; padding is counted like data, it takes the same time.
    std::int64_t row_bits() const { return rows() * codes.bits(); }
    // Bits that are really read from memory for all positions: without padding.
    std::int64_t read_bits() const;

    // Input codes of position `m` (row-major) from packed activations, one pixel a whole number of
    // bytes. Padding is 0. row: rows() codes.
    void gather(std::span<const std::byte> activations, std::int64_t m,
                std::span<std::int8_t> row) const;
    // All positions: [positions][rows].
    std::vector<std::int8_t> gather_all(std::span<const std::byte> activations) const;
};

}  // namespace bitloom
