// SPDX-License-Identifier: Apache-2.0
// Operators that keep the shape: Add, Mul, Relu, Clip, Gelu, Softmax, LayerNormalization.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "workloads/import/onnx_importer.h"

namespace bitloom {

// The result lies as the input does.
void OnnxImporter::elementwise(const OnnxNode& node, Node result) {
    TensorView input = view(node, 0);
    result.inputs = {input.activation};
    input.activation = add_node(node, std::move(result)).output;
    input.exclusive = true;
    define(node, input);
}

void OnnxImporter::relu(const OnnxNode& node) {
    Node result;
    result.op = Operator::clamp;
    result.clamp_high = std::numeric_limits<double>::infinity();
    elementwise(node, std::move(result));
}

void OnnxImporter::clip(const OnnxNode& node) {
    Node result;
    result.op = Operator::clamp;
    const double infinity = std::numeric_limits<double>::infinity();
    const auto bound = [&](std::size_t input, const char* attribute, double otherwise) {
        if (graph_.opset < 11) {
            // The default of an absent bound is the largest float.
            const double value = node.real(attribute, otherwise);
            return std::abs(value) >= double{std::numeric_limits<float>::max()} ? otherwise : value;
        }
        if (!node.has_input(input)) return otherwise;
        const OnnxConstant& value = constant(node, input);
        if (value.size() != 1)
            refuse(node, "input {} has {} values: must be 1", input, value.size());
        return value.at(0);
    };
    result.clamp_low = bound(1, "min", -infinity);
    result.clamp_high = bound(2, "max", infinity);
    elementwise(node, std::move(result));
}

void OnnxImporter::gelu(const OnnxNode& node) {
    Node result;
    result.op = Operator::gelu;
    const std::string form = node.text("approximate", "none");
    if (form != "none" && form != "tanh")
        refuse(node, "approximate = '{}': must be none or tanh", form);
    result.tanh_form = form == "tanh";
    elementwise(node, std::move(result));
}

void OnnxImporter::softmax(const OnnxNode& node) {
    TensorView input = view(node, 0);
    const std::size_t rank = input.shape.size();
    // Before operator set 13 the axes from `axis` on were one, and `axis` was 1 by default.
    const bool flattening = graph_.opset < 13;
    const std::size_t along = axis(node, node.integer("axis", flattening ? 1 : -1), rank);
    if (flattening)
        for (std::size_t i = along + 1; i < rank; ++i)
            if (input.shape[i] != 1)
                refuse(node, "axis {} of {} in operator set {}: must be the last", along, rank,
                       graph_.opset);
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < rank; ++i)
        if (i != along) order.push_back(i);
    order.push_back(along);
    const auto wanted = factor_order(input, order);
    const auto range = axis_factors(input)[along];
    const std::size_t own = range.second - range.first;
    // The other axes may lie in any order.
    std::string source = input.activation;
    const bool last = std::equal(wanted.end() - static_cast<std::ptrdiff_t>(own), wanted.end(),
                                 input.stored.end() - static_cast<std::ptrdiff_t>(own));
    if (!last || network_.shapes.at(source).back() != input.shape[along]) {
        const std::int64_t rows = element_count(input.shape) / input.shape[along];
        if (!last) input.stored = wanted;
        source = materialize(node, raw_view(node, 0), input.stored, {rows, input.shape[along]});
    }
    Node result;
    result.op = Operator::softmax;
    result.inputs = {source};
    input.activation = add_node(node, std::move(result)).output;
    input.exclusive = true;
    define(node, input);
}

void OnnxImporter::layer_normalization(const OnnxNode& node) {
    TensorView input = view(node, 0);
    const std::size_t rank = input.shape.size();
    const std::int64_t features = input.shape.back();
    if (axis(node, node.integer("axis", -1), rank) != rank - 1)
        refuse(node, "axis {} of {}: must be the last", node.integer("axis", -1), rank);
    const auto range = axis_factors(input).back();
    bool last = true;
    for (std::size_t f = range.first; f < range.second; ++f) last = last && input.stored[f] == f;
    std::string source = input.activation;
    if (!last) input = plain(node, input), source = input.activation;
    if (network_.shapes.at(source).back() != features)
        source = materialize(node, input, input.stored,
                             {element_count(input.shape) / features, features});

    const auto vector = [&](std::size_t index, const char* what, float otherwise) {
        std::vector<float> values(static_cast<std::size_t>(features), otherwise);
        if (node.has_input(index)) {
            const OnnxConstant& value = constant(node, index);
            if (value.integer || value.shape != Shape{features})
                refuse(node, "{} has shape {}: must be {} floats", what, to_string(value.shape),
                       features);
            values = value.floats;
        }
        return add_constant(node.has_input(index) ? node.inputs[index] : node.name + "/" + what,
                            {features}, std::move(values));
    };
    Node result;
    result.op = Operator::layer_norm;
    result.inputs = {source};
    result.gamma = vector(1, "scale", 1.0F);
    result.beta = vector(2, "bias", 0.0F);
    result.epsilon = node.real("epsilon", 1e-5);
    input.activation = add_node(node, std::move(result)).output;
    input.exclusive = true;
    define(node, input);
}

void OnnxImporter::add(const OnnxNode& node) {
    if (is_constant(node.inputs[0])) return add_constant_to(node, 1, constant(node, 0));
    if (is_constant(node.inputs[1])) return add_constant_to(node, 0, constant(node, 1));
    add_activations(node);
}

void OnnxImporter::subtract(const OnnxNode& node) {
    if (!is_constant(node.inputs[1]))
        refuse(node, "is supported only where a constant is subtracted");
    OnnxConstant value = constant(node, 1);
    for (float& v : value.floats) v = -v;
    if (value.integer) refuse(node, "input 1 must be floats");
    add_constant_to(node, 0, value);
}

void OnnxImporter::add_activations(const OnnxNode& node) {
    TensorView a = view(node, 0), b = view(node, 1);
    if (a.shape != b.shape)
        refuse(node, "inputs of shapes {} and {}: must be equal", to_string(a.shape),
               to_string(b.shape));
    // The same factors in both, so that b can be brought into the order of a.
    auto fine_a = refined(a, b.factors);
    auto fine_b = fine_a ? refined(b, fine_a->factors) : std::nullopt;
    if (!fine_a || !fine_b) fine_a = plain(node, a), fine_b = plain(node, b);
    const std::string other =
        materialize(node, *fine_b, fine_a->stored, network_.shapes.at(fine_a->activation));
    Node result;
    result.op = Operator::add;
    result.inputs = {fine_a->activation, other};
    fine_a->activation = add_node(node, std::move(result)).output;
    fine_a->exclusive = true;
    define(node, *fine_a);
}

void OnnxImporter::add_constant_to(const OnnxNode& node, std::size_t input,
                                   const OnnxConstant& value) {
    TensorView target = view(node, input);
    if (value.integer) refuse(node, "the constant must be floats");
    if (Node* producer = exclusive_producer(target))
        if (const auto bias = per_channel(node, value, target, *producer)) {
            shift_channels(*producer, *bias);
            define(node, target);
            return;
        }
    Node result;
    result.op = Operator::add;
    result.inputs = {target.activation};
    result.constant = add_constant(node.inputs[1 - input], network_.shapes.at(target.activation),
                                   broadcast(node, value, target));
    target.activation = add_node(node, std::move(result)).output;
    target.exclusive = true;
    define(node, target);
}

void OnnxImporter::multiply(const OnnxNode& node) {
    if (is_constant(node.inputs[0])) return multiply_by(node, 1, constant(node, 0));
    if (is_constant(node.inputs[1])) return multiply_by(node, 0, constant(node, 1));
    refuse(node, "of two computed tensors is not supported");
}

void OnnxImporter::divide(const OnnxNode& node) {
    if (!is_constant(node.inputs[1]))
        refuse(node, "is supported only where the divisor is constant");
    OnnxConstant factors = constant(node, 1);
    if (factors.integer) refuse(node, "input 1 must be floats");
    for (float& v : factors.floats) v = static_cast<float>(1.0 / v);
    multiply_by(node, 0, factors);
}

void OnnxImporter::multiply_by(const OnnxNode& node, std::size_t input,
                               const OnnxConstant& factors) {
    TensorView target = raw_view(node, input);
    if (factors.integer) refuse(node, "the constant must be floats");
    for (const float v : factors.floats)
        if (!std::isfinite(v)) refuse(node, "a factor of {} is not finite", v);
    Node* producer = exclusive_producer(target);
    if (factors.size() == 1) {
        const float factor = factors.floats[0];
        if (producer && producer->op == Operator::matmul)
            producer->multiplier *= factor;
        else if (producer && target.scale == 1.0)
            scale_channels(
                *producer,
                std::vector<float>(
                    static_cast<std::size_t>(network_.shapes.at(producer->output).back()), factor));
        else
            target.scale *= factor;  // for the Conv, Gemm or MatMul that reads it
    } else {
        const auto channels =
            producer ? per_channel(node, factors, target, *producer) : std::nullopt;
        if (!channels)
            refuse(node,
                   "a constant of shape {} is supported only per channel right after a Conv, Gemm "
                   "or MatMul",
                   to_string(factors.shape));
        scale_channels(*producer, *channels);
    }
    define(node, target);
}

}  // namespace bitloom
