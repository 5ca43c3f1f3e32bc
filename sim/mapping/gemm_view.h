// SPDX-License-Identifier: Apache-2.0
// Every GEMM operator as one kind of convolution: what the mapper cuts into tiles.
#pragma once

#include <cstdint>
#include <vector>

#include "models/numeric/format.h"
#include "workloads/trace/trace.h"

namespace bitloom {

// A batched product repeats it `batch` times.
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
    // Which activations lie in the global buffer: known once they have their places.
    bool input_on_chip = false, residual_on_chip = false, outputs_on_chip = false;

    std::int64_t group_channels() const { return channels / groups; }
    std::int64_t group_outputs() const { return out_channels / groups; }
    std::int64_t positions() const { return window.kernel_h * window.kernel_w; }
    std::int64_t k() const { return positions() * group_channels(); }
};
GemmView gemm_view(const Trace& trace, const Layer& layer);
// The same with a fused pooling: rows and columns of the result that no window takes are left out.
GemmView pooled_view(const Trace& trace, const Layer& layer, const Layer& pool);

// Rows and columns of the padded input that output pixels need.
std::int64_t band_rows(const GemmView& view, std::int64_t tile_h);
std::int64_t band_columns(const GemmView& view, std::int64_t tile_w);

// Bytes of one task in a vector buffer half: residual, then each output encoding; with a pooling
// also the words that it takes. pixels: a multiple of the pooling's window.
std::int64_t task_bytes(const GemmView& view, std::int64_t pixels, std::int64_t channels);

}  // namespace bitloom
