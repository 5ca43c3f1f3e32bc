// SPDX-License-Identifier: Apache-2.0
#include "models/array/bit_serial/code_matrix.h"

#include <algorithm>
#include <cstring>

namespace bitloom {

namespace {

// Codes first .. first+count-1 of a packed vector.
void unpack(const std::byte* vector, std::int64_t first, std::int64_t count, int bits,
            std::uint8_t* out) {
    if (bits == 8) {
        std::memcpy(out, vector + first, static_cast<std::size_t>(count));
        return;
    }
    std::int64_t i = 0;
    // Eight codes lie in `bits` whole bytes.
    if (first % 8 == 0) {
        const std::byte* bytes = vector + first / 8 * bits;
        const auto mask = static_cast<std::uint8_t>((1 << bits) - 1);
        for (; i + 8 <= count; i += 8, bytes += bits) {
            std::uint64_t group = 0;
            std::memcpy(&group, bytes, static_cast<std::size_t>(bits));
            for (int c = 0; c < 8; ++c)
                out[i + c] = static_cast<std::uint8_t>(group >> (c * bits)) & mask;
        }
    }
    for (; i < count; ++i) out[i] = static_cast<std::uint8_t>(packed_code(vector, first + i, bits));
}

// Gathers the windows of a band that holds `channels` bytes a pixel.
CodeMatrix gather(const ConvolutionTile& tile, const std::vector<std::uint8_t>& band) {
    const std::int64_t channels = tile.group_channels;
    CodeMatrix matrix{tile.m(), tile.k(), {}};
    matrix.codes.resize(static_cast<std::size_t>(matrix.vectors * matrix.length));
    const Window& window = tile.window;
    for (std::int64_t m = 0; m < tile.m(); ++m) {
        std::uint8_t* out = matrix.codes.data() + m * matrix.length;
        const std::int64_t h = m / tile.out_w * window.stride_h;
        const std::int64_t w = m % tile.out_w * window.stride_w;
        for (std::int64_t k = tile.k_begin; k < tile.k_end;) {
            const std::int64_t tap = k / channels, channel = k % channels;
            const std::int64_t count = std::min(channels - channel, tile.k_end - k);
            const std::int64_t pixel =
                (h + tap / window.kernel_w * window.dilation_h) * tile.band_w + w +
                tap % window.kernel_w * window.dilation_w;
            std::memcpy(out, band.data() + pixel * channels + channel,
                        static_cast<std::size_t>(count));
            out += count;
            k += count;
        }
    }
    return matrix;
}

}  // namespace

CodeMatrix activation_codes(const ConvolutionTile& tile, const std::byte* band) {
    const std::int64_t pixels = tile.band_h * tile.band_w;
    const std::int64_t pitch = packed_bytes(tile.channels, tile.activation_bits);
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(pixels * tile.group_channels));
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
        unpack(band + pixel * pitch, tile.channel_begin, tile.group_channels, tile.activation_bits,
               codes.data() + pixel * tile.group_channels);
    return gather(tile, codes);
}

CodeMatrix weight_codes(const ConvolutionTile& tile, const std::byte* weights) {
    CodeMatrix matrix{tile.n, tile.k(), {}};
    matrix.codes.resize(static_cast<std::size_t>(tile.n * tile.k()));
    const std::int64_t pitch = packed_bytes(tile.k_major ? tile.n : tile.k(), tile.weight_bits);
    if (!tile.k_major) {
        for (std::int64_t n = 0; n < tile.n; ++n)
            unpack(weights + n * pitch, 0, tile.k(), tile.weight_bits,
                   matrix.codes.data() + n * tile.k());
        return matrix;
    }
    std::vector<std::uint8_t> row(static_cast<std::size_t>(tile.n));
    for (std::int64_t k = 0; k < tile.k(); ++k) {
        unpack(weights + k * pitch, 0, tile.n, tile.weight_bits, row.data());
        for (std::int64_t n = 0; n < tile.n; ++n)
            matrix.codes[static_cast<std::size_t>(n * tile.k() + k)] =
                row[static_cast<std::size_t>(n)];
    }
    return matrix;
}

CodeMatrix participation(const ConvolutionTile& tile) {
    std::vector<std::uint8_t> band(
        static_cast<std::size_t>(tile.band_h * tile.band_w * tile.group_channels));
    for (std::int64_t pixel = 0; pixel < tile.band_h * tile.band_w; ++pixel)
        std::fill_n(band.begin() + pixel * tile.group_channels, tile.group_channels,
                    tile.is_padding(pixel / tile.band_w, pixel % tile.band_w) ? 0 : 1);
    return gather(tile, band);
}

bool has_padding(const ConvolutionTile& tile) {
    return tile.pad_top > 0 || tile.pad_bottom > 0 || tile.pad_left > 0 || tile.pad_right > 0;
}

}  // namespace bitloom
