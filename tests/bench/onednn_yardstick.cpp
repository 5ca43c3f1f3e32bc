// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/onednn_yardstick.h"

#include <algorithm>
#include <chrono>
#include <dnnl.hpp>
#include <limits>
#include <unordered_map>
#include <vector>

#include "models/base/random.h"

namespace bitloom {

namespace {

using dnnl::memory;
using Tag = memory::format_tag;
using Type = memory::data_type;

struct Step {
    dnnl::primitive primitive;
    std::unordered_map<int, memory> arguments;
};

void fill(memory& m, std::uint64_t seed) {
    auto* bytes = static_cast<std::uint8_t*>(m.get_data_handle());
    const RandomStream random(seed, "yardstick");
    for (std::size_t i = 0; i < m.get_desc().get_size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(random.bits(i) & 127);
}

Step convolution(const dnnl::engine& engine, dnnl::stream& stream, const Manifest& manifest,
                 const Layer& layer) {
    const Shape& in = manifest.activation(layer.inputs[0]).shape;
    const bool conv = layer.op == Operator::conv2d;
    const GemmShape gemm = gemm_shape(manifest, layer);
    const std::int64_t ih = conv ? in[0] : gemm.m, iw = conv ? in[1] : 1, ic = in.back();
    const Window& w = layer.window;
    const std::int64_t oh = conv ? w.output_h(ih) : ih, ow = conv ? w.output_w(iw) : 1;
    const std::int64_t oc = layer.weights->shape[0], g = layer.groups;
    memory::dims weights_dims = {oc / g, ic / g, w.kernel_h, w.kernel_w};
    if (g > 1) weights_dims.insert(weights_dims.begin(), g);
    const memory::desc source({1, ic, ih, iw}, Type::u8, Tag::nhwc);
    const memory::desc any_weights(weights_dims, Type::s8, Tag::any);
    const memory::desc target({1, oc, oh, ow}, Type::s32, Tag::nhwc);
    const dnnl::convolution_forward::desc description(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, source,
        any_weights, target, {w.stride_h, w.stride_w}, {w.dilation_h - 1, w.dilation_w - 1},
        {w.pad_top, w.pad_left}, {w.pad_bottom, w.pad_right});
    const dnnl::convolution_forward::primitive_desc primitive(description, engine);
    memory plain({weights_dims, Type::s8, g > 1 ? Tag::goihw : Tag::oihw}, engine);
    fill(plain, 1);
    memory weights(primitive.weights_desc(), engine);
    dnnl::reorder(plain, weights).execute(stream, plain, weights);
    memory input(source, engine), output(target, engine);
    fill(input, 2);
    stream.wait();
    return {dnnl::convolution_forward(primitive),
            {{DNNL_ARG_SRC, input}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_DST, output}}};
}

}  // namespace

double onednn_seconds(const Manifest& manifest, int runs) {
    const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    dnnl::stream stream(engine);
    std::vector<Step> steps;
    for (const Layer& layer : manifest.layers)
        if (layer.weights) steps.push_back(convolution(engine, stream, manifest, layer));
    double best = std::numeric_limits<double>::infinity();
    for (int run = 0; run <= runs; ++run) {  // the first one warms up
        const auto begin = std::chrono::steady_clock::now();
        for (Step& step : steps) step.primitive.execute(stream, step.arguments);
        stream.wait();
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
        if (run > 0) best = std::min(best, elapsed.count());
    }
    return best;
}

}  // namespace bitloom
