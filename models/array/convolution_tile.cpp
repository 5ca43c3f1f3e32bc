// SPDX-License-Identifier: Apache-2.0
#include "models/array/convolution_tile.h"

namespace bitloom {

std::uint32_t ConvolutionTile::activation_code(const std::byte* band, std::int64_t m,
                                               std::int64_t k) const {
    const std::int64_t channel = k % group_channels;
    const std::int64_t kw = k / group_channels % window.kernel_w;
    const std::int64_t kh = k / group_channels / window.kernel_w;
    const std::int64_t h = m / out_w * window.stride_h + kh * window.dilation_h;
    const std::int64_t w = m % out_w * window.stride_w + kw * window.dilation_w;
    const std::byte* pixel = band + (h * band_w + w) * packed_bytes(channels, activation_bits);
    return packed_code(pixel, channel_begin + channel, activation_bits);
}

bool ConvolutionTile::is_padding_of(std::int64_t m, std::int64_t k) const {
    const std::int64_t kw = k / group_channels % window.kernel_w;
    const std::int64_t kh = k / group_channels / window.kernel_w;
    return is_padding(m / out_w * window.stride_h + kh * window.dilation_h,
                      m % out_w * window.stride_w + kw * window.dilation_w);
}

std::uint32_t ConvolutionTile::weight_code(const std::byte* weights, std::int64_t column,
                                           std::int64_t index) const {
    const std::int64_t row = index - k_begin;
    if (k_major)
        return packed_code(weights + row * packed_bytes(n, weight_bits), column, weight_bits);
    return packed_code(weights + column * packed_bytes(k(), weight_bits), row, weight_bits);
}

std::int64_t ConvolutionTile::activation_bytes() const {
    return band_h * band_w * packed_bytes(channels, activation_bits);
}

std::int64_t ConvolutionTile::weight_bytes() const {
    return k_major ? k() * packed_bytes(n, weight_bits) : n * packed_bytes(k(), weight_bits);
}

}  // namespace bitloom
