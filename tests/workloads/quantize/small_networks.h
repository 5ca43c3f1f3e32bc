// SPDX-License-Identifier: Apache-2.0
// Small networks with random weights, for the tests of this folder.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "models/base/random.h"
#include "workloads/import/network.h"

namespace bitloom::testing_networks {

inline std::vector<float> normal_values(std::int64_t count, double deviation, std::uint64_t seed,
                                        const std::string& name) {
    const RandomStream stream(seed, name);
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i) {
        values.push_back(
            static_cast<float>(deviation * stream.normal(static_cast<std::uint64_t>(i))));
    }
    return values;
}

// Each call adds a node whose result has the node's name; the last one is the network's output.
class NetworkBuilder {
public:
    explicit NetworkBuilder(Shape input_shape) {
        network_.name = std::string("small");
        network_.input = std::string("x");
        network_.shapes["x"] = std::move(input_shape);
    }

    NetworkBuilder& conv(const std::string& name, const std::string& input, std::int64_t channels,
                         std::int64_t kernel = 3, std::int64_t groups = 1, bool bias = true) {
        const std::int64_t in = network_.shapes.at(input).back();
        Node node = make(name, Operator::conv2d, {input});
        node.window.kernel_h = node.window.kernel_w = kernel;
        node.window.pad_top = node.window.pad_left = kernel / 2;
        node.window.pad_bottom = node.window.pad_right = kernel / 2;
        node.groups = groups;
        return weighted(std::move(node), {channels, kernel, kernel, in / groups}, bias);
    }

    NetworkBuilder& gemm(const std::string& name, const std::string& input, std::int64_t features,
                         bool bias = true) {
        const std::int64_t in = network_.shapes.at(input).back();
        return weighted(make(name, Operator::gemm, {input}), {features, in}, bias);
    }

    NetworkBuilder& relu(const std::string& name, const std::string& input) {
        return clamp(name, input, 0.0, std::numeric_limits<double>::infinity());
    }

    NetworkBuilder& clamp(const std::string& name, const std::string& input, double low,
                          double high) {
        Node node = make(name, Operator::clamp, {input});
        node.clamp_low = low;
        node.clamp_high = high;
        return push(std::move(node));
    }

    NetworkBuilder& add(const std::string& name, const std::string& a, const std::string& b) {
        return push(make(name, Operator::add, {a, b}));
    }

    NetworkBuilder& add_constant(const std::string& name, const std::string& input) {
        Node node = make(name, Operator::add, {input});
        node.constant = constant(name + "/c", network_.shapes.at(input), 0.5);
        return push(std::move(node));
    }

    NetworkBuilder& pool(const std::string& name, const std::string& input, Operator op) {
        Node node = make(name, op, {input});
        node.window.kernel_h = node.window.kernel_w = 2;
        node.window.stride_h = node.window.stride_w = 2;
        return push(std::move(node));
    }

    NetworkBuilder& reshape(const std::string& name, const std::string& input, Shape shape) {
        network_.shapes[name] = std::move(shape);
        return push(make(name, Operator::reshape, {input}));
    }

    NetworkBuilder& matmul(const std::string& name, const std::string& a, const std::string& b,
                           bool transpose_b, double multiplier) {
        Node node = make(name, Operator::matmul, {a, b});
        node.transpose_b = transpose_b;
        node.multiplier = multiplier;
        return push(std::move(node));
    }

    NetworkBuilder& transpose(const std::string& name, const std::string& input,
                              std::vector<std::int64_t> permutation) {
        Node node = make(name, Operator::transpose, {input});
        node.permutation = std::move(permutation);
        return push(std::move(node));
    }

    NetworkBuilder& simple(const std::string& name, Operator op, const std::string& input) {
        Node node = make(name, op, {input});
        if (op == Operator::layer_norm) {
            const Shape features = {network_.shapes.at(input).back()};
            node.gamma = constant(name + "/gamma", features, 1.0);
            node.beta = constant(name + "/beta", features, 0.1);
        }
        return push(std::move(node));
    }

    Network build() { return network_; }

private:
    static Node make(const std::string& name, Operator op, std::vector<std::string> inputs) {
        Node node;
        node.name = name;
        node.op = op;
        node.inputs = std::move(inputs);
        node.output = name;
        return node;
    }

    std::string constant(const std::string& name, Shape shape, double deviation) {
        auto values = normal_values(element_count(shape), deviation, 7, name);
        network_.constants[name] = {std::move(shape), std::move(values)};
        return name;
    }

    NetworkBuilder& weighted(Node node, Shape shape, bool bias) {
        const double k = static_cast<double>(element_count(shape) / shape[0]);
        if (bias) node.bias = constant(node.name + "/b", {shape[0]}, 0.1);
        node.weights = constant(node.name + "/w", std::move(shape), 1.0 / std::sqrt(k));
        return push(std::move(node));
    }

    NetworkBuilder& push(Node node) {
        network_.output = node.output;
        append(network_, std::move(node));
        return *this;
    }

    Network network_;
};

// A residual network with every pattern of fusion, two readers of one value, and a reshape.
inline Network residual_network() {
    return NetworkBuilder({8, 8, 4})
        .conv("conv1", "x", 8)
        .relu("relu1", "conv1")
        .conv("conv2", "relu1", 8)
        .relu("relu2", "conv2")
        .conv("conv3", "relu2", 8)
        .add("sum1", "conv3", "relu1")
        .relu("relu3", "sum1")
        .conv("shortcut", "relu3", 16, 1)
        .conv("conv4", "relu3", 16, 3, 2)
        .add("sum2", "shortcut", "conv4")
        .clamp("relu4", "sum2", 0.0, 6.0)
        .pool("max", "relu4", Operator::max_pool)
        .pool("mean", "max", Operator::average_pool)
        .reshape("flat", "mean", {64})
        .gemm("fc1", "flat", 32)
        .relu("relu5", "fc1")
        .gemm("fc2", "relu5", 10)
        .build();
}

// One attention head and a small feed-forward part.
inline Network attention_network() {
    return NetworkBuilder({6, 8})
        .gemm("embed", "x", 16)
        .add_constant("position", "embed")
        .simple("norm1", Operator::layer_norm, "position")
        .gemm("q", "norm1", 16)
        .gemm("k", "norm1", 16)
        .gemm("v", "norm1", 16)
        .reshape("qh", "q", {6, 2, 8})
        .transpose("qt", "qh", {1, 0, 2})
        .reshape("kh", "k", {6, 2, 8})
        .transpose("kt", "kh", {1, 0, 2})
        .reshape("vh", "v", {6, 2, 8})
        .transpose("vt", "vh", {1, 0, 2})
        .matmul("scores", "qt", "kt", true, 0.3535)
        .simple("weights", Operator::softmax, "scores")
        .matmul("mixed", "weights", "vt", false, 1.0)
        .transpose("joined", "mixed", {1, 0, 2})
        .reshape("rows", "joined", {6, 16})
        .gemm("project", "rows", 16)
        .add("sum1", "project", "position")
        .simple("norm2", Operator::layer_norm, "sum1")
        .gemm("up", "norm2", 32)
        .simple("act", Operator::gelu, "up")
        .gemm("down", "act", 16)
        .add("sum2", "down", "sum1")
        .reshape("all", "sum2", {96})
        .gemm("head", "all", 4)
        .build();
}

// Normal inputs; labels are given by the caller or all zero.
inline Dataset normal_dataset(const Network& network, std::int64_t count,
                              std::int64_t calibration) {
    Dataset data;
    data.input_shape = network.shapes.at(network.input);
    const std::int64_t size = element_count(data.input_shape);
    data.inputs = normal_values(count * size, 1.0, 11, "inputs");
    data.labels.assign(static_cast<std::size_t>(count), 0);
    data.calibration = normal_values(calibration * size, 1.0, 11, "calibration");
    return data;
}

}  // namespace bitloom::testing_networks
