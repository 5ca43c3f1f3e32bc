// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/fused_pooling.h"

#include <algorithm>

namespace bitloom {

namespace {

bool tiles_its_input(const Window& w) {
    return w.kernel_h == w.stride_h && w.kernel_w == w.stride_w && w.pad_top == 0 &&
           w.pad_left == 0 && w.pad_bottom == 0 && w.pad_right == 0 && w.dilation_h == 1 &&
           w.dilation_w == 1;
}

}  // namespace

FusedPools find_fused_pools(const Manifest& manifest) {
    FusedPools pools;
    for (const Layer& layer : manifest.layers) {
        if (layer.op != Operator::conv2d || layer.outputs.size() != 1) continue;
        const std::string& result = layer.outputs[0];
        if (manifest.activation(result).format != "int16" || result == manifest.output) continue;
        const Layer* pool = nullptr;
        std::ptrdiff_t readers = 0;
        for (const Layer& reader : manifest.layers) {
            const auto reads = std::count(reader.inputs.begin(), reader.inputs.end(), result);
            readers += reads;
            if (reads > 0) pool = &reader;
        }
        if (readers != 1) continue;
        const bool pools_it = pool->op == Operator::max_pool || pool->op == Operator::average_pool;
        if (pools_it && tiles_its_input(pool->window)) pools[layer.name] = pool;
    }
    return pools;
}

}  // namespace bitloom
