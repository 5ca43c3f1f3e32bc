// SPDX-License-Identifier: Apache-2.0
#include "models/chip/cim_chip/im2col.h"

#include <algorithm>
#include <cmath>

#include "models/array/convolution_tile.h"
#include "models/base/error.h"

namespace bitloom {

namespace {

// Output rows (or columns) times kernel taps whose input lies inside of the picture.
std::int64_t taps_inside(std::int64_t in, std::int64_t out, std::int64_t kernel,
                         std::int64_t stride, std::int64_t pad, std::int64_t dilation) {
    std::int64_t count = 0;
    for (std::int64_t o = 0; o < out; ++o)
        for (std::int64_t k = 0; k < kernel; ++k) {
            const std::int64_t at = o * stride - pad + k * dilation;
            count += at >= 0 && at < in ? 1 : 0;
        }
    return count;
}

}  // namespace

InputCodes::InputCodes(const Format& format, int dac_bits) : bits_(format.bits()) {
    const std::string& name = format.name();
    if (!(name.starts_with("int") || name.starts_with("uint")) || bits_ < 2 || bits_ > 8)
        fail("{} activations: input converters take integers: must be int2..int8 or uint2..uint8",
             name);
    const std::int64_t most = (std::int64_t{1} << (dac_bits - 1)) - 1;
    // Signed formats are taken as symmetric: their one value below -max saturates.
    while ((static_cast<std::int64_t>(format.max_value()) >> shift_) > most) ++shift_;
    const std::int64_t half = shift_ > 0 ? std::int64_t{1} << (shift_ - 1) : 0;
    for (std::uint32_t stored = 0; stored < format.code_count(); ++stored) {
        const auto value = static_cast<std::int64_t>(format.value(stored));
        codes_[stored] =
            static_cast<std::int8_t>(std::clamp((value + half) >> shift_, -most, most));
    }
}

std::int64_t Im2col::read_bits() const {
    return taps_inside(in_h, out_h, window.kernel_h, window.stride_h, window.pad_top,
                       window.dilation_h) *
           taps_inside(in_w, out_w, window.kernel_w, window.stride_w, window.pad_left,
                       window.dilation_w) *
           channels * codes.bits();
}

void Im2col::gather(std::span<const std::byte> activations, std::int64_t m,
                    std::span<std::int8_t> row) const {
    BITLOOM_CHECK(std::ssize(row) == rows(), "{} rows, not {}", rows(), row.size());
    const std::int64_t pixel_bytes = packed_bytes(channels, codes.bits());
    std::int8_t* out = row.data();
    for (std::int64_t kh = 0; kh < window.kernel_h; ++kh) {
        const std::int64_t y =
            m / out_w * window.stride_h - window.pad_top + kh * window.dilation_h;
        for (std::int64_t kw = 0; kw < window.kernel_w; ++kw, out += channels) {
            const std::int64_t x =
                m % out_w * window.stride_w - window.pad_left + kw * window.dilation_w;
            if (y < 0 || y >= in_h || x < 0 || x >= in_w) {
                std::fill_n(out, channels, std::int8_t{0});
                continue;
            }
            const std::byte* pixel = activations.data() + (y * in_w + x) * pixel_bytes;
            for (std::int64_t c = 0; c < channels; ++c)
                out[c] = codes.code(packed_code(pixel, c, codes.bits()));
        }
    }
}

std::vector<std::int8_t> Im2col::gather_all(std::span<const std::byte> activations) const {
    std::vector<std::int8_t> all(static_cast<std::size_t>(positions() * rows()));
    const auto length = static_cast<std::size_t>(rows());
    for (std::int64_t m = 0; m < positions(); ++m)
        gather(activations, m,
               std::span(all).subspan(static_cast<std::size_t>(m) * length, length));
    return all;
}

}  // namespace bitloom
