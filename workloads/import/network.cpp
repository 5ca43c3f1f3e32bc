// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/network.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "models/base/error.h"
#include "workloads/import/network_limits.h"
#include "workloads/trace/layer_rules.h"

namespace bitloom {
namespace {

// One check of one node: knows the names that an error needs.
class ShapeRule {
public:
    ShapeRule(const Network& network, const Node& node) : network_(network), node_(node) {}

    Shape result() const {
        switch (node_.op) {
            case Operator::conv2d:
                return conv2d();
            case Operator::gemm:
                return gemm();
            case Operator::matmul:
                return matmul();
            case Operator::add:
                return add();
            case Operator::max_pool:
            case Operator::average_pool:
                return pool();
            case Operator::layer_norm:
                return layer_norm();
            case Operator::clamp:
                return clamp();
            case Operator::softmax:
            case Operator::gelu:
                return rank_one_or_more();
            case Operator::transpose:
                return transpose();
            case Operator::reshape:
                return reshape();
            case Operator::concat:
                return concat();
        }
        wrong("operator {} is unknown", static_cast<int>(node_.op));
    }

private:
    template <class... Args>
    [[noreturn]] void wrong(fmt::format_string<Args...> text, Args&&... args) const {
        fail("network '{}': {} node '{}': {}", network_.name, to_string(node_.op), node_.name,
             fmt::format(text, std::forward<Args>(args)...));
    }

    const Shape& input(std::size_t index) const {
        if (index >= node_.inputs.size())
            wrong("has {} inputs: needs {} or more", node_.inputs.size(), index + 1);
        const auto found = network_.shapes.find(node_.inputs[index]);
        if (found == network_.shapes.end())
            wrong("reads '{}' before it is produced", node_.inputs[index]);
        return found->second;
    }

    void inputs(std::size_t count) const {
        if (node_.inputs.size() != count)
            wrong("has {} inputs: needs {}", node_.inputs.size(), count);
    }

    const FloatTensor& constant(const std::string& name) const {
        const auto found = network_.constants.find(name);
        if (found == network_.constants.end()) wrong("constant '{}' is missing", name);
        const auto held = static_cast<std::int64_t>(found->second.values.size());
        const std::int64_t needed = element_count(found->second.shape);
        if (held != needed && !(network_.shape_only && held == 0))
            wrong("constant '{}' of shape {} has {} values", name, to_string(found->second.shape),
                  held);
        return found->second;
    }

    void vector_constant(const std::string& name, std::int64_t size) const {
        if (name.empty()) return;
        if (constant(name).shape != Shape{size})
            wrong("constant '{}' has shape {}: needs {}", name, to_string(constant(name).shape),
                  size);
    }

    const Shape& image() const {
        const Shape& shape = input(0);
        if (shape.size() != 3)
            wrong("input has shape {}: needs height x width x channels", to_string(shape));
        return shape;
    }

    Shape windowed(const Shape& in, std::int64_t channels) const {
        const Window& w = node_.window;
        for (const auto size :
             {w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h, w.dilation_w})
            if (size < 1 || size > (std::int64_t{1} << 31))
                wrong("window has a size of {}: must be 1 or more", size);
        for (const auto size : {w.pad_top, w.pad_left, w.pad_bottom, w.pad_right})
            if (size < 0 || size > (std::int64_t{1} << 31))
                wrong("window has a padding of {}: must be 0 or more", size);
        const std::int64_t reach_h = (w.kernel_h - 1) * w.dilation_h + 1;
        const std::int64_t reach_w = (w.kernel_w - 1) * w.dilation_w + 1;
        const std::int64_t height = in[0] + w.pad_top + w.pad_bottom,
                           width = in[1] + w.pad_left + w.pad_right;
        if (reach_h > height || reach_w > width)
            wrong("window of {}x{} does not fit the padded input of {}x{}", reach_h, reach_w,
                  height, width);
        return {(height - reach_h) / w.stride_h + 1, (width - reach_w) / w.stride_w + 1, channels};
    }

    Shape conv2d() const {
        inputs(1);
        const Shape& in = image();
        const Shape& weights = constant(node_.weights).shape;
        if (weights.size() != 4)
            wrong("weights have shape {}: needs four axes", to_string(weights));
        if (node_.groups < 1 || in[2] % node_.groups != 0 || weights[0] % node_.groups != 0)
            wrong("{} groups do not divide {} input and {} output channels", node_.groups, in[2],
                  weights[0]);
        const Shape expected{weights[0], node_.window.kernel_h, node_.window.kernel_w,
                             in[2] / node_.groups};
        if (weights != expected)
            wrong("weights have shape {}: needs {}", to_string(weights), to_string(expected));
        vector_constant(node_.bias, weights[0]);
        return windowed(in, weights[0]);
    }

    Shape gemm() const {
        inputs(1);
        const Shape& in = input(0);
        const Shape& weights = constant(node_.weights).shape;
        if (in.empty() || in.size() > 2)
            wrong("input has shape {}: needs [M,K] or [K]", to_string(in));
        if (weights.size() != 2 || weights[1] != in.back())
            wrong("weights have shape {}: needs N x {}", to_string(weights), in.back());
        vector_constant(node_.bias, weights[0]);
        Shape out = in;
        out.back() = weights[0];
        return out;
    }

    Shape matmul() const {
        inputs(2);
        const Shape& a = input(0);
        const Shape& b = input(1);
        const std::size_t rank = a.size();
        if (rank < 2 || b.size() != rank || !std::equal(a.begin(), a.end() - 2, b.begin()))
            wrong("inputs have shapes {} and {}: must agree but for the last two axes",
                  to_string(a), to_string(b));
        const std::int64_t k = b[node_.transpose_b ? rank - 1 : rank - 2];
        if (a[rank - 1] != k)
            wrong("inputs of shapes {} and {} are summed over {} and {} elements", to_string(a),
                  to_string(b), a[rank - 1], k);
        Shape out = a;
        out[rank - 1] = b[node_.transpose_b ? rank - 2 : rank - 1];
        return out;
    }

    Shape add() const {
        const Shape& a = input(0);
        if (node_.constant.empty()) {
            inputs(2);
            if (input(1) != a)
                wrong("inputs have shapes {} and {}: must be equal", to_string(a),
                      to_string(input(1)));
        } else {
            inputs(1);
            if (constant(node_.constant).shape != a)
                wrong("constant has shape {}: needs {}", to_string(constant(node_.constant).shape),
                      to_string(a));
        }
        return a;
    }

    Shape pool() const {
        inputs(1);
        const Shape& in = image();
        const Window& w = node_.window;
        const Shape out = windowed(in, in[2]);
        const std::int64_t row = window_of_padding(in[0], out[0], w.kernel_h, w.stride_h,
                                                   w.dilation_h, w.pad_top),
                           column = window_of_padding(in[1], out[1], w.kernel_w, w.stride_w,
                                                      w.dilation_w, w.pad_left);
        if (row >= 0 || column >= 0)
            wrong("window {} along the {} has nothing but padding", row >= 0 ? row : column,
                  row >= 0 ? "height" : "width");
        return out;
    }

    Shape rank_one_or_more() const {
        inputs(1);
        if (input(0).empty()) wrong("input has no axes");
        return input(0);
    }

    Shape clamp() const {
        if (!(node_.clamp_low <= node_.clamp_high))
            wrong("bounds {}..{} are not in order", node_.clamp_low, node_.clamp_high);
        return rank_one_or_more();
    }

    Shape layer_norm() const {
        const Shape shape = rank_one_or_more();
        vector_constant(node_.gamma, shape.back());
        vector_constant(node_.beta, shape.back());
        if (node_.gamma.empty() || node_.beta.empty()) wrong("gamma or beta is missing");
        if (!(node_.epsilon >= 0)) wrong("epsilon = {}: must be 0 or more", node_.epsilon);
        return shape;
    }

    Shape transpose() const {
        inputs(1);
        const Shape& in = input(0);
        std::vector<std::int64_t> sorted = node_.permutation, axes(in.size());
        std::sort(sorted.begin(), sorted.end());
        std::iota(axes.begin(), axes.end(), 0);
        if (sorted != axes)
            wrong("{} is not a permutation of {} axes", fmt::join(node_.permutation, ","),
                  in.size());
        Shape out;
        for (const auto axis : node_.permutation) out.push_back(in[static_cast<std::size_t>(axis)]);
        return out;
    }

    // The new shape is what the network says about the result.
    Shape reshape() const {
        inputs(1);
        const auto found = network_.shapes.find(node_.output);
        if (found == network_.shapes.end()) wrong("new shape is missing");
        if (element_count(found->second) != element_count(input(0)))
            wrong("{} does not have the elements of {}", to_string(found->second),
                  to_string(input(0)));
        return found->second;
    }

    Shape concat() const {
        Shape out = input(0);
        if (out.empty()) wrong("input has no axes");
        for (std::size_t i = 1; i < node_.inputs.size(); ++i) {
            const Shape& in = input(i);
            if (in.size() != out.size() || !std::equal(in.begin(), in.end() - 1, out.begin()))
                wrong("inputs have shapes {} and {}: must agree but for the last axis",
                      to_string(out), to_string(in));
            out.back() += in.back();
        }
        return out;
    }

    const Network& network_;
    const Node& node_;
};

}  // namespace

Shape result_shape(const Network& network, const Node& node) {
    return ShapeRule(network, node).result();
}

void append(Network& network, Node node) {
    const Shape shape = result_shape(network, node);
    network.shapes[node.output] = shape;
    check_limits(network, node);
    network.nodes.push_back(std::move(node));
}

std::vector<std::string> external_inputs(const Network& network) {
    std::set<std::string> known;
    std::vector<std::string> result;
    for (const Node& node : network.nodes) known.insert(node.output);
    for (const Node& node : network.nodes)
        for (const auto& name : node.inputs)
            if (known.insert(name).second) result.push_back(name);
    return result;
}

std::map<std::string, int> use_counts(const Network& network) {
    std::map<std::string, int> counts;
    for (const Node& node : network.nodes)
        for (const auto& name : node.inputs) ++counts[name];
    return counts;
}

void check(const Network& network) {
    std::set<std::string> names, produced;
    for (const auto& name : external_inputs(network)) produced.insert(name);
    produced.insert(network.input);
    for (const auto& [name, shape] : network.shapes)
        for (const auto size : shape)
            if (size < 1)
                fail("network '{}': activation '{}' has shape {}: every size must be 1 or more",
                     network.name, name, to_string(shape));
    for (const Node& node : network.nodes) {
        if (!names.insert(node.name).second)
            fail("network '{}': two nodes have the name '{}'", network.name, node.name);
        for (const auto& input : node.inputs)
            if (!produced.contains(input))
                fail("network '{}': node '{}' reads '{}' before it is produced", network.name,
                     node.name, input);
        const Shape shape = result_shape(network, node);
        const auto found = network.shapes.find(node.output);
        if (found == network.shapes.end() || found->second != shape)
            fail("network '{}': node '{}' produces shape {}: the network says {}", network.name,
                 node.name, to_string(shape),
                 found == network.shapes.end() ? "nothing" : to_string(found->second));
        check_limits(network, node);
        if (!produced.insert(node.output).second)
            fail("network '{}': activation '{}' is produced twice", network.name, node.output);
    }
    for (const auto& end : {network.input, network.output})
        if (!produced.contains(end) || !network.shapes.contains(end))
            fail("network '{}': activation '{}' does not exist", network.name, end);
    check_total(network);
}

GemmShape gemm_shape(const Network& network, const Node& node) {
    const auto shape = [&](const std::string& name) -> const Shape& {
        const auto found = network.shapes.find(name);
        BITLOOM_CHECK(found != network.shapes.end(), "activation '{}' has a shape", name);
        return found->second;
    };
    const auto weights = [&]() -> const Shape& { return network.constants.at(node.weights).shape; };
    switch (node.op) {
        case Operator::conv2d: {
            const Shape& out = shape(node.output);
            return {node.groups, out[0] * out[1], weights()[0] / node.groups,
                    weights()[1] * weights()[2] * weights()[3]};
        }
        case Operator::gemm: {
            const Shape& in = shape(node.inputs[0]);
            return {1, in.size() == 2 ? in[0] : 1, weights()[0], weights()[1]};
        }
        case Operator::matmul: {
            const Shape& a = shape(node.inputs[0]);
            const std::size_t rank = a.size();
            std::int64_t count = 1;
            for (std::size_t i = 0; i + 2 < rank; ++i) count *= a[i];
            return {count, a[rank - 2], shape(node.output)[rank - 1], a[rank - 1]};
        }
        default:
            return {0, 0, 0, 0};
    }
}

}  // namespace bitloom
