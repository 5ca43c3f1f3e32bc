// SPDX-License-Identifier: Apache-2.0
#include "models/array/gemm_kernel.h"

#include <oneapi/tbb/blocked_range2d.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

#include "models/array/gemm_micro_kernel.h"
#include "models/base/error.h"

namespace bitloom {

namespace {

std::int64_t even(std::int64_t count) {
    return (count + 1) / 2 * 2;
}

// Codes of a packed vector -> 16-bit values, from element `first` on.
class Unpacker {
public:
    Unpacker(const CodeValues& values, int bits) : table_(values.values()), bits_(bits) {
        if (bits == 4)
            for (std::size_t byte = 0; byte < 256; ++byte)
                pairs_[byte] = {table_[byte & 15], table_[byte >> 4]};
    }

    void unpack(const std::byte* codes, std::int64_t first, std::int64_t count,
                std::int16_t* out) const {
        if (bits_ == 8) {
            for (std::int64_t i = 0; i < count; ++i)
                out[i] = table_[std::to_integer<std::size_t>(codes[first + i])];
        } else if (bits_ == 4 && first % 2 == 0) {
            const std::byte* bytes = codes + first / 2;
            for (std::int64_t i = 0; i + 1 < count; i += 2)
                std::memcpy(out + i, &pairs_[std::to_integer<std::size_t>(bytes[i / 2])], 4);
            if (count % 2 != 0)
                out[count - 1] = pairs_[std::to_integer<std::size_t>(bytes[count / 2])][0];
        } else {
            for (std::int64_t i = 0; i < count; ++i)
                out[i] = table_[packed_code(codes, first + i, bits_)];
        }
    }

private:
    const std::vector<std::int16_t>& table_;
    int bits_;
    std::array<std::array<std::int16_t, 2>, 256> pairs_{};
};

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
        const std::int64_t pixel =
            kh * tile.window.dilation_h * tile.band_w + kw * tile.window.dilation_w;
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
                                         const CodeValues& values)
    : padded_channels_(even(tile.group_channels)) {
    const std::int64_t pixels = tile.band_h * tile.band_w;
    values_.resize(static_cast<std::size_t>(pixels * padded_channels_));
    const std::int64_t pixel_bytes = packed_bytes(tile.channels, tile.activation_bits);
    const Unpacker unpacker(values, tile.activation_bits);

    const auto unpack = [&](std::int64_t pixel) {
        std::int16_t* out = values_.data() + pixel * padded_channels_;
        if (!values.zero_is_zero() && tile.is_padding(pixel / tile.band_w, pixel % tile.band_w)) {
            std::fill_n(out, padded_channels_, std::int16_t{0});
            return;
        }
        unpacker.unpack(band + pixel * pixel_bytes, tile.channel_begin, tile.group_channels, out);
        if (tile.group_channels < padded_channels_) out[tile.group_channels] = 0;
    };
    if (pixels * tile.group_channels < parallel_macs / 8) {
        for (std::int64_t pixel = 0; pixel < pixels; ++pixel) unpack(pixel);
    } else {
        tbb::parallel_for(tbb::blocked_range<std::int64_t>(0, pixels, 256), [&](const auto& range) {
            for (std::int64_t pixel = range.begin(); pixel < range.end(); ++pixel) unpack(pixel);
        });
    }
}

PackedWeights::PackedWeights(const ConvolutionTile& tile, const ReductionRuns& runs,
                             const std::byte* weights, const CodeValues& values) {
    const std::vector<std::int64_t>& positions = runs.k_of_position();
    const auto count = static_cast<std::int64_t>(positions.size());
    const std::int64_t panels = (tile.n + panel_columns - 1) / panel_columns;
    panel_size_ = count * panel_columns;
    values_.assign(static_cast<std::size_t>(panels * panel_size_), 0);
    std::vector<std::int64_t> column_sums(static_cast<std::size_t>(panels * panel_columns), 0);
    const Unpacker unpacker(values, tile.weight_bits);
    const std::int64_t k = tile.k();
    const bool dense = count == k;  // no channel padding: position p is index k_begin + p
    const auto pack = [&](std::int64_t panel) {
        const std::int64_t first = panel * panel_columns;
        const std::int64_t columns = std::min(panel_columns, tile.n - first);
        // The panel's columns one after another, then interleaved pair by pair.
        std::vector<std::int16_t> rows(static_cast<std::size_t>(panel_columns * count), 0);
        std::vector<std::int16_t> vector(static_cast<std::size_t>(std::max(k, panel_columns)));
        if (tile.k_major) {
            const std::int64_t pitch = packed_bytes(tile.n, tile.weight_bits);
            for (std::int64_t p = 0; p < count; ++p) {
                const std::int64_t index = positions[static_cast<std::size_t>(p)];
                if (index < 0) continue;
                unpacker.unpack(weights + (index - tile.k_begin) * pitch, first, columns,
                                vector.data());
                for (std::int64_t column = 0; column < columns; ++column)
                    rows[static_cast<std::size_t>(column * count + p)] =
                        vector[static_cast<std::size_t>(column)];
            }
        } else {
            const std::int64_t pitch = packed_bytes(k, tile.weight_bits);
            for (std::int64_t column = 0; column < columns; ++column) {
                std::int16_t* row = rows.data() + column * count;
                unpacker.unpack(weights + (first + column) * pitch, 0, k,
                                dense ? row : vector.data());
                if (dense) continue;
                for (std::int64_t p = 0; p < count; ++p) {
                    const std::int64_t index = positions[static_cast<std::size_t>(p)];
                    if (index >= 0) row[p] = vector[static_cast<std::size_t>(index - tile.k_begin)];
                }
            }
        }
        for (std::int64_t column = 0; column < columns; ++column) {
            std::int64_t sum = 0;
            for (std::int64_t p = 0; p < count; ++p)
                sum +=
                    std::abs(static_cast<int>(rows[static_cast<std::size_t>(column * count + p)]));
            column_sums[static_cast<std::size_t>(first + column)] = sum;
        }
        std::int16_t* out = values_.data() + panel * panel_size_;
        for (std::int64_t pair = 0; pair < count / 2; ++pair)
            for (std::int64_t column = 0; column < panel_columns; ++column)
                std::memcpy(out + (pair * panel_columns + column) * 2,
                            rows.data() + column * count + pair * 2, 4);
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
        for (std::int64_t r = 0; r < block_rows; ++r) rows[r] = row(first + std::min(r, count - 1));
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
