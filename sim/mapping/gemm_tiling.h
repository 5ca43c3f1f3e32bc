// SPDX-License-Identifier: Apache-2.0
// How a convolution, GEMM or batched product is cut into tiles that fit the buffers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/chip/gemm_chip/gemm_chip_config.h"
#include "sim/mapping/gemm_view.h"

namespace bitloom {

// An output tile is summed up slice by slice of K while its psums stay in a half of the output
// buffer. A slice has some input channels of a group at all positions of the kernel, or a part of
// these products. The operands of a slice lie in a half each; or a half holds all slices of its
// tile, which then stay there while the tiles of the inner loop go by.
struct GemmTiling {
    std::int64_t tile_h = 1, tile_w = 1;  // output pixels, before a fused pooling
    std::int64_t tile_channels = 1;       // output channels; a multiple of 8 or all of them
    std::int64_t slice_channels = 1;      // input channels of a group; a multiple of 8 or all
    std::int64_t slice_k = 1;    // of the slice's positions x channels; a multiple of 8 or all
    bool weights_outer = false;  // tiles of weights in the outer loop, pixels in the inner one
    bool activations_whole = true, weights_whole = true;  // a half holds all slices of a tile
    // The first slice of the first tile and the last tile are cut into so many parts: the array
    // starts when the first part is there, and the last results are few.
    std::int64_t first_parts = 1;
    std::int64_t last_parts = 1;
    bool last_by_channels = false;  // else by rows of pixels
    bool operator==(const GemmTiling&) const = default;
};

// Products k_begin..k_end-1 of those of the input channels channel_begin..channel_end-1 of a group,
// in the order (kernel row, kernel column, channel).
struct KSlice {
    std::int64_t channel_begin = 0, channel_end = 1;
    std::int64_t k_begin = 0, k_end = 1;
    std::int64_t part = 0;  // number of its range of channels
    std::int64_t channels() const { return channel_end - channel_begin; }
    std::int64_t k() const { return k_end - k_begin; }
};
std::vector<KSlice> k_slices(const GemmView& view, const GemmTiling& tiling);
// Those of the first tile.
std::vector<KSlice> first_k_slices(const GemmView& view, const GemmTiling& tiling);

// Channels of the input that a band holds for output channels channel..channel+channels-1 and
// channels channel_begin..channel_end-1 of their groups; the first one starts on a byte. All
// channels of all groups where there is more than one group.
struct ChannelRange {
    std::int64_t begin = 0, end = 1;
    std::int64_t size() const { return end - begin; }
};
ChannelRange band_channels(const GemmView& view, std::int64_t channel, std::int64_t channels,
                           const KSlice& slice);

// Whether slices may have some of a group's channels: both operands' slices start on bytes.
bool channels_can_be_sliced(const GemmView& view, std::int64_t tile_channels);

std::int64_t weight_bytes(const GemmView& view, std::int64_t channels, std::int64_t k);

// Bytes of a half of each buffer that the largest tile takes.
struct BufferNeeds {
    std::int64_t activation = 0, weight = 0, output = 0, vector = 0;
};
BufferNeeds buffer_needs(const GemmView& view, const GemmTiling& tiling);
// Halves of the chip's buffers.
BufferNeeds buffer_halves(const GemmChipConfig& config);
bool fits(const BufferNeeds& needs, const BufferNeeds& halves);

// The tile that needs the least of every buffer.
GemmTiling smallest_tiling(const GemmView& view);

}  // namespace bitloom
