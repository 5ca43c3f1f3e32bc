// SPDX-License-Identifier: Apache-2.0
// How a convolution, GEMM or batched product is cut into tiles that fit the buffers.
#pragma once

#include <cstdint>

#include "models/chip/gemm_chip/gemm_chip_config.h"
#include "models/numeric/format.h"
#include "workloads/trace/trace.h"

namespace bitloom {

// Every GEMM operator as a convolution; a batched product repeats it `batch` times.
struct GemmView {
    std::int64_t batch = 1;
    std::int64_t in_h = 1, in_w = 1, channels = 1;
    std::int64_t groups = 1;
    std::int64_t out_h = 1, out_w = 1, out_channels = 1;
    std::int64_t residual_h = 1, residual_w = 1;  // out_h, out_w without what a pooling leaves out
    Window window;
    bool k_major = false;                // the second operand is [K][N]
    const Format* activation = nullptr;  // of the operands
    const Format* weight = nullptr;
    int activation_bits = 4, weight_bits = 4;
    std::int64_t residual_bytes = 0;  // of one output element: 2 with a residual
    std::vector<int> output_bits;     // of every stored encoding
    // A fused pooling's window: tiles are whole windows, and only pooled results are stored.
    std::int64_t pool_h = 1, pool_w = 1;

    std::int64_t group_channels() const { return channels / groups; }
    std::int64_t group_outputs() const { return out_channels / groups; }
    std::int64_t k() const { return window.kernel_h * window.kernel_w * group_channels(); }
};
GemmView gemm_view(const Trace& trace, const Layer& layer);
// The same with a fused pooling: rows and columns of the result that no window takes are left out.
GemmView pooled_view(const Trace& trace, const Layer& layer, const Layer& pool);

struct GemmTiling {
    std::int64_t tile_h = 1, tile_w = 1;  // output pixels, before a fused pooling
    std::int64_t tile_channels = 1;       // output channels; a multiple of 8 or all of them
    std::int64_t tile_k = 1;              // a multiple of 8 or all of K
    bool weights_outer = false;           // tiles of weights in the outer loop, pixels in the inner
};

// Rows and columns of the padded input that output pixels need.
std::int64_t band_rows(const GemmView& view, std::int64_t tile_h);
std::int64_t band_columns(const GemmView& view, std::int64_t tile_w);

// Bytes of one task in a vector buffer half: residual, then each output encoding; with a pooling
// also the words that it takes. pixels: a multiple of the pooling's window.
std::int64_t task_bytes(const GemmView& view, std::int64_t pixels, std::int64_t channels);

// The tiling of least estimated time: the larger of array cycles and memory cycles; of equals that
// of the least memory traffic, then of the fewest parts of vectors. Those are moved in whole DRAM
// bursts. Throws Error naming the buffer that is too small.
GemmTiling choose_tiling(const GemmView& view, const GemmChipConfig& config,
                         const std::string& layer);

}  // namespace bitloom
