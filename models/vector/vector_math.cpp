// SPDX-License-Identifier: Apache-2.0
#include "models/vector/vector_math.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bitloom {

namespace {

std::int16_t clamp_word(const LayerParameters& p, std::int64_t value) {
    return static_cast<std::int16_t>(
        std::clamp<std::int64_t>(value, p.clamp_low, p.clamp_high));
}

// exp(-i/32) in Q16, i = 0..512: the domain 0..16 in steps of 2^-5.
const std::array<std::int32_t, 513>& exponent_table() {
    static const auto table = [] {
        std::array<std::int32_t, 513> t{};
        for (std::size_t i = 0; i < t.size(); ++i)
            t[i] = static_cast<std::int32_t>(
                std::lround(std::exp(-static_cast<double>(i) / 32.0) * 65536.0));
        return t;
    }();
    return table;
}

// exp(-u/4096) in Q16 by linear interpolation; u in 0..65535, larger is 0.
std::int64_t exponent(std::int32_t u) {
    if (u > 65535) return 0;
    const auto& table = exponent_table();
    const auto index = static_cast<std::size_t>(u >> 7);
    const std::int32_t slope = table[index + 1] - table[index];
    return table[index] + ((slope * (u & 127) + 64) >> 7);
}

}  // namespace

void finish_psums(const LayerParameters& p, const std::int32_t* psums, std::int64_t rows,
                  std::int64_t channels, std::int64_t first_channel, const std::int16_t* residual,
                  std::int16_t* words) {
    const bool per_channel = p.multipliers.size() > 1;
    const Multiplier* multipliers = p.multipliers.data() + (per_channel ? first_channel : 0);
    const std::int32_t* bias = p.bias.empty() ? nullptr : p.bias.data() + first_channel;
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t c = 0; c < channels; ++c) {
            const std::int64_t at = row * channels + c;
            std::int64_t sum = psums[at];
            if (bias != nullptr)
                sum = std::clamp<std::int64_t>(sum + bias[c], INT32_MIN, INT32_MAX);
            std::int64_t word = saturate16(
                requantize(static_cast<std::int32_t>(sum), multipliers[per_channel ? c : 0]));
            if (residual != nullptr) word += saturate16(requantize(residual[at], p.residual));
            words[at] = clamp_word(p, word);
        }
}

void rescale(const LayerParameters& p, std::size_t index, std::span<const std::int16_t> in,
             std::int16_t* words) {
    for (std::size_t i = 0; i < in.size(); ++i)
        words[i] = clamp_word(p, requantize(in[i], p.multipliers[index]));
}

void add_words(const LayerParameters& p, std::span<const std::int16_t> a, const std::int16_t* b,
               std::int16_t* words) {
    for (std::size_t i = 0; i < a.size(); ++i)
        words[i] = clamp_word(p, static_cast<std::int64_t>(requantize(a[i], p.multipliers[0])) +
                                     requantize(b[i], p.multipliers[1]));
}

void add_constant(const LayerParameters& p, std::span<const std::int16_t> a,
                  std::int64_t constant_offset, std::int16_t* words) {
    const std::int16_t* b = p.constant.data() + constant_offset;
    for (std::size_t i = 0; i < a.size(); ++i)
        words[i] = clamp_word(p, static_cast<std::int64_t>(requantize(a[i], p.multipliers[0])) +
                                     requantize(b[i], p.constant_multiplier));
}

void pool(const LayerParameters& p, const Window& window, const PoolBand& band,
          const std::int16_t* in, std::int16_t* words) {
    const bool max = p.op == Operator::max_pool;
    for (std::int64_t oh = band.row_begin; oh < band.row_end; ++oh)
        for (std::int64_t ow = 0; ow < band.out_w; ++ow) {
            std::int16_t* out =
                words + ((oh - band.row_begin) * band.out_w + ow) * band.channels;
            for (std::int64_t c = 0; c < band.channels; ++c) {
                std::int32_t best = INT16_MIN;
                std::int32_t sum = 0;
                std::size_t count = 0;
                for (std::int64_t kh = 0; kh < window.kernel_h; ++kh)
                    for (std::int64_t kw = 0; kw < window.kernel_w; ++kw) {
                        const std::int64_t h =
                            oh * window.stride_h - window.pad_top + kh * window.dilation_h;
                        const std::int64_t w =
                            ow * window.stride_w - window.pad_left + kw * window.dilation_w;
                        if (h < 0 || h >= band.in_h || w < 0 || w >= band.in_w) continue;
                        const std::int16_t x =
                            in[((h - band.band_begin) * band.in_w + w) * band.channels + c];
                        best = std::max<std::int32_t>(best, x);
                        sum += x;
                        ++count;
                    }
                // A window that holds padding only gives zero.
                const std::int32_t word =
                    count == 0 ? 0
                    : max      ? requantize(best, p.multipliers[0])
                               : requantize(sum, p.by_count[count]);
                out[c] = clamp_word(p, word);
            }
        }
}

void softmax_rows(const LayerParameters& p, const std::int16_t* in, std::int64_t rows,
                  std::int64_t features, std::int16_t* words) {
    std::vector<std::int64_t> powers(static_cast<std::size_t>(features));
    for (std::int64_t row = 0; row < rows; ++row, in += features, words += features) {
        const std::int32_t largest = *std::max_element(in, in + features);
        std::int64_t sum = 0;
        for (std::int64_t i = 0; i < features; ++i) {
            const std::int32_t u = requantize(largest - in[i], p.exponent_scale);
            sum += powers[static_cast<std::size_t>(i)] = exponent(u);
        }
        // The largest element contributes 2^16, so sum >= 2^16 and the reciprocal fits 31 bits.
        const std::int64_t reciprocal = ((std::int64_t{1} << 46) + sum / 2) / sum;
        for (std::int64_t i = 0; i < features; ++i) {
            const std::int64_t q15 =
                (powers[static_cast<std::size_t>(i)] * reciprocal + (std::int64_t{1} << 30)) >> 31;
            words[i] = clamp_word(
                p, requantize(static_cast<std::int32_t>(q15), p.probability_scale));
        }
    }
}

std::uint32_t integer_square_root(std::uint64_t value) {
    auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(value)));
    while (root > 0 && (root > 0xffffffffu || root * root > value)) --root;
    while (root < 0xffffffffu && (root + 1) * (root + 1) <= value) ++root;
    return static_cast<std::uint32_t>(root);
}

void layer_norm_rows(const LayerParameters& p, const std::int16_t* in, std::int64_t rows,
                     std::int64_t features, std::int16_t* words) {
    for (std::int64_t row = 0; row < rows; ++row, in += features, words += features) {
        std::int64_t sum = 0;
        for (std::int64_t i = 0; i < features; ++i) sum += in[i];
        // Four fractional bits for the mean and the deviations.
        const std::int64_t scaled = sum * 16;
        const std::int64_t mean =
            (scaled >= 0 ? scaled + features / 2 : scaled - features / 2) / features;
        std::int64_t squares = 0;
        for (std::int64_t i = 0; i < features; ++i) {
            const std::int64_t d = in[i] * 16 - mean;
            squares += d * d;
        }
        const std::int64_t variance = squares / features + p.epsilon;
        // Eight fractional bits for the standard deviation.
        const std::int64_t deviation = std::max<std::int64_t>(
            1, integer_square_root(static_cast<std::uint64_t>(
                   std::min<std::int64_t>(variance, std::int64_t{1} << 47)) << 16));
        const std::int64_t reciprocal = (std::int64_t{1} << 45) / deviation;
        for (std::int64_t i = 0; i < features; ++i) {
            const std::int64_t d = in[i] * 16 - mean;
            // d * 2^8 / deviation in Q13; |d| <= deviation * sqrt(features) / 2^8.
            const std::int64_t z = std::clamp<std::int64_t>(
                (d * reciprocal + (std::int64_t{1} << 23)) >> 24, INT32_MIN / 2, INT32_MAX / 2);
            const auto c = static_cast<std::size_t>(i);
            std::int64_t y = requantize(static_cast<std::int32_t>(z), p.gamma[c]);
            if (p.gamma_negative[c]) y = -y;
            words[i] = clamp_word(p, y + p.beta[c]);
        }
    }
}

void gelu_words(const LayerParameters& p, std::span<const std::int16_t> in, std::int16_t* words) {
    for (std::size_t i = 0; i < in.size(); ++i) {
        const std::int32_t u = in[i] + 32768;
        const auto index = static_cast<std::size_t>(u >> 7);
        const std::int32_t slope = p.curve[index + 1] - p.curve[index];
        words[i] = clamp_word(
            p, p.curve[index] + ((static_cast<std::int64_t>(slope) * (u & 127) + 64) >> 7));
    }
}

}  // namespace bitloom
