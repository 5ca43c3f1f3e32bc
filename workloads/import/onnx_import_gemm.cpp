// SPDX-License-Identifier: Apache-2.0
// Conv, Gemm, MatMul and BatchNormalization.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "workloads/import/onnx_importer.h"

namespace bitloom {
namespace {

const std::vector<float>& floats_of(const OnnxGraph& graph, const OnnxNode& node, std::size_t input,
                                    const OnnxConstant& value) {
    if (value.integer) graph.refuse(node, "input {} must be floats", input);
    return value.floats;
}

}  // namespace

void OnnxImporter::conv(const OnnxNode& node) {
    const TensorView input = padded_view(node, 0);
    const OnnxConstant& weights = constant(node, 1);
    const Shape& ws = weights.shape;  // [OC, IC/g, KH, KW] or [OC, IC/g, KW]
    const auto& source = floats_of(graph_, node, 1, weights);
    if (ws.size() != input.shape.size() || (ws.size() != 3 && ws.size() != 4))
        refuse(node, "input has shape {}, weights {}: must be three axes each, or four",
               to_string(input.shape), to_string(ws));
    for (const auto size : ws)
        if (size < 1)
            refuse(node, "weights have shape {}: every size must be 1 or more", to_string(ws));
    const auto kernel = node.integers("kernel_shape");
    const std::vector<std::int64_t> actual(ws.begin() + 2, ws.end());
    if (!kernel.empty() && kernel != actual)
        refuse(node, "kernel_shape {}: weights say {}", fmt::join(kernel, "x"),
               fmt::join(actual, "x"));

    Node result;
    result.op = Operator::conv2d;
    Shape in;
    result.inputs = {image(node, input, in)};
    result.window = window(node, actual, in, input.padding);
    result.groups = node.integer("group", 1);

    const std::int64_t oc = ws[0], ic = ws[1], kh = result.window.kernel_h,
                       kw = result.window.kernel_w;
    std::vector<float> values(source.size());
    std::size_t target = 0;
    for (std::int64_t o = 0; o < oc; ++o)
        for (std::int64_t y = 0; y < kh; ++y)
            for (std::int64_t x = 0; x < kw; ++x)
                for (std::int64_t i = 0; i < ic; ++i)
                    values[target++] = static_cast<float>(
                        source[static_cast<std::size_t>(((o * ic + i) * kh + y) * kw + x)] *
                        input.scale);
    result.weights = add_constant(node.inputs[1], {oc, kh, kw, ic}, std::move(values));
    if (node.has_input(2)) {
        const OnnxConstant& bias = constant(node, 2);
        result.bias = add_constant(node.inputs[2], bias.shape, floats_of(graph_, node, 2, bias));
    }
    const std::string output = add_node(node, std::move(result)).output;
    const Shape& out = network_.shapes.at(output);
    define(node, image_view(output,
                            ws.size() == 4 ? Shape{1, oc, out[0], out[1]} : Shape{1, oc, out[1]}));
}

// weights [N,K] in ONNX's order of the input's last axis.
void OnnxImporter::dense(const OnnxNode& node, const TensorView& input,
                         const std::vector<float>& weights, std::int64_t outputs,
                         std::vector<float> bias) {
    const std::int64_t depth = input.shape.back();
    if (depth < 1 || outputs < 1) refuse(node, "weights have no elements");
    const auto range = axis_factors(input).back();
    // Rows first, in ONNX's order, then the summed factors in any order: the activation can be read
    // as it lies, with the columns of the weights in that order. This is a Gemm after the Flatten
    // of an image.
    const std::size_t rows = range.first;
    bool as_it_lies = true;
    for (std::size_t i = 0; i < rows; ++i) as_it_lies = as_it_lies && input.stored[i] == i;
    std::vector<std::size_t> order = input.stored;
    if (!as_it_lies) std::iota(order.begin(), order.end(), std::size_t{0});

    std::vector<std::int64_t> stride(input.factors.size(), 1);
    for (std::size_t f = input.factors.size(); f-- > rows + 1;)
        stride[f - 1] = stride[f] * input.factors[f];
    std::vector<std::size_t> column;  // of the source, for each column as stored
    column.push_back(0);
    for (std::size_t i = rows; i < order.size(); ++i) {
        std::vector<std::size_t> next;
        for (const std::size_t base : column)
            for (std::int64_t at = 0; at < input.factors[order[i]]; ++at)
                next.push_back(base + static_cast<std::size_t>(at * stride[order[i]]));
        column = std::move(next);
    }
    BITLOOM_CHECK(static_cast<std::int64_t>(column.size()) == depth,
                  "the factors of an axis make up its size");

    std::vector<float> values(weights.size());
    for (std::size_t n = 0; n < static_cast<std::size_t>(outputs); ++n)
        for (std::size_t k = 0; k < column.size(); ++k)
            values[n * column.size() + k] =
                static_cast<float>(weights[n * column.size() + column[k]] * input.scale);

    const std::int64_t m = element_count(input.shape) / depth;
    Node result;
    result.op = Operator::gemm;
    result.inputs = {materialize(node, input, order, m == 1 ? Shape{depth} : Shape{m, depth})};
    result.weights = add_constant(node.inputs[1], {outputs, depth}, std::move(values));
    if (!bias.empty())
        result.bias = add_constant(node.has_input(2) ? node.inputs[2] : result.weights + "/bias",
                                   {outputs}, std::move(bias));
    const std::string output = add_node(node, std::move(result)).output;
    Shape shape = input.shape;
    shape.back() = outputs;
    define(node, plain_view(output, shape));
}

void OnnxImporter::gemm(const OnnxNode& node) {
    const TensorView input = raw_view(node, 0);
    const OnnxConstant& b = constant(node, 1);
    if (input.shape.size() != 2 || b.shape.size() != 2 || node.integer("transA", 0) != 0)
        refuse(node, "inputs of shapes {} and {}, transA {}: must be two axes each, transA 0",
               to_string(input.shape), to_string(b.shape), node.integer("transA", 0));
    const bool transposed_b = node.integer("transB", 0) != 0;
    const std::int64_t n = b.shape[transposed_b ? 0 : 1], k = b.shape[transposed_b ? 1 : 0];
    if (k != input.shape[1])
        refuse(node, "input of shape {} does not fit weights of {} rows", to_string(input.shape),
               k);
    const float alpha = static_cast<float>(node.real("alpha", 1.0));
    const auto& source = floats_of(graph_, node, 1, b);
    std::vector<float> weights(source.size()), bias;
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < k; ++j)
            weights[static_cast<std::size_t>(i * k + j)] =
                alpha * source[static_cast<std::size_t>(transposed_b ? i * k + j : j * n + i)];
    if (node.has_input(2)) {
        const OnnxConstant& c = constant(node, 2);
        const auto& values = floats_of(graph_, node, 2, c);
        if (c.shape.size() > 2 || (c.shape.size() == 2 && c.shape[0] != 1) ||
            (values.size() != 1 && static_cast<std::int64_t>(values.size()) != n))
            refuse(node, "C has shape {}: must be one value per output, {}", to_string(c.shape), n);
        if (graph_.opset < 7 && node.integer("broadcast", 0) == 0 && c.shape != Shape{1, n})
            refuse(node, "C has shape {}: must be 1x{} without broadcast = 1", to_string(c.shape),
                   n);
        const float beta = static_cast<float>(node.real("beta", 1.0));
        for (std::int64_t i = 0; i < n; ++i)
            bias.push_back(beta * values[values.size() == 1 ? 0 : static_cast<std::size_t>(i)]);
    }
    dense(node, input, weights, n, std::move(bias));
}

void OnnxImporter::matmul(const OnnxNode& node) {
    if (!is_constant(node.inputs[1])) return matmul_activations(node);
    const TensorView input = raw_view(node, 0);
    const OnnxConstant& b = constant(node, 1);
    const std::size_t rank = b.shape.size();
    if (rank < 2 || static_cast<std::int64_t>(b.size()) != b.shape[rank - 1] * b.shape[rank - 2])
        refuse(node, "weights have shape {}: must be one matrix", to_string(b.shape));
    const std::int64_t k = b.shape[rank - 2], n = b.shape[rank - 1];
    if (input.shape.size() < 2 || k != input.shape.back())
        refuse(node, "input of shape {} does not fit weights of {} rows", to_string(input.shape),
               k);
    const auto& source = floats_of(graph_, node, 1, b);
    std::vector<float> weights(source.size());
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < k; ++j)
            weights[static_cast<std::size_t>(i * k + j)] =
                source[static_cast<std::size_t>(j * n + i)];
    dense(node, input, weights, n, {});
}

void OnnxImporter::matmul_activations(const OnnxNode& node) {
    const TensorView a = raw_view(node, 0), b = raw_view(node, 1);
    const std::size_t rank = a.shape.size();
    if (rank < 2 || b.shape.size() != rank ||
        !std::equal(a.shape.begin(), a.shape.end() - 2, b.shape.begin()) ||
        a.shape[rank - 1] != b.shape[rank - 2])
        refuse(node,
               "inputs of shapes {} and {}: must agree but for the last two axes, and in the "
               "summed one",
               to_string(a.shape), to_string(b.shape));
    Shape lead;
    std::vector<std::size_t> axes(rank);
    std::iota(axes.begin(), axes.end(), std::size_t{0});
    for (std::size_t i = 0; i + 2 < rank; ++i)
        if (a.shape[i] != 1) lead.push_back(a.shape[i]);
    const std::int64_t m = a.shape[rank - 2], k = a.shape[rank - 1], n = b.shape[rank - 1];
    const auto with = [&](std::int64_t rows, std::int64_t columns) {
        Shape shape = lead;
        shape.push_back(rows);
        shape.push_back(columns);
        return shape;
    };
    Node result;
    result.op = Operator::matmul;
    result.multiplier = a.scale * b.scale;
    const std::string left = materialize(node, a, factor_order(a, axes), with(m, k));
    // b is read as [N,K] where its summed axis lies inside the other one.
    const auto ranges = axis_factors(b);
    const auto place = [&](std::size_t axis) {
        const auto range = ranges[axis];
        if (range.first == range.second) return std::ptrdiff_t{-1};
        return std::find(b.stored.begin(), b.stored.end(), range.second - 1) - b.stored.begin();
    };
    result.transpose_b = place(rank - 2) > place(rank - 1);
    if (result.transpose_b) std::swap(axes[rank - 2], axes[rank - 1]);
    const std::string right =
        materialize(node, b, factor_order(b, axes), result.transpose_b ? with(n, k) : with(k, n));
    result.inputs = {left, right};
    const std::string output = add_node(node, std::move(result)).output;
    Shape shape = a.shape;
    shape.back() = n;
    define(node, plain_view(output, shape));
}

void OnnxImporter::batch_normalization(const OnnxNode& node) {
    const TensorView input = view(node, 0);
    refuse_training(node);
    Node* producer = exclusive_producer(input);
    if (!producer || producer->op == Operator::matmul || input.shape.size() < 2)
        refuse(node,
               "must follow a Conv, Gemm or MatMul with constant weights whose result nobody else "
               "reads");
    const std::int64_t channels = input.shape[1];
    OnnxConstant scale, shift;
    for (OnnxConstant* value : {&scale, &shift}) {
        value->shape.assign(input.shape.size() - 1, 1);
        value->shape[0] = channels;
    }
    std::vector<double> parts[4];  // scale, bias, mean, variance
    for (std::size_t p = 0; p < 4; ++p) {
        const OnnxConstant& value = constant(node, p + 1);
        if (value.integer || value.shape != Shape{channels})
            refuse(node, "input {} has shape {}: must be {} floats", p + 1, to_string(value.shape),
                   channels);
        parts[p].assign(value.floats.begin(), value.floats.end());
    }
    const double epsilon = node.real("epsilon", 1e-5);
    for (std::size_t c = 0; c < parts[0].size(); ++c) {
        const double factor = parts[0][c] / std::sqrt(parts[3][c] + epsilon);
        scale.floats.push_back(static_cast<float>(factor));
        shift.floats.push_back(static_cast<float>(parts[1][c] - parts[2][c] * factor));
    }
    const auto factors = per_channel(node, scale, input, *producer),
               terms = per_channel(node, shift, input, *producer);
    if (!factors || !terms)
        refuse(node, "normalizes another axis than the channels of the layer before it");
    scale_channels(*producer, *factors);
    shift_channels(*producer, *terms);
    define(node, input);
}

}  // namespace bitloom
