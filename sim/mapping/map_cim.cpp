// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/map_cim.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "models/array/convolution_tile.h"
#include "models/base/divide_up.h"
#include "models/base/error.h"
#include "models/numeric/format.h"
#include "sim/mapping/first_fit.h"
#include "sim/mapping/memory_map.h"

namespace bitloom {

namespace {

// Codes [k][n] of a layer; a grouped convolution is a dense matrix with zeros between the groups.
LayerMatrix matrix_of(const Trace& trace, const Layer& layer) {
    const Format& format = bitloom::format(layer.weights->format);
    try {
        require_cim_weights(format);
    } catch (const Error& error) {
        fail("layer '{}': {}", layer.name, error.what());
    }
    const Shape& shape = layer.weights->shape;
    const std::int64_t outputs = shape[0];
    const std::int64_t group_k = element_count(shape) / outputs;
    const std::int64_t group_channels = shape.back();
    const std::int64_t channels = group_channels * layer.groups;
    const std::int64_t taps = group_k / group_channels;
    LayerMatrix matrix;
    matrix.name = layer.name;
    matrix.k = taps * channels;
    matrix.n = outputs;
    matrix.weight_bits = format.bits();
    matrix.codes.assign(static_cast<std::size_t>(matrix.k * matrix.n), 0);
    const std::vector<std::uint8_t> codes = trace.weight_codes(layer);
    for (std::int64_t n = 0; n < outputs; ++n) {
        const std::int64_t first = n / (outputs / layer.groups) * group_channels;
        for (std::int64_t i = 0; i < group_k; ++i) {
            const std::int64_t k = i / group_channels * channels + first + i % group_channels;
            const auto code = codes[static_cast<std::size_t>(n * group_k + i)];
            matrix.codes[static_cast<std::size_t>(k * outputs + n)] =
                static_cast<std::int8_t>(format.value(code));
        }
    }
    return matrix;
}

}  // namespace

void require_cim_weights(const Format& format) {
    if (!format.name().starts_with("int") || format.bits() < 2 || format.bits() > 8)
        fail("{} weights: pairs of devices hold integers: must be int2..int8", format.name());
}

CimNetwork cim_network(const Trace& trace, const CimChipConfig& config) {
    CimNetwork network;
    for (const Layer& layer : trace.manifest().layers) {
        network.matrix_of.emplace_back();
        if (layer.op == Operator::matmul)
            fail(
                "layer '{}': a product of two activations: the arrays hold weights, which are "
                "written once",
                layer.name);
        if (!layer.weights) continue;
        im2col_of(trace, layer, config);  // its errors before any work
        network.matrix_of.back() = network.matrices.size();
        network.matrices.push_back(matrix_of(trace, layer));
    }
    network.placement = place(network.matrices, config.crossbar.geometry);
    return network;
}

Im2col im2col_of(const Trace& trace, const Layer& layer, const CimChipConfig& config) {
    const Activation& input = trace.manifest().activation(layer.inputs[0]);
    Im2col im2col;
    try {
        im2col.codes = InputCodes(format(input.format), config.mvm.dac.bits);
    } catch (const Error& error) {
        fail("layer '{}': {}", layer.name, error.what());
    }
    im2col.channels = input.shape.back();
    if (layer.op == Operator::conv2d) {
        im2col.in_h = input.shape[0];
        im2col.in_w = input.shape[1];
        im2col.window = layer.window;
        im2col.out_h = layer.window.output_h(im2col.in_h);
        im2col.out_w = layer.window.output_w(im2col.in_w);
    } else {
        im2col.in_h = im2col.out_h = gemm_shape(trace.manifest(), layer).m;
    }
    return im2col;
}

int fraction_bits(const CimNetwork& network, std::size_t matrix, const CimChipConfig& config) {
    const ArrayGeometry& geometry = config.crossbar.geometry;
    std::int64_t weight = 0;  // of the codes of one output's conversions
    for (const InputPass& pass : input_passes(config.mvm.dac))
        weight += std::int64_t{1} << pass.shift;
    std::int64_t slices = 0;
    const LayerMatrix& layer = network.matrices[matrix];
    for (int slice = 0; slice < slices_of(geometry, layer.weight_bits); ++slice)
        slices += std::int64_t{1} << (slice * geometry.cell_bits);
    const std::int64_t tiles = divide_up(layer.k, geometry.rows);
    const std::int64_t largest = weight * slices * tiles * largest_code(config.mvm.adc);
    const auto used = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(largest)));
    if (used > 31)
        fail("layer '{}': sums of its converters' codes reach 2^{}: the accumulator has 32 bits",
             layer.name, used - 1);
    return std::min(config.fraction_bits, 31 - used);
}

LayerParameters analog_parameters(const LayerParameters& exact, const Trace& trace,
                                  const Layer& layer, double code_value, int input_shift,
                                  int fraction_bits, double alpha) {
    LayerParameters p = exact;
    const double input_scale = trace.manifest().activation(layer.inputs[0]).scale;
    // One psum in units of weight scale times input scale.
    const double unit = code_value * std::ldexp(alpha, input_shift - fraction_bits);
    const auto& scales = layer.weights->scales;
    for (std::size_t channel = 0; channel < p.multipliers.size(); ++channel) {
        const double real =
            unit * scales[scales.size() == 1 ? 0 : channel] * input_scale / layer.working_scale;
        if (!(real >= 0) || real >= 0x1p30)
            fail("layer '{}': scale of a channel = {:g}: the requantizer holds 0..2^30", layer.name,
                 real);
        p.multipliers[channel] = quantize_multiplier(real);
    }
    for (std::int32_t& bias : p.bias)
        bias = static_cast<std::int32_t>(
            std::clamp(std::nearbyint(static_cast<double>(bias) / unit), -0x1p31, 0x1p31 - 1));
    return p;
}

ActivationPlaces::ActivationPlaces(const Trace& trace, std::int64_t memory_bytes) {
    const Manifest& manifest = trace.manifest();
    std::map<std::string, std::string> aliases;
    for (const Layer& layer : manifest.layers)
        if (MemoryMap::is_alias(manifest, layer)) aliases[layer.outputs[0]] = layer.inputs[0];
    const auto root = [&](std::string name) {
        for (auto found = aliases.find(name); found != aliases.end(); found = aliases.find(name))
            name = found->second;
        return name;
    };
    std::map<std::string, std::size_t> last_use;
    for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
        for (const std::string& name : manifest.layers[i].outputs) last_use[root(name)] = i;
        for (const std::string& name : manifest.layers[i].inputs) last_use[root(name)] = i;
    }
    last_use[root(manifest.output)] = manifest.layers.size();
    FirstFit memory;
    const auto place = [&](const std::string& name, std::size_t layer) {
        const Activation& a = manifest.activation(name);
        const std::int64_t length = a.shape.empty() ? 1 : a.shape.back();
        const std::int64_t bytes =
            element_count(a.shape) / length * packed_bytes(length, format(a.format).bits());
        const std::int64_t begin = memory.place(bytes, last_use[name], memory_bytes);
        if (begin < 0)
            fail(
                "activation_sram.bytes = {}: layer '{}': no room for the {} bytes of '{}' beside "
                "what is still needed",
                memory_bytes, manifest.layers[layer].name, bytes, name);
        addresses_[name] = begin;
    };
    for (const std::string& name : manifest.external_inputs()) place(name, 0);
    for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
        memory.advance_to(i);
        for (const std::string& name : manifest.layers[i].outputs)
            if (!aliases.contains(name)) place(name, i);
    }
    for (const auto& [name, of] : aliases) addresses_[name] = addresses_.at(root(of));
    peak_bytes_ = memory.peak();
}

std::int64_t ActivationPlaces::address(const std::string& name) const {
    const auto found = addresses_.find(name);
    BITLOOM_CHECK(found != addresses_.end(), "'{}' has a place", name);
    return found->second;
}

CimLayerProgram map_cim_layer(const Trace& trace, std::size_t index, const CimNetwork& network,
                              const ActivationPlaces& places, const CimChipConfig& config,
                              LayerParameters parameters) {
    const Manifest& manifest = trace.manifest();
    const Layer& layer = manifest.layers[index];
    CimLayerProgram program;
    program.vector.layer = layer.name;
    program.vector.op = layer.op;
    program.vector.window = layer.window;
    program.vector.parameters = std::move(parameters);
    VectorTask& task = program.task;
    const Activation& result = manifest.activation(layer.outputs[0]);
    const std::int64_t features = result.shape.empty() ? 1 : result.shape.back();
    task.work = {element_count(result.shape) / features, features, 1};
    for (std::size_t i = layer.weights ? 1 : 0; i < layer.inputs.size(); ++i) {
        const Activation& input = manifest.activation(layer.inputs[i]);
        task.inputs.push_back(places.address(input.name));
        task.input_elements.push_back(element_count(input.shape));
        if (layer.op == Operator::concat) task.piece_features.push_back(input.shape.back());
    }
    for (const std::string& name : layer.outputs) task.outputs.push_back(places.address(name));
    const Shape& in = manifest.activation(layer.inputs[0]).shape;
    if (layer.op == Operator::max_pool || layer.op == Operator::average_pool) {
        task.band = {in[0], in[1], in[2], result.shape[1], 0, result.shape[0], 0};
        task.work.window_taps = layer.window.kernel_h * layer.window.kernel_w;
    }
    if (layer.op == Operator::transpose || layer.op == Operator::reshape) {
        task.block_shape = in;
        task.permutation = layer.permutation;
    }
    if (layer.weights) {
        CimProduct product;
        product.matrix = *network.matrix_of[index];
        product.im2col = im2col_of(trace, layer, config);
        product.activations = places.address(layer.inputs[0]);
        product.outputs = network.matrices[product.matrix].n;
        product.fraction_bits = fraction_bits(network, product.matrix, config);
        program.product = std::move(product);
    }
    return program;
}

}  // namespace bitloom
