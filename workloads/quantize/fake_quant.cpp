// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/fake_quant.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/numeric/format.h"

namespace bitloom {

namespace {

// Names that no imported constant has.
std::string weights_name(const Node& node) {
    return node.name + ":quantized weights";
}
std::string bias_name(const Node& node) {
    return node.name + ":quantized bias";
}

// Layers that share a constant get one each: they may be quantized differently.
Network with_own_constants(const Network& network) {
    Network own = network;
    for (Node& node : own.nodes) {
        if (!has_weights(node.op)) continue;
        own.constants[weights_name(node)] = network.constants.at(node.weights);
        node.weights = weights_name(node);
        if (node.bias.empty()) continue;
        own.constants[bias_name(node)] = network.constants.at(node.bias);
        node.bias = bias_name(node);
    }
    return own;
}

}  // namespace

void round_to_words(std::span<float> values, double scale) {
    for (float& value : values) {
        const double word =
            std::clamp(std::round(static_cast<double>(value) / scale), -32768.0, 32767.0);
        value = static_cast<float>(word * scale);
    }
}

void round_to_codes(std::span<float> values, const StoredType& type) {
    const Format& held = format(type.format);
    const auto table = held.table();
    std::vector<std::uint8_t> codes(values.size());
    held.encode(std::span<const float>(values), type.scale, codes);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<float>(type.scale * table[codes[i]]);
    }
}

FakeQuantNetwork::FakeQuantNetwork(const Network& network, const std::vector<FusedLayer>& layers)
    : network_(network), layers_(layers), executor_(with_own_constants(network)) {
}

void FakeQuantNetwork::set_weights(std::size_t index, const LayerWeights& weights,
                                   double input_scale) {
    const Node& node = layers_[index].node;
    executor_.replace_constant(weights_name(node), weights.real_weights());
    if (!node.bias.empty()) {
        executor_.replace_constant(bias_name(node), weights.real_bias(input_scale));
    }
}

void FakeQuantNetwork::set_constant(std::size_t index, std::vector<float> values) {
    executor_.replace_constant(layers_[index].node.constant, std::move(values));
}

ExecutionHooks FakeQuantNetwork::hooks(const EncodedNetwork& encoded,
                                       const std::vector<bool>& wide) const {
    // By node and input: what the array reads. By activation: the words that a layer forms.
    std::map<std::pair<std::string, int>, StoredType> operands;
    std::map<std::string, double> words;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        const FusedLayer& layer = layers_[i];
        if (layer.node.op == Operator::reshape) continue;
        words[layer.node.output] = encoded.type(layer.node.output, Encoding::word).scale;
        const int count = layer.node.op == Operator::matmul ? 2 : layer.is_gemm() ? 1 : 0;
        for (int slot = 0; slot < count; ++slot) {
            const bool is_wide = layer.node.op == Operator::matmul || wide[i];
            operands[{layer.node.name, slot}] =
                encoded.type(layer.node.inputs[static_cast<std::size_t>(slot)],
                             is_wide ? Encoding::wide : Encoding::narrow);
        }
    }
    // The host stores the input once; as words when more than one encoding is needed.
    const std::string input = network_.input;
    const auto& input_needs = encoded.needs.at(input);
    const double input_words = input_needs.contains(Encoding::word) || input_needs.size() > 1
                                   ? encoded.type(input, Encoding::word).scale
                                   : 0.0;
    ExecutionHooks hooks;
    hooks.input = [operands, input, input_words](const Node& node, int index,
                                                 std::span<float> values) {
        if (input_words > 0.0 && node.inputs[static_cast<std::size_t>(index)] == input) {
            round_to_words(values, input_words);
        }
        const auto found = operands.find({node.name, index});
        if (found != operands.end()) round_to_codes(values, found->second);
    };
    hooks.output = [words](const Node& node, std::span<float> values) {
        const auto found = words.find(node.output);
        if (found != words.end()) round_to_words(values, found->second);
    };
    return hooks;
}

}  // namespace bitloom
