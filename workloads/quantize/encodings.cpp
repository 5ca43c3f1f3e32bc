// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/encodings.h"

#include "models/base/error.h"
#include "models/numeric/format.h"

namespace bitloom {

namespace {

// The encoding in which a layer reads its input number `slot`; words for all but GEMM operands.
Encoding operand_encoding(const FusedLayer& layer, std::size_t slot, bool wide, bool wide_matmul) {
    if (layer.node.op == Operator::matmul) return wide_matmul ? Encoding::wide : Encoding::narrow;
    if (layer.is_gemm() && slot == 0) return wide ? Encoding::wide : Encoding::narrow;
    return Encoding::word;
}

}  // namespace

Needs find_needs(const Network& network, const std::vector<FusedLayer>& layers,
                 const std::vector<bool>& wide, bool wide_matmul) {
    Needs needs;
    needs[network.output].insert(Encoding::word);
    // Backwards, so that the needs of a reshape's result are complete when they reach its input.
    for (std::size_t i = layers.size(); i-- > 0;) {
        const FusedLayer& layer = layers[i];
        // A result that nobody reads is still formed, as words.
        if (needs[layer.node.output].empty()) needs[layer.node.output].insert(Encoding::word);
        for (std::size_t slot = 0; slot < layer.node.inputs.size(); ++slot) {
            auto& need = needs[layer.node.inputs[slot]];
            if (layer.node.op == Operator::reshape) {
                const auto& result = needs[layer.node.output];
                need.insert(result.begin(), result.end());
            } else {
                need.insert(operand_encoding(layer, slot, wide[i], wide_matmul));
            }
        }
    }
    return needs;
}

std::map<std::string, std::string> find_roots(const Network& network,
                                              const std::vector<FusedLayer>& layers) {
    std::map<std::string, std::string> roots;
    for (const std::string& input : external_inputs(network)) roots[input] = input;
    for (const FusedLayer& layer : layers) {
        const bool shares = layer.node.op == Operator::reshape;
        roots[layer.node.output] = shares ? roots.at(layer.node.inputs.at(0)) : layer.node.output;
    }
    return roots;
}

std::vector<std::size_t> weighted_layers(const std::vector<FusedLayer>& layers) {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (layers[i].is_gemm()) indices.push_back(i);
    }
    return indices;
}

std::vector<bool> wide_flags(const std::vector<FusedLayer>& layers, std::int64_t count,
                             const std::vector<std::size_t>& order) {
    const std::vector<std::size_t> weighted = weighted_layers(layers);
    std::vector<bool> wide(layers.size(), false);
    if (weighted.empty()) return wide;
    std::vector<std::size_t> all = {weighted.front(), weighted.back()};
    all.insert(all.end(), order.begin(), order.end());
    all.insert(all.end(), weighted.begin(), weighted.end());
    std::int64_t left = count < 0 ? static_cast<std::int64_t>(weighted.size()) : count;
    for (const std::size_t i : all) {
        if (left == 0) break;
        if (wide[i]) continue;
        wide[i] = true;
        --left;
    }
    return wide;
}

std::string EncodedNetwork::name(const std::string& activation, Encoding encoding) const {
    if (encoding == Encoding::word) return activation;
    const auto& need = needs.at(activation);
    const bool both = need.contains(Encoding::narrow) && need.contains(Encoding::wide);
    std::string name = activation + ".q";
    if (both) {
        const int narrow = format(type(activation, Encoding::narrow).format).bits();
        const int wide = format(type(activation, Encoding::wide).format).bits();
        name += fmt::format("{}", encoding == Encoding::narrow ? narrow : wide);
        if (encoding == Encoding::narrow && narrow == wide) name += 'n';
    }
    while (network.shapes.contains(name)) name += '_';
    return name;
}

const StoredType& EncodedNetwork::type(const std::string& activation, Encoding encoding) const {
    const auto found = types.find({roots.at(activation), encoding});
    BITLOOM_CHECK(found != types.end(), "activation '{}' has a type for each encoding", activation);
    return found->second;
}

namespace {

class ManifestBuilder {
public:
    ManifestBuilder(const EncodedNetwork& encoded, const std::vector<bool>& wide, bool wide_matmul)
        : encoded_(encoded), wide_(wide), wide_matmul_(wide_matmul) {}

    EncodedManifest run() {
        const Network& network = encoded_.network;
        out_.manifest.network = network.name;
        for (const std::string& input : external_inputs(network)) external_.insert(input);
        for (std::size_t i = 0; i < encoded_.layers.size(); ++i) {
            for (const std::string& input : encoded_.layers[i].node.inputs) {
                if (external_.erase(input) > 0) add_external(input);
            }
            if (encoded_.layers[i].node.op == Operator::reshape) {
                add_reshapes(encoded_.layers[i]);
            } else {
                add_layer(i);
            }
        }
        out_.manifest.output = encoded_.name(network.output, Encoding::word);
        return std::move(out_);
    }

private:
    std::string add_activation(const std::string& activation, Encoding encoding) {
        const StoredType& type = encoded_.type(activation, encoding);
        std::string name = encoded_.name(activation, encoding);
        out_.manifest.activations[name] = {name, encoded_.network.shapes.at(activation),
                                           type.format, type.scale};
        return name;
    }

    void push(Layer layer, const std::string& result) {
        layer.working_scale = encoded_.type(result, Encoding::word).scale;
        out_.results[layer.name] = result;
        out_.manifest.layers.push_back(std::move(layer));
    }

    // Just before its first reader, so that the network's input stays the first one read.
    void add_external(const std::string& input) {
        const auto& need = encoded_.needs.at(input);
        const bool whole = need.size() == 1;
        const std::string stored = add_activation(input, whole ? *need.begin() : Encoding::word);
        if (input == encoded_.network.input) out_.manifest.input = stored;
        if (whole) return;
        Layer layer;
        layer.op = Operator::clamp;
        layer.name = input + ".quantize";
        const auto taken = [&](const std::string& name) {
            for (const FusedLayer& other : encoded_.layers) {
                if (other.node.name == name) return true;
            }
            return false;
        };
        while (taken(layer.name)) layer.name += '_';
        layer.inputs = {stored};
        for (const Encoding encoding : need) {
            if (encoding != Encoding::word)
                layer.outputs.push_back(add_activation(input, encoding));
        }
        push(std::move(layer), input);
    }

    void add_reshapes(const FusedLayer& fused) {
        const std::string& input = fused.node.inputs.at(0);
        bool first = true;
        for (const Encoding encoding : encoded_.needs.at(fused.node.output)) {
            Layer layer;
            layer.op = Operator::reshape;
            layer.inputs = {encoded_.name(input, encoding)};
            layer.outputs = {add_activation(fused.node.output, encoding)};
            // The first keeps the node's name; the others say which copy they are.
            layer.name = first ? fused.node.name : fused.node.name + ":" + layer.outputs[0];
            first = false;
            push(std::move(layer), fused.node.output);
        }
    }

    void add_layer(std::size_t index) {
        const FusedLayer& fused = encoded_.layers[index];
        const Node& node = fused.node;
        const LayerNumbers& numbers = encoded_.numbers[index];
        Layer layer;
        layer.name = node.name;
        layer.op = node.op;
        for (std::size_t slot = 0; slot < node.inputs.size(); ++slot) {
            const Encoding encoding = operand_encoding(fused, slot, wide_[index], wide_matmul_);
            layer.inputs.push_back(encoded_.name(node.inputs[slot], encoding));
        }
        for (const Encoding encoding : encoded_.needs.at(node.output)) {
            layer.outputs.push_back(add_activation(node.output, encoding));
        }
        if (has_window(node.op)) layer.window = node.window;
        if (fused.is_gemm()) {
            layer.weights =
                Weights{node.name + ".weights", encoded_.network.constants.at(node.weights).shape,
                        numbers.weights_format, numbers.weight_scales};
            if (!node.bias.empty()) layer.bias = node.name + ".bias";
        }
        // Members that an operator does not use keep their default, as the manifest's check asks.
        switch (node.op) {
            case Operator::conv2d:
                layer.groups = node.groups;
                break;
            case Operator::matmul:
                layer.transpose_b = node.transpose_b;
                layer.multiplier = node.multiplier;
                break;
            case Operator::add:
                if (node.constant.empty()) break;
                layer.constant = node.name + ".constant";
                layer.constant_scale = numbers.constant_scale;
                break;
            case Operator::layer_norm:
                layer.gamma = node.name + ".gamma";
                layer.beta = node.name + ".beta";
                layer.epsilon = node.epsilon;
                break;
            case Operator::gelu:
                layer.tanh_form = node.tanh_form;
                break;
            case Operator::transpose:
                layer.permutation = node.permutation;
                break;
            default:
                break;
        }
        layer.clamp_low = fused.clamp_low;
        layer.clamp_high = fused.clamp_high;
        push(std::move(layer), node.output);
    }

    const EncodedNetwork& encoded_;
    const std::vector<bool>& wide_;
    const bool wide_matmul_;
    std::set<std::string> external_;  // inputs that are not read yet
    EncodedManifest out_;
};

}  // namespace

EncodedManifest build_manifest(const EncodedNetwork& encoded, const std::vector<bool>& wide,
                               bool wide_matmul) {
    return ManifestBuilder(encoded, wide, wide_matmul).run();
}

}  // namespace bitloom
