// SPDX-License-Identifier: Apache-2.0
#include "models/array/gemm_kernel.h"

#include <oneapi/tbb/blocked_range2d.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "models/array/gemm_micro_kernel.h"
#include "models/base/error.h"

namespace bitloom {

namespace {

std::int64_t even(std::int64_t count) { return (count + 1) / 2 * 2; }

// Below this many multiply-accumulates threads cost more than they save.
constexpr std::int64_t parallel_macs = 1 << 19;

}  // namespace

ReductionRuns::ReductionRuns(const ConvolutionTile& tile) {
    const std::int64_t channels = tile.group_channels;
    const std::int64_t padded = even(channels);
    // With undilated columns a whole kernel row is contiguous in the band.
    const std::int64_t taps = tile.window.dilation_w == 1 ? tile.window.kernel_w : 1;
    const std::int64_t pieces = tile.window.kernel_h * tile.window.kernel_w / taps;
    for (std::int64_t piece = 0; piece < pieces; ++piece) {
        const std::int64_t first = piece * taps * channels;
        const std::int64_t begin = std::max(tile.k_begin, first);
        const std::int64_t end = std::min(tile.k_end, first + taps * channels);
        if (begin >= end) continue;
        const std::int64_t kh = piece * taps / tile.window.kernel_w;
        const std::int64_t kw = piece * taps % tile.window.kernel_w;
        const std::int64_t pixel = kh * tile.window.dilation_h * tile.band_w +
                                   kw * tile.window.dilation_w;
        // Extend the slice to an even start and length; positions outside it get zero weights.
        const auto position = [&](std::int64_t k) {
            return (k - first) / channels * padded + (k - first) % channels;
        };
        const std::int64_t from = position(begin) / 2 * 2;
        const std::int64_t to = even(position(end - 1) + 1);
        runs_.push_back({pixel * padded + from, to - from});
        for (std::int64_t p = from; p < to; ++p) {
            const std::int64_t channel = p % padded;
            const std::int64_t k = first + p / padded * channels + channel;
            const bool inside = channel < channels && k >= begin && k < end;
            k_of_position_.push_back(inside ? k : -1);
        }
    }
}

UnpackedActivations::UnpackedActivations(const ConvolutionTile& tile, const std::byte* band,
                                         const AntDecoder& decoder)
    : band_h_(tile.band_h),
      band_w_(tile.band_w),
      channel_begin_(tile.channel_begin),
      group_channels_(tile.group_channels),
      padded_channels_(even(tile.group_channels)) {
    const std::int64_t pixels = band_h_ * band_w_;
    values_.resize(static_cast<std::size_t>(pixels * padded_channels_));
    const std::int64_t pixel_bytes = packed_bytes(tile.channels, tile.activation_bits);
    const int bits = tile.activation_bits;
    const std::vector<std::int16_t>& table = decoder.values();
    std::array<std::array<std::int16_t, 2>, 256> pairs{};
    const bool by_pairs = bits == 4 && channel_begin_ % 2 == 0;
    if (by_pairs)
        for (std::size_t byte = 0; byte < 256; ++byte)
            pairs[byte] = {table[byte & 15], table[byte >> 4]};

    const auto unpack = [&](std::int64_t pixel) {
        const std::byte* codes = band + pixel * pixel_bytes;
        std::int16_t* out = values_.data() + pixel * padded_channels_;
        if (bits == 8) {
            for (std::int64_t c = 0; c < group_channels_; ++c)
                out[c] = table[std::to_integer<std::size_t>(codes[channel_begin_ + c])];
        } else if (by_pairs) {
            const std::byte* bytes = codes + channel_begin_ / 2;
            std::int64_t c = 0;
            for (; c + 1 < group_channels_; c += 2) {
                const auto& pair = pairs[std::to_integer<std::size_t>(bytes[c / 2])];
                out[c] = pair[0];
                out[c + 1] = pair[1];
            }
            if (c < group_channels_) out[c] = pairs[std::to_integer<std::size_t>(bytes[c / 2])][0];
        } else {
            for (std::int64_t c = 0; c < group_channels_; ++c)
                out[c] = table[packed_code(codes, channel_begin_ + c, bits)];
        }
        if (group_channels_ < padded_channels_) out[group_channels_] = 0;
    };
    if (pixels * group_channels_ < parallel_macs / 8) {
        for (std::int64_t pixel = 0; pixel < pixels; ++pixel) unpack(pixel);
    } else {
        tbb::parallel_for(tbb::blocked_range<std::int64_t>(0, pixels, 256), [&](const auto& range) {
            for (std::int64_t pixel = range.begin(); pixel < range.end(); ++pixel) unpack(pixel);
        });
    }
}

bool UnpackedActivations::matches(const ConvolutionTile& tile) const {
    return band_h_ == tile.band_h && band_w_ == tile.band_w &&
           channel_begin_ == tile.channel_begin && group_channels_ == tile.group_channels;
}

PackedWeights::PackedWeights(const ConvolutionTile& tile, const ReductionRuns& runs,
                             const std::byte* weights, const AntDecoder& decoder) {
    const std::vector<std::int64_t>& positions = runs.k_of_position();
    const auto count = static_cast<std::int64_t>(positions.size());
    const std::int64_t panels = (tile.n + panel_columns - 1) / panel_columns;
    panel_size_ = count * panel_columns;
    values_.assign(static_cast<std::size_t>(panels * panel_size_), 0);
    std::vector<std::int64_t> column_sums(static_cast<std::size_t>(panels * panel_columns), 0);
    const auto pack = [&](std::int64_t panel) {
        std::int16_t* out = values_.data() + panel * panel_size_;
        const std::int64_t columns = std::min(panel_columns, tile.n - panel * panel_columns);
        for (std::int64_t column = 0; column < columns; ++column) {
            const std::int64_t n = panel * panel_columns + column;
            std::int64_t sum = 0;
            for (std::int64_t p = 0; p < count; ++p) {
                const std::int64_t k = positions[static_cast<std::size_t>(p)];
                if (k < 0) continue;
                const std::int16_t value = decoder.value(tile.weight_code(weights, n, k));
                out[p / 2 * 2 * panel_columns + column * 2 + p % 2] = value;
                sum += std::abs(static_cast<int>(value));
            }
            column_sums[static_cast<std::size_t>(n)] = sum;
        }
    };
    if (tile.n * count < parallel_macs / 8) {
        for (std::int64_t panel = 0; panel < panels; ++panel) pack(panel);
    } else {
        tbb::parallel_for(std::int64_t{0}, panels, pack);
    }
    for (const std::int64_t sum : column_sums)
        largest_column_sum_ = std::max(largest_column_sum_, sum);
}

void multiply(const ConvolutionTile& tile, const ReductionRuns& runs,
              const UnpackedActivations& activations, const PackedWeights& weights,
              std::int32_t* psums, std::int64_t row_length) {
    constexpr std::int64_t columns = PackedWeights::panel_columns;
    constexpr std::int64_t block_rows = micro_kernel_rows;
    const MicroKernel kernel = best_micro_kernel();
    const std::int64_t m = tile.m();
    const std::int64_t row_pitch =
        tile.window.stride_h * tile.band_w * activations.padded_channels();
    const std::int64_t column_pitch = tile.window.stride_w * activations.padded_channels();
    const auto row = [&](std::int64_t index) {
        return activations.data() + index / tile.out_w * row_pitch +
               index % tile.out_w * column_pitch;
    };
    const std::int64_t panels = (tile.n + columns - 1) / columns;
    const std::int64_t blocks = (m + block_rows - 1) / block_rows;

    const auto run = [&](std::int64_t panel, std::int64_t block) {
        const std::int16_t* rows[block_rows];
        std::int32_t sums[block_rows * columns];
        const std::int64_t first = block * block_rows;
        const std::int64_t count = std::min(block_rows, m - first);
        for (std::int64_t r = 0; r < block_rows; ++r)
            rows[r] = row(first + std::min(r, count - 1));
        kernel(rows, runs.runs().data(), static_cast<std::int64_t>(runs.runs().size()),
               weights.panel(panel), sums);
        const std::int64_t used = std::min(columns, tile.n - panel * columns);
        for (std::int64_t r = 0; r < count; ++r) {
            std::int32_t* out = psums + (first + r) * row_length + panel * columns;
            const std::int32_t* in = sums + r * columns;
            if (tile.accumulate) {
                for (std::int64_t c = 0; c < used; ++c)
                    out[c] = static_cast<std::int32_t>(static_cast<std::uint32_t>(out[c]) +
                                                       static_cast<std::uint32_t>(in[c]));
            } else {
                std::copy(in, in + used, out);
            }
        }
    };
    if (m * tile.n * tile.k() < parallel_macs) {
        for (std::int64_t panel = 0; panel < panels; ++panel)
            for (std::int64_t block = 0; block < blocks; ++block) run(panel, block);
    } else {
        const tbb::blocked_range2d<std::int64_t> space(0, panels, 1, 0, blocks, 16);
        tbb::parallel_for(space, [&](const auto& range) {
            for (std::int64_t panel = range.rows().begin(); panel < range.rows().end(); ++panel)
                for (std::int64_t block = range.cols().begin(); block < range.cols().end(); ++block)
                    run(panel, block);
        });
    }
}

}  // namespace bitloom
