// SPDX-License-Identifier: Apache-2.0
// The piece of a convolution (a GEMM is a 1x1 convolution over M x 1 pixels) that one array command
// computes, and where its operands lie in the scratchpads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "workloads/trace/layer.h"

namespace bitloom {

// Bytes of a vector of `count` codes; every vector starts on a byte.
constexpr std::int64_t packed_bytes(std::int64_t count, int bits) {
    return (count * bits + 7) / 8;
}

inline std::uint32_t packed_code(const std::byte* vector, std::int64_t index, int bits) {
    if (bits == 8) return std::to_integer<std::uint32_t>(vector[index]);
    const std::int64_t first = index * bits;
    std::uint32_t word = std::to_integer<std::uint32_t>(vector[first / 8]);
    if (first % 8 + bits > 8) word |= std::to_integer<std::uint32_t>(vector[first / 8 + 1]) << 8;
    return (word >> (first % 8)) & ((1u << bits) - 1u);
}

struct ConvolutionTile {
    // Activation scratchpad: [band_h][band_w] pixels, padding included, each a packed vector of
    // `channels` codes; the tile reads channels channel_begin .. channel_begin+group_channels-1.
    std::int64_t band_h = 1, band_w = 1, channels = 1;
    std::int64_t channel_begin = 0, group_channels = 1;
    // Rows and columns of the band that are padding. Their bytes are zero; where the format has no
    // value zero, they take no part in the sums.
    std::int64_t pad_top = 0, pad_bottom = 0, pad_left = 0, pad_right = 0;
    // Strides and dilations of `window` hold; its padding is already in the band.
    Window window;
    std::int64_t out_h = 1, out_w = 1;    // M = out_h * out_w
    std::int64_t n = 1;                   // output channels
    std::int64_t k_begin = 0, k_end = 1;  // slice of K = kernel_h * kernel_w * group_channels
    // Weight scratchpad: n packed vectors of k_end-k_begin codes, or with k_major k_end-k_begin
    // packed vectors of n codes.
    bool k_major = false;
    int activation_bits = 4, weight_bits = 4;
    bool accumulate = false;       // add to the psums already in the output scratchpad
    std::int64_t psum_column = 0;  // of the tile's first channel in the psum tile

    std::int64_t m() const { return out_h * out_w; }
    std::int64_t k() const { return k_end - k_begin; }
    bool is_padding(std::int64_t band_row, std::int64_t band_column) const {
        return band_row < pad_top || band_row >= band_h - pad_bottom || band_column < pad_left ||
               band_column >= band_w - pad_right;
    }
    // Whether index k of the whole K of output pixel m lies in the padding.
    bool is_padding_of(std::int64_t m, std::int64_t k) const;
    // The activation code of output pixel m for index k of the whole K, order (kh, kw, channel).
    std::uint32_t activation_code(const std::byte* band, std::int64_t m, std::int64_t k) const;
    std::uint32_t weight_code(const std::byte* weights, std::int64_t n, std::int64_t k) const;
    std::int64_t activation_bytes() const;
    std::int64_t weight_bytes() const;
};

}  // namespace bitloom
