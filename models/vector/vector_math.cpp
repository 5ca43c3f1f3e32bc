// SPDX-License-Identifier: Apache-2.0
#include "models/vector/vector_math.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "models/numeric/requantize_inline.h"
#include "models/vector/parallel_ranges.h"
#include "models/vector/requantize_kernel.h"

namespace bitloom {

namespace {

std::int16_t clamp_word(const LayerParameters& p, std::int64_t value) {
    return static_cast<std::int16_t>(std::clamp<std::int64_t>(value, p.clamp_low, p.clamp_high));
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
std::int32_t exponent(std::int32_t u) {
    if (u > 65535) return 0;
    const auto& table = exponent_table();
    const auto index = static_cast<std::size_t>(u >> 7);
    const std::int32_t slope = table[index + 1] - table[index];
    return table[index] + ((slope * (u & 127) + 64) >> 7);
}

// clamp(a * of_a + b * of_b), or without b.
void requantize_words(const LayerParameters& p, std::span<const std::int16_t> a,
                      const Multiplier& of_a, const std::int16_t* b, const Multiplier& of_b,
                      std::int16_t* words) {
    const MultiplierLanes lanes_a(of_a), lanes_b(of_b);
    const RequantizeKernel& kernel = best_requantize_kernel();
    for_ranges(std::ssize(a), 1, [&](std::int64_t begin, std::int64_t end) {
        kernel.words({a.data() + begin, end - begin, &lanes_a, b == nullptr ? nullptr : b + begin,
                      &lanes_b, p.clamp_low, p.clamp_high},
                     words + begin);
    });
}

}  // namespace

void finish_psums(const LayerParameters& p, const std::int32_t* psums, std::int64_t rows,
                  std::int64_t channels, std::int64_t first_channel, const std::int16_t* residual,
                  std::int16_t* words) {
    const bool per_channel = p.multipliers.size() > 1;
    const MultiplierLanes multipliers =
        per_channel ? MultiplierLanes(std::span(p.multipliers)
                                          .subspan(static_cast<std::size_t>(first_channel),
                                                   static_cast<std::size_t>(channels)))
                    : MultiplierLanes(p.multipliers.front());
    const MultiplierLanes of_residual(p.residual);
    const RequantizeKernel& kernel = best_requantize_kernel();
    PsumRun run;
    run.count = channels;
    run.multipliers = &multipliers;
    run.bias = p.bias.empty() ? nullptr : p.bias.data() + first_channel;
    run.residual_multiplier = &of_residual;
    run.clamp_low = p.clamp_low;
    run.clamp_high = p.clamp_high;
    for_ranges(rows, channels, [&](std::int64_t begin, std::int64_t end) {
        PsumRun row_run = run;
        for (std::int64_t at = begin * channels; at < end * channels; at += channels) {
            row_run.psums = psums + at;
            row_run.residual = residual == nullptr ? nullptr : residual + at;
            kernel.psums(row_run, words + at);
        }
    });
}

void rescale(const LayerParameters& p, std::size_t index, std::span<const std::int16_t> in,
             std::int16_t* words) {
    requantize_words(p, in, p.multipliers[index], nullptr, {}, words);
}

void add_words(const LayerParameters& p, std::span<const std::int16_t> a, const std::int16_t* b,
               std::int16_t* words) {
    requantize_words(p, a, p.multipliers[0], b, p.multipliers[1], words);
}

void add_constant(const LayerParameters& p, std::span<const std::int16_t> a,
                  std::int64_t constant_offset, std::int16_t* words) {
    requantize_words(p, a, p.multipliers[0], p.constant.data() + constant_offset,
                     p.constant_multiplier, words);
}

void softmax_rows(const LayerParameters& p, const std::int16_t* in, std::int64_t rows,
                  std::int64_t features, std::int16_t* words) {
    const auto one_row = [&](const std::int16_t* x, std::int32_t* powers, std::int16_t* out) {
        const std::int32_t largest = *std::max_element(x, x + features);
        std::int64_t sum = 0;
        for (std::int64_t i = 0; i < features; ++i)
            sum += powers[i] = exponent(unchecked::requantize(largest - x[i], p.exponent_scale));
        // The largest element contributes 2^16, so sum >= 2^16 and the reciprocal fits 31 bits.
        const std::int64_t reciprocal = ((std::int64_t{1} << 46) + sum / 2) / sum;
        for (std::int64_t i = 0; i < features; ++i) {
            const std::int64_t q15 = (powers[i] * reciprocal + (std::int64_t{1} << 30)) >> 31;
            out[i] = clamp_word(
                p, unchecked::requantize(static_cast<std::int32_t>(q15), p.probability_scale));
        }
    };
    for_ranges(rows, features, [&](std::int64_t begin, std::int64_t end) {
        std::vector<std::int32_t> powers(static_cast<std::size_t>(features));
        for (std::int64_t at = begin * features; at < end * features; at += features)
            one_row(in + at, powers.data(), words + at);
    });
}

std::uint32_t integer_square_root(std::uint64_t value) {
    auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(value)));
    while (root > 0 && (root > 0xffffffffu || root * root > value)) --root;
    while (root < 0xffffffffu && (root + 1) * (root + 1) <= value) ++root;
    return static_cast<std::uint32_t>(root);
}

void layer_norm_rows(const LayerParameters& p, const std::int16_t* in, std::int64_t rows,
                     std::int64_t features, std::int16_t* words) {
    const auto one_row = [&](const std::int16_t* x, std::int16_t* out) {
        std::int64_t sum = 0;
        for (std::int64_t i = 0; i < features; ++i) sum += x[i];
        // Four fractional bits for the mean and the deviations.
        const std::int64_t scaled = sum * 16;
        const std::int64_t mean =
            (scaled >= 0 ? scaled + features / 2 : scaled - features / 2) / features;
        std::int64_t squares = 0;
        for (std::int64_t i = 0; i < features; ++i) {
            const std::int64_t d = x[i] * 16 - mean;
            squares += d * d;
        }
        // Sixteen fractional bits for the variance: in a long row of nearly equal words it is less
        // than one. |d| < 2^21, so that variance and epsilon together stay below 2^47.
        const std::int64_t variance =
            ((squares / features + p.epsilon) << 16) + (squares % features << 16) / features;
        // Eight fractional bits for the standard deviation.
        const std::int64_t deviation =
            std::max<std::int64_t>(1, integer_square_root(static_cast<std::uint64_t>(variance)));
        const std::int64_t reciprocal = (std::int64_t{1} << 45) / deviation;
        for (std::int64_t i = 0; i < features; ++i) {
            const std::int64_t d = x[i] * 16 - mean;
            // d * 2^8 / deviation in Q13; |d| <= deviation * sqrt(features) / 2^8.
            const std::int64_t z = std::clamp<std::int64_t>(
                (d * reciprocal + (std::int64_t{1} << 23)) >> 24, INT32_MIN / 2, INT32_MAX / 2);
            const auto c = static_cast<std::size_t>(i);
            std::int64_t y = unchecked::requantize(static_cast<std::int32_t>(z), p.gamma[c]);
            if (p.gamma_negative[c]) y = -y;
            out[i] = clamp_word(p, y + p.beta[c]);
        }
    };
    for_ranges(rows, features, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t at = begin * features; at < end * features; at += features)
            one_row(in + at, words + at);
    });
}

void gelu_words(const LayerParameters& p, std::span<const std::int16_t> in, std::int16_t* words) {
    const std::int32_t* curve = p.curve.data();
    for_ranges(std::ssize(in), 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int32_t u = in[static_cast<std::size_t>(i)] + 32768;
            const std::int32_t* point = curve + (u >> 7);
            const std::int64_t slope = point[1] - point[0];
            words[i] = clamp_word(p, point[0] + ((slope * (u & 127) + 64) >> 7));
        }
    });
}

}  // namespace bitloom
