// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "workloads/import/onnx_importer.h"

namespace bitloom {
namespace {

// The constant along the view's factors, in the order of the view's activation.
std::vector<float> repeated(const OnnxConstant& value, const std::vector<std::int64_t>& strides,
                            const TensorView& view) {
    std::vector<float> result(static_cast<std::size_t>(element_count(view.factors)));
    std::vector<std::int64_t> index(view.stored.size(), 0);
    std::int64_t source = 0;
    for (float& target : result) {
        target = static_cast<float>(value.at(static_cast<std::size_t>(source)));
        for (std::size_t i = view.stored.size(); i-- > 0;) {
            const std::size_t f = view.stored[i];
            source += strides[f];
            if (++index[i] < view.factors[f]) break;
            source -= strides[f] * view.factors[f];
            index[i] = 0;
        }
    }
    return result;
}

}  // namespace

const OnnxConstant& OnnxImporter::constant(const OnnxNode& node, std::size_t input) const {
    if (!node.has_input(input)) refuse(node, "input {} is missing", input);
    node.note_input(input);
    const auto found = graph_.constants.find(node.inputs[input]);
    if (found == graph_.constants.end())
        refuse(node, "input {} ({}) is computed from the network's input: must be constant", input,
               shown(node.inputs[input]));
    if (!found->second.problem.empty())
        refuse(node, "input {} ({}): {}", input, shown(node.inputs[input]), found->second.problem);
    return found->second;
}

const TensorView& OnnxImporter::padded_view(const OnnxNode& node, std::size_t input) const {
    node.note_input(input);
    const auto found = views_.find(node.inputs.at(input));
    if (found == views_.end())
        refuse(node, "input {} ({}) is constant: must be computed from the network's input", input,
               shown(node.inputs[input]));
    return found->second;
}

const TensorView& OnnxImporter::raw_view(const OnnxNode& node, std::size_t input) const {
    const TensorView& result = padded_view(node, input);
    if (result.padding != Padding{})
        refuse(node, "input {} was padded: a Pad must be right before a Conv or AveragePool",
               input);
    return result;
}

TensorView OnnxImporter::view(const OnnxNode& node, std::size_t input) const {
    const TensorView& result = raw_view(node, input);
    if (result.scale != 1.0)
        refuse(node,
               "input {} was multiplied by {}: a factor must be next to a Conv, Gemm or MatMul",
               input, result.scale);
    return result;
}

std::vector<std::int64_t> OnnxImporter::integers(const OnnxNode& node, std::size_t input) const {
    const OnnxConstant& value = constant(node, input);
    if (!value.integer) refuse(node, "input {} must be integers", input);
    return value.ints;
}

std::vector<std::int64_t> OnnxImporter::axes(const OnnxNode& node, std::size_t rank) const {
    std::vector<std::int64_t> result =
        node.has_input(1) ? integers(node, 1) : node.integers("axes");
    for (auto& value : result) value = static_cast<std::int64_t>(axis(node, value, rank));
    std::sort(result.begin(), result.end());
    if (std::adjacent_find(result.begin(), result.end()) != result.end())
        refuse(node, "an axis is named twice");
    return result;
}

std::size_t OnnxImporter::axis(const OnnxNode& node, std::int64_t value, std::size_t rank) const {
    const auto size = static_cast<std::int64_t>(rank);
    if (value < -size || value >= size)
        refuse(node, "axis {}: must be {}..{}", value, -size, size - 1);
    return static_cast<std::size_t>(value < 0 ? value + size : value);
}

void OnnxImporter::define(const OnnxNode& node, TensorView view, std::size_t output) {
    const std::string& name = node.outputs.at(output);
    const auto uses = uses_.find(name);
    view.exclusive = view.exclusive && uses != uses_.end() && uses->second == 1;
    views_[name] = merged(view);
}

std::string OnnxImporter::fresh(const std::string& wish) {
    std::string name = wish;
    for (int& next = next_name_[wish]; !names_.insert(name).second;)
        name = fmt::format("{}.{}", wish, next = std::max(next + 1, 2));
    return name;
}

std::string OnnxImporter::add_constant(const std::string& wish, Shape shape,
                                       std::vector<float> values) {
    // Many nodes may read one tensor; each keeps a copy of its own.
    kept_ += element_count(shape);
    if (kept_ > most_kept)
        fail("{}: constant {}: the network's constants have more than {} elements together",
             graph_.file, shown(wish), most_kept);
    const std::string name = fresh(wish);
    network_.constants[name] = {std::move(shape), std::move(values)};
    return name;
}

Node& OnnxImporter::add_node(const OnnxNode& source, Node node) {
    if (node.name.empty()) node.name = source.name;
    node.name = fresh("node " + node.name).substr(5);  // nodes have names of their own
    if (node.output.empty()) node.output = fresh(source.outputs.front());
    append(network_, std::move(node));
    Node& added = network_.nodes.back();
    read_.insert(added.inputs.begin(), added.inputs.end());
    producers_[added.output] = network_.nodes.size() - 1;
    return added;
}

std::string OnnxImporter::materialize(const OnnxNode& node, const TensorView& view,
                                      const std::vector<std::size_t>& order, const Shape& shape) {
    // One node more, unless the same was made before.
    const auto move = [&](Operator op, const std::string& from, const Shape& to,
                          std::vector<std::int64_t> permutation) {
        if (op == Operator::reshape && network_.shapes.at(from) == to) return from;
        const std::string key = fmt::format("{}|{}|{}|{}", from, to_string(op), to_string(to),
                                            fmt::join(permutation, ","));
        const auto made = moved_.find(key);
        if (made != moved_.end()) return made->second;
        Node moving;
        moving.op = op;
        moving.name = fmt::format("{}/{}", from, to_string(op));
        moving.inputs = {from};
        moving.output = fresh(moving.name);
        moving.permutation = std::move(permutation);
        network_.shapes[moving.output] = to;
        return moved_[key] = add_node(node, std::move(moving)).output;
    };

    // Runs of factors that are neighbours before and after move together.
    std::vector<std::size_t> place(view.factors.size());
    for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
    std::vector<std::size_t> first;  // place, after, of the first factor of each run
    Shape before;
    for (std::size_t i = 0; i < view.stored.size(); ++i) {
        const std::size_t f = view.stored[i];
        if (i > 0 && place[f] == place[view.stored[i - 1]] + 1) {
            before.back() *= view.factors[f];
        } else {
            before.push_back(view.factors[f]);
            first.push_back(place[f]);
        }
    }
    std::string at = view.activation;
    if (first.size() > 1) {
        std::vector<std::int64_t> permutation(first.size());
        std::iota(permutation.begin(), permutation.end(), std::int64_t{0});
        std::sort(permutation.begin(), permutation.end(), [&](std::int64_t a, std::int64_t b) {
            return first[static_cast<std::size_t>(a)] < first[static_cast<std::size_t>(b)];
        });
        Shape after;
        for (const auto run : permutation) after.push_back(before[static_cast<std::size_t>(run)]);
        at = move(Operator::reshape, at, before, {});
        at = move(Operator::transpose, at, after, permutation);
    }
    return move(Operator::reshape, at, shape, {});
}

TensorView OnnxImporter::plain(const OnnxNode& node, const TensorView& view) {
    TensorView result = plain_view("", view.shape);
    std::vector<std::size_t> order(view.factors.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const Shape shape(view.shape.begin() + (view.shape.size() > 1 && view.shape[0] == 1 ? 1 : 0),
                      view.shape.end());
    result.activation = materialize(node, view, order, shape);
    result.scale = view.scale;
    result.exclusive = view.exclusive;
    return result;
}

std::string OnnxImporter::image(const OnnxNode& node, const TensorView& view, Shape& shape) {
    const Shape& s = view.shape;
    if ((s.size() != 3 && s.size() != 4) || s[0] != 1)
        refuse(node, "input has shape {}: must be 1 x channels x height x width", to_string(s));
    const bool two = s.size() == 4;
    shape = {two ? s[2] : 1, s.back(), s[1]};
    return materialize(node, view,
                       factor_order(view, two ? std::vector<std::size_t>{2, 3, 1}
                                              : std::vector<std::size_t>{2, 1}),
                       shape);
}

std::vector<std::int64_t> OnnxImporter::strides(const OnnxNode& node, const OnnxConstant& value,
                                                const TensorView& view) const {
    const auto unfit = [&] {
        refuse(node, "constant of shape {} does not fit {}", to_string(value.shape),
               to_string(view.shape));
    };
    if (value.shape.size() > view.shape.size()) unfit();
    const auto ranges = axis_factors(view);
    std::vector<std::int64_t> result(view.factors.size(), 0);
    std::int64_t stride = 1;
    for (std::size_t back = 1; back <= value.shape.size(); ++back) {
        const std::size_t axis_index = view.shape.size() - back;
        const std::int64_t size = value.shape[value.shape.size() - back];
        if (size == 1) continue;
        if (size != view.shape[axis_index]) unfit();
        for (std::size_t f = ranges[axis_index].second; f-- > ranges[axis_index].first;) {
            result[f] = stride;
            stride *= view.factors[f];
        }
    }
    return result;
}

std::vector<float> OnnxImporter::broadcast(const OnnxNode& node, const OnnxConstant& value,
                                           const TensorView& view) {
    const std::vector<std::int64_t> steps = strides(node, value, view);
    charge(node, view.shape);
    return repeated(value, steps, view);
}

Node* OnnxImporter::exclusive_producer(const TensorView& view) {
    const auto found = producers_.find(view.activation);
    if (!view.exclusive || found == producers_.end() || read_.contains(view.activation))
        return nullptr;
    Node& node = network_.nodes[found->second];
    const bool gemm_like =
        node.op == Operator::conv2d || node.op == Operator::gemm || node.op == Operator::matmul;
    return gemm_like ? &node : nullptr;
}

std::optional<std::vector<float>> OnnxImporter::per_channel(const OnnxNode& node,
                                                            const OnnxConstant& value,
                                                            const TensorView& view,
                                                            const Node& producer) {
    if (producer.op == Operator::matmul) return std::nullopt;
    const std::int64_t channels = network_.shapes.at(producer.output).back();
    // The usual case: the constant is repeated along everything but the channels, which lie
    // innermost. Then it is enough to look at one pixel.
    const std::vector<std::int64_t> steps = strides(node, value, view);
    TensorView pixel = view;
    std::int64_t inner = 1;
    for (std::size_t i = view.stored.size(); i-- > 0;) {
        const std::size_t f = view.stored[i];
        if (inner >= channels && steps[f] == 0) pixel.factors[f] = 1;
        if (inner < channels) inner *= view.factors[f];
    }
    std::vector<float> all;
    if (inner == channels) {
        all = repeated(value, steps, pixel);
    } else {
        all = broadcast(node, value, view);
    }
    const auto count = static_cast<std::size_t>(channels);
    for (std::size_t i = count; i < all.size(); ++i)
        if (all[i] != all[i % count]) return std::nullopt;
    all.resize(count);
    return all;
}

void OnnxImporter::scale_channels(Node& producer, std::span<const float> factors) {
    auto& weights = network_.constants.at(producer.weights).values;
    const std::size_t row = weights.size() / factors.size();
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] *= factors[i / row];
    if (producer.bias.empty()) return;
    auto& bias = network_.constants.at(producer.bias).values;
    for (std::size_t i = 0; i < bias.size(); ++i) bias[i] *= factors[i];
}

void OnnxImporter::shift_channels(Node& producer, std::span<const float> terms) {
    if (producer.bias.empty())
        producer.bias =
            add_constant(producer.weights + "/bias", {static_cast<std::int64_t>(terms.size())},
                         std::vector<float>(terms.size(), 0.0F));
    auto& bias = network_.constants.at(producer.bias).values;
    for (std::size_t i = 0; i < bias.size(); ++i) bias[i] += terms[i];
}

}  // namespace bitloom
