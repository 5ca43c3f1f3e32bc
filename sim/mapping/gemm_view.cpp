// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/gemm_view.h"

#include "models/array/convolution_tile.h"

namespace bitloom {

GemmView gemm_view(const Trace& trace, const Layer& layer) {
    const Manifest& manifest = trace.manifest();
    const Activation& a = manifest.activation(layer.inputs[0]);
    GemmView view;
    view.activation = &format(a.format);
    view.activation_bits = view.activation->bits();
    const std::string& second_format = layer.op == Operator::matmul
                                           ? manifest.activation(layer.inputs[1]).format
                                           : layer.weights->format;
    view.weight = &format(second_format);
    view.weight_bits = view.weight->bits();
    view.channels = a.shape.back();
    if (layer.op == Operator::conv2d) {
        view.in_h = a.shape[0];
        view.in_w = a.shape[1];
        view.groups = layer.groups;
        view.window = layer.window;
        view.out_h = layer.window.output_h(view.in_h);
        view.out_w = layer.window.output_w(view.in_w);
        view.out_channels = layer.weights->shape[0];
    } else {
        const GemmShape shape = gemm_shape(manifest, layer);
        view.batch = shape.count;
        view.in_h = view.out_h = shape.m;
        view.out_channels = shape.n;
        view.k_major = layer.op == Operator::matmul && !layer.transpose_b;
    }
    view.residual_h = view.out_h;
    view.residual_w = view.out_w;
    if (layer.op != Operator::matmul && layer.inputs.size() > 1) view.residual_bytes = 2;
    for (const std::string& output : layer.outputs)
        view.output_bits.push_back(format(manifest.activation(output).format).bits());
    return view;
}

GemmView pooled_view(const Trace& trace, const Layer& layer, const Layer& pool) {
    GemmView view = gemm_view(trace, layer);
    view.pool_h = pool.window.kernel_h;
    view.pool_w = pool.window.kernel_w;
    view.out_h = view.out_h / view.pool_h * view.pool_h;
    view.out_w = view.out_w / view.pool_w * view.pool_w;
    view.output_bits.clear();
    for (const std::string& output : pool.outputs)
        view.output_bits.push_back(format(trace.manifest().activation(output).format).bits());
    return view;
}

std::int64_t band_rows(const GemmView& view, std::int64_t tile_h) {
    return (tile_h - 1) * view.window.stride_h +
           (view.window.kernel_h - 1) * view.window.dilation_h + 1;
}

std::int64_t band_columns(const GemmView& view, std::int64_t tile_w) {
    return (tile_w - 1) * view.window.stride_w +
           (view.window.kernel_w - 1) * view.window.dilation_w + 1;
}

std::int64_t task_bytes(const GemmView& view, std::int64_t pixels, std::int64_t channels) {
    std::int64_t bytes = pixels * channels * view.residual_bytes;
    const std::int64_t window = view.pool_h * view.pool_w;
    for (const int bits : view.output_bits)
        bytes += (pixels / window * packed_bytes(channels, bits) + 1) / 2 * 2;
    if (window > 1) bytes += pixels * channels * 2;
    return bytes;
}

}  // namespace bitloom
