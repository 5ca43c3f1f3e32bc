// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/gemm_tiling.h"

#include <algorithm>
#include <numeric>

#include "models/array/convolution_tile.h"
#include "models/base/divide_up.h"

namespace bitloom {

std::vector<KSlice> k_slices(const GemmView& view, const GemmTiling& tiling) {
    std::vector<KSlice> slices;
    std::int64_t part = 0;
    for (std::int64_t c = 0; c < view.group_channels(); c += tiling.slice_channels, ++part) {
        const std::int64_t end = std::min(view.group_channels(), c + tiling.slice_channels);
        const std::int64_t all = view.positions() * (end - c);
        for (std::int64_t k = 0; k < all; k += tiling.slice_k)
            slices.push_back({c, end, k, std::min(all, k + tiling.slice_k), part});
    }
    return slices;
}

std::vector<KSlice> first_k_slices(const GemmView& view, const GemmTiling& tiling) {
    const std::vector<KSlice> slices = k_slices(view, tiling);
    if (tiling.first_parts == 1) return slices;
    const KSlice first = slices.front();
    const bool by_channels = view.positions() == 1 && first.k() == first.channels() &&
                             channels_can_be_sliced(view, tiling.tile_channels);
    // In whole words of every array, where that is not all.
    const std::int64_t part = divide_up(first.k(), tiling.first_parts);
    const std::int64_t step = divide_up(part, part > 64 ? 64 : 8) * (part > 64 ? 64 : 8);
    std::vector<KSlice> all;
    std::int64_t number = 0;
    for (std::int64_t k = 0; k < first.k(); k += step, number += by_channels) {
        const std::int64_t end = std::min(first.k(), k + step);
        if (by_channels)
            all.push_back({k, end, 0, end - k, number});
        else
            all.push_back({first.channel_begin, first.channel_end, k, end, 0});
    }
    const std::int64_t more = by_channels ? number - 1 : 0;
    for (std::size_t i = 1; i < slices.size(); ++i) {
        all.push_back(slices[i]);
        all.back().part += more;
    }
    return all;
}

ChannelRange band_channels(const GemmView& view, std::int64_t channel, std::int64_t channels,
                           const KSlice& slice) {
    const std::int64_t first = channel / view.group_outputs();
    const std::int64_t last = (channel + channels - 1) / view.group_outputs();
    ChannelRange range{first * view.group_channels(), (last + 1) * view.group_channels()};
    if (first == last) range = {range.begin + slice.channel_begin, range.begin + slice.channel_end};
    const std::int64_t step = 8 / std::gcd(view.activation_bits, 8);  // codes from byte to byte
    range.begin = range.begin / step * step;
    return range;
}

std::int64_t weight_bytes(const GemmView& view, std::int64_t channels, std::int64_t k) {
    return view.k_major ? k * packed_bytes(channels, view.weight_bits)
                        : channels * packed_bytes(k, view.weight_bits);
}

namespace {

// Codes of a band's pixel: the most over the tiles of output channels, and over the ranges of input
// channels or of all of these together.
std::int64_t pixel_bytes(const GemmView& view, const GemmTiling& tiling) {
    std::int64_t most = 0;
    for (std::int64_t channel = 0; channel < view.out_channels; channel += tiling.tile_channels) {
        const std::int64_t channels = std::min(tiling.tile_channels, view.out_channels - channel);
        std::int64_t all = 0;
        for (std::int64_t c = 0; c < view.group_channels(); c += tiling.slice_channels) {
            const KSlice slice{c, std::min(view.group_channels(), c + tiling.slice_channels)};
            const std::int64_t bytes = packed_bytes(
                band_channels(view, channel, channels, slice).size(), view.activation_bits);
            most = std::max(most, bytes);
            all += bytes;
            // Without groups the first range is the widest.
            if (view.groups == 1 && !tiling.activations_whole) break;
        }
        if (tiling.activations_whole) most = std::max(most, all);
        if (view.groups == 1) break;
    }
    return most;
}

}  // namespace

BufferNeeds buffer_needs(const GemmView& view, const GemmTiling& tiling) {
    BufferNeeds needs;
    const std::int64_t pixels = tiling.tile_h * tiling.tile_w;
    needs.activation = band_rows(view, tiling.tile_h) * band_columns(view, tiling.tile_w) *
                       pixel_bytes(view, tiling);
    const auto slice_weights = [&](std::int64_t channels) {
        const std::int64_t all = view.positions() * channels;
        if (!tiling.weights_whole)
            return weight_bytes(view, tiling.tile_channels, std::min(all, tiling.slice_k));
        return all / tiling.slice_k * weight_bytes(view, tiling.tile_channels, tiling.slice_k) +
               weight_bytes(view, tiling.tile_channels, all % tiling.slice_k);
    };
    const std::int64_t channels = std::min(tiling.slice_channels, view.group_channels());
    needs.weight = slice_weights(channels);
    if (tiling.weights_whole)
        needs.weight = view.group_channels() / channels * needs.weight +
                       slice_weights(view.group_channels() % channels);
    needs.output = pixels * tiling.tile_channels * psum_bytes;
    needs.vector = task_bytes(view, pixels, tiling.tile_channels);
    return needs;
}

bool channels_can_be_sliced(const GemmView& view, std::int64_t tile_channels) {
    const auto on_bytes = [&](int bits) { return view.group_channels() * bits % 8 == 0; };
    if (view.positions() > 1 && !on_bytes(view.weight_bits)) return false;
    return view.groups == 1 ||
           (view.group_outputs() % tile_channels == 0 && on_bytes(view.activation_bits));
}

GemmTiling smallest_tiling(const GemmView& view) {
    GemmTiling tiling;
    tiling.tile_h = view.pool_h;
    tiling.tile_w = view.pool_w;
    tiling.tile_channels = std::min<std::int64_t>(8, view.out_channels);
    tiling.slice_channels = view.group_channels();
    if (channels_can_be_sliced(view, tiling.tile_channels))
        tiling.slice_channels = std::min<std::int64_t>(8, view.group_channels());
    tiling.slice_k =
        std::min<std::int64_t>(view.k_major ? 1 : 8, view.positions() * tiling.slice_channels);
    tiling.activations_whole = tiling.weights_whole = false;
    return tiling;
}

BufferNeeds buffer_halves(const GemmChipConfig& config) {
    return {config.activation_buffer_bytes / 2, config.weight_buffer_bytes / 2,
            config.output_buffer_bytes / 2, config.vector_buffer_bytes / 2};
}

bool fits(const BufferNeeds& needs, const BufferNeeds& halves) {
    return needs.activation <= halves.activation && needs.weight <= halves.weight &&
           needs.output <= halves.output && needs.vector <= halves.vector;
}

}  // namespace bitloom
