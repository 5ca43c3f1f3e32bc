// SPDX-License-Identifier: Apache-2.0
// Operators that move data or only rename it.
#include <algorithm>
#include <limits>
#include <numeric>

#include "workloads/import/onnx_importer.h"

namespace bitloom {

void OnnxImporter::identity(const OnnxNode& node) {
    if (node.op == "Dropout") refuse_training(node);
    define(node, raw_view(node, 0));
}

void OnnxImporter::cast(const OnnxNode& node) {
    if (const auto to = cast_target(node); to != 1)
        refuse(node, "to element type {}: must be 1, FLOAT", to);
    identity(node);
}

void OnnxImporter::give_shape(const OnnxNode& node, const TensorView& view, const Shape& shape) {
    std::int64_t count = 1;
    for (const auto size : shape) {
        if (size < 1 || size > (std::int64_t{1} << 31))
            refuse(node, "result has an axis of size {}", size);
        count *= size;
        if (count > (std::int64_t{1} << 31)) refuse(node, "result has more than 2^31 elements");
    }
    if (count != element_count(view.shape))
        refuse(node, "shape {} does not have the elements of {}", to_string(shape),
               to_string(view.shape));
    auto result = reshaped(view, shape);
    if (!result) result = reshaped(plain(node, view), shape);
    if (!result) {  // axes are split unevenly: the plain order is the only description
        const TensorView ordered = plain(node, view);
        result = plain_view(ordered.activation, shape);
        result->scale = view.scale;
        result->exclusive = view.exclusive;
    }
    define(node, *result);
}

void OnnxImporter::reshape(const OnnxNode& node) {
    const TensorView& input = raw_view(node, 0);
    Shape shape = node.has_input(1) ? integers(node, 1) : node.integers("shape");
    std::int64_t known = 1;
    std::ptrdiff_t open = -1;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] == 0 && node.integer("allowzero", 0) == 0) {
            if (i >= input.shape.size())
                refuse(node, "axis {} is to be kept: the input has {}", i, input.shape.size());
            shape[i] = input.shape[i];
        }
        if (shape[i] == -1 && open < 0) {
            open = static_cast<std::ptrdiff_t>(i);
            continue;
        }
        if (shape[i] < 1 || shape[i] > (std::int64_t{1} << 31))
            refuse(node, "result has an axis of size {}", shape[i]);
        known *= shape[i];
        if (known > (std::int64_t{1} << 31)) refuse(node, "result has more than 2^31 elements");
    }
    if (open >= 0) shape[static_cast<std::size_t>(open)] = element_count(input.shape) / known;
    give_shape(node, input, shape);
}

void OnnxImporter::flatten(const OnnxNode& node) {
    const TensorView& input = raw_view(node, 0);
    const auto rank = static_cast<std::int64_t>(input.shape.size());
    const std::int64_t value = node.integer("axis", 1);
    if (value < -rank || value > rank) refuse(node, "axis {}: must be {}..{}", value, -rank, rank);
    Shape shape{1, 1};
    for (std::int64_t i = 0; i < rank; ++i)
        shape[i < (value < 0 ? value + rank : value) ? 0 : 1] *=
            input.shape[static_cast<std::size_t>(i)];
    give_shape(node, input, shape);
}

void OnnxImporter::squeeze(const OnnxNode& node) {
    const TensorView& input = raw_view(node, 0);
    auto gone = axes(node, input.shape.size());
    if (gone.empty())
        for (std::size_t i = 0; i < input.shape.size(); ++i)
            if (input.shape[i] == 1) gone.push_back(static_cast<std::int64_t>(i));
    Shape shape = input.shape;
    for (std::size_t i = gone.size(); i-- > 0;) {
        if (shape[static_cast<std::size_t>(gone[i])] != 1)
            refuse(node, "axis {} has size {}: must be 1", gone[i],
                   shape[static_cast<std::size_t>(gone[i])]);
        shape.erase(shape.begin() + gone[i]);
    }
    give_shape(node, input, shape);
}

void OnnxImporter::unsqueeze(const OnnxNode& node) {
    const TensorView& input = raw_view(node, 0);
    const std::size_t added =
        (node.has_input(1) ? integers(node, 1) : node.integers("axes")).size();
    Shape shape = input.shape;
    if (added > 8) refuse(node, "adds {} axes: must be 8 or fewer", added);
    for (const auto a : axes(node, shape.size() + added)) shape.insert(shape.begin() + a, 1);
    give_shape(node, input, shape);
}

void OnnxImporter::transpose(const OnnxNode& node) {
    const TensorView& input = raw_view(node, 0);
    const std::size_t rank = input.shape.size();
    std::vector<std::size_t> permutation;
    for (const auto a : node.integers("perm")) permutation.push_back(axis(node, a, rank));
    if (permutation.empty())
        for (std::size_t i = rank; i-- > 0;) permutation.push_back(i);
    std::vector<std::size_t> sorted = permutation, all(rank);
    std::sort(sorted.begin(), sorted.end());
    std::iota(all.begin(), all.end(), std::size_t{0});
    if (sorted != all)
        refuse(node, "perm {} is no permutation of {} axes", fmt::join(permutation, ","), rank);
    define(node, transposed(input, permutation));
}

void OnnxImporter::shape_of(const OnnxNode& node) {
    const Shape shape =
        is_constant(node.inputs[0]) ? constant(node, 0).shape : raw_view(node, 0).shape;
    const auto rank = static_cast<std::int64_t>(shape.size());
    const auto clip = [&](std::int64_t v) {
        return std::clamp(v < 0 ? v + rank : v, std::int64_t{0}, rank);
    };
    const std::int64_t first = clip(node.integer("start", 0)),
                       last = clip(node.integer("end", rank));
    OnnxConstant result;
    result.integer = true;
    for (std::int64_t i = first; i < last; ++i)
        result.ints.push_back(shape[static_cast<std::size_t>(i)]);
    result.shape = {static_cast<std::int64_t>(result.ints.size())};
    graph_.constants[node.outputs.front()] = std::move(result);
}

void OnnxImporter::concat(const OnnxNode& node) {
    if (node.inputs.size() == 1) {
        axis(node, node.integer("axis", concat_axis()), raw_view(node, 0).shape.size());
        return identity(node);
    }
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
        if (!node.has_input(i) || is_constant(node.inputs[i]))
            refuse(node, "joins a constant with computed tensors: must be computed tensors only");
    const Shape first = view(node, 0).shape;
    const std::size_t rank = first.size(),
                      along = axis(node, node.integer("axis", concat_axis()), rank);
    std::vector<std::size_t>
        order;  // images: height, width, channels; others: the joined axis last
    for (std::size_t i = 0; i < rank; ++i)
        if (i != along) order.push_back(i);
    order.push_back(along);
    Node result;
    result.op = Operator::concat;
    Shape shape = first;
    shape[along] = 0;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const TensorView input = view(node, i);
        Shape fits = input.shape;
        if (fits.size() == rank) fits[along] = first[along];
        if (fits != first)
            refuse(node, "inputs of shapes {} and {}: must agree but for the joined axis",
                   to_string(first), to_string(input.shape));
        shape[along] += input.shape[along];
        Shape stored;
        for (const std::size_t a : order)
            if (a == along || a > 0 || input.shape[a] != 1) stored.push_back(input.shape[a]);
        result.inputs.push_back(materialize(node, input, factor_order(input, order), stored));
    }
    TensorView output = plain_view(add_node(node, std::move(result)).output, shape);
    output.stored = factor_order(output, order);
    define(node, output);
}

// Some indices of one axis. Possible where the axis is one of output channels: the layer is made
// again with those rows of its weights alone; remove_unused drops it where nobody reads all of it.
void OnnxImporter::select(const OnnxNode& node, std::size_t output, std::size_t along,
                          const std::vector<std::int64_t>& indices, bool drop_axis) {
    const TensorView input = raw_view(node, 0);
    TensorView result = input;
    const auto range = axis_factors(input)[along];
    if (static_cast<std::int64_t>(indices.size()) == input.shape[along] &&
        std::is_sorted(indices.begin(), indices.end())) {  // all of it
        if (drop_axis)
            result.shape.erase(result.shape.begin() + static_cast<std::ptrdiff_t>(along));
        define(node, result, output);
        return;
    }
    const auto found = producers_.find(input.activation);
    const Node* producer = found == producers_.end() ? nullptr : &network_.nodes[found->second];
    const auto stored = std::find(input.stored.begin(), input.stored.end(), range.first);
    std::int64_t inner = 1;
    for (auto f = stored; f != input.stored.end() && f + 1 != input.stored.end(); ++f)
        inner *= input.factors[*(f + 1)];
    const std::int64_t size = input.shape[along];
    const bool dense_layer =
        producer && (producer->op == Operator::gemm ||
                     (producer->op == Operator::conv2d && producer->groups == 1));
    if (!dense_layer || range.second != range.first + 1 ||
        network_.shapes.at(producer->output).back() % (inner * size) != 0)
        refuse(
            node,
            "takes part of an axis that is not one of output channels of a Gemm, MatMul or Conv");

    const FloatTensor& weights = network_.constants.at(producer->weights);
    const std::int64_t channels = weights.shape[0], depth = element_count(weights.shape) / channels;
    Node part = *producer;
    std::vector<float> rows, bias;
    std::int64_t taken = 0;
    for (std::int64_t outer = 0; outer < channels / (inner * size); ++outer)
        for (const std::int64_t index : indices)
            for (std::int64_t i = 0; i < inner; ++i, ++taken) {
                const std::int64_t row = (outer * size + index) * inner + i;
                const auto begin = weights.values.begin() + row * depth;
                rows.insert(rows.end(), begin, begin + depth);
                if (!part.bias.empty())
                    bias.push_back(
                        network_.constants.at(part.bias).values[static_cast<std::size_t>(row)]);
            }
    Shape shape = weights.shape;
    shape[0] = taken;
    const std::string label = fmt::format("{}/{}", part.name, node.outputs[output]);
    part.weights = add_constant(part.weights + "/part", shape, std::move(rows));
    if (!part.bias.empty()) part.bias = add_constant(part.bias + "/part", {taken}, std::move(bias));
    part.name = label;
    part.output = fresh(node.outputs[output]);
    result.activation = add_node(node, std::move(part)).output;
    result.exclusive = true;

    const auto count = static_cast<std::int64_t>(indices.size());
    if (count == 1) {  // the factor is gone
        result.factors.erase(result.factors.begin() + static_cast<std::ptrdiff_t>(range.first));
        std::erase(result.stored, range.first);
        for (auto& f : result.stored) f -= f > range.first;
    } else {
        result.factors[range.first] = count;
    }
    if (drop_axis)
        result.shape.erase(result.shape.begin() + static_cast<std::ptrdiff_t>(along));
    else
        result.shape[along] = count;
    define(node, result, output);
}

void OnnxImporter::split(const OnnxNode& node) {
    const Shape shape = raw_view(node, 0).shape;
    const std::size_t along = axis(node, node.integer("axis", 0), shape.size());
    std::vector<std::int64_t> sizes =
        node.has_input(1) ? integers(node, 1) : node.integers("split");
    const auto parts = static_cast<std::int64_t>(node.outputs.size());
    if (node.integer("num_outputs", parts) != parts)
        refuse(node, "num_outputs = {} with {} outputs", node.integer("num_outputs", parts), parts);
    if (sizes.empty()) {  // equal parts; from operator set 18 on the last one may be smaller
        if (graph_.opset < 18 && shape[along] % parts != 0)
            refuse(node, "{} equal parts of {} elements", parts, shape[along]);
        const std::int64_t size = (shape[along] + parts - 1) / parts;
        for (std::int64_t i = 0; i < parts; ++i)
            sizes.push_back(std::min(size, shape[along] - i * size));
    }
    std::int64_t sum = 0;
    for (const auto size : sizes) {
        if (size < 1 || size > shape[along]) refuse(node, "a part of {} of {}", size, shape[along]);
        sum += size;
    }
    if (sum != shape[along] || sizes.size() != node.outputs.size())
        refuse(node, "{} parts of {} elements for {} outputs: axis has {}", sizes.size(), sum,
               parts, shape[along]);
    std::int64_t start = 0;
    for (std::size_t o = 0; o < sizes.size(); ++o) {
        std::vector<std::int64_t> indices(static_cast<std::size_t>(sizes[o]));
        std::iota(indices.begin(), indices.end(), start);
        start += sizes[o];
        if (uses_.contains(node.outputs[o])) select(node, o, along, indices, false);
    }
}

void OnnxImporter::slice(const OnnxNode& node) {
    const Shape shape = raw_view(node, 0).shape;
    const bool attributes = graph_.opset < 10;
    const auto starts = attributes ? node.integers("starts") : integers(node, 1);
    const auto ends = attributes ? node.integers("ends") : integers(node, 2);
    auto along = attributes          ? node.integers("axes")
                 : node.has_input(3) ? integers(node, 3)
                                     : std::vector<std::int64_t>{};
    const auto steps =
        node.has_input(4) ? integers(node, 4) : std::vector<std::int64_t>(starts.size(), 1);
    if (along.empty())
        for (std::size_t i = 0; i < starts.size(); ++i)
            along.push_back(static_cast<std::int64_t>(i));
    if (starts.size() != ends.size() || starts.size() != along.size() ||
        starts.size() != steps.size())
        refuse(node, "starts, ends, axes and steps differ in length");
    // Axes of which everything is taken do not count.
    std::ptrdiff_t chosen = -1;
    std::vector<std::int64_t> indices;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        const std::size_t a = axis(node, along[i], shape.size());
        const std::int64_t size = shape[a];
        if (steps[i] != 1) refuse(node, "step {}: must be 1", steps[i]);
        const auto clip = [&](std::int64_t v) {
            return std::clamp(v < 0 ? std::max(v, -size) + size : v, std::int64_t{0}, size);
        };
        const std::int64_t first = clip(starts[i]), last = clip(ends[i]);
        if (first >= last) refuse(node, "takes nothing of axis {}", a);
        if (last - first == size) continue;
        if (chosen >= 0) refuse(node, "takes parts of two axes: must be one");
        chosen = static_cast<std::ptrdiff_t>(a);
        indices.resize(static_cast<std::size_t>(last - first));
        std::iota(indices.begin(), indices.end(), first);
    }
    if (chosen < 0)
        identity(node);
    else
        select(node, 0, static_cast<std::size_t>(chosen), indices, false);
}

void OnnxImporter::gather(const OnnxNode& node) {
    const Shape shape = raw_view(node, 0).shape;
    const std::size_t along = axis(node, node.integer("axis", 0), shape.size());
    auto indices = integers(node, 1);
    const std::size_t index_rank = constant(node, 1).shape.size();
    if (index_rank > 1 || indices.empty()) refuse(node, "indices must be one index or a list");
    for (auto& index : indices) {
        if (index < -shape[along] || index >= shape[along])
            refuse(node, "index {}: must be {}..{}", index, -shape[along], shape[along] - 1);
        if (index < 0) index += shape[along];
    }
    select(node, 0, along, indices, index_rank == 0);
}

}  // namespace bitloom
