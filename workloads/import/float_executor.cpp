// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/float_executor.h"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>

#include "models/base/error.h"
#include "workloads/import/float_kernels.h"

namespace bitloom {

struct FloatExecutor::State {
    std::map<std::string, std::vector<float>> values;
    std::vector<float> scratch;
    std::vector<float> copies[2];  // private inputs of the running node
};

FloatExecutor::FloatExecutor(Network network) : network_(std::move(network)) {
    if (network_.shape_only)
        fail("network '{}': has shapes only: running it in float needs its weights", network_.name);
    check(network_);
    const auto inputs = external_inputs(network_);
    if (inputs.size() > 1)
        fail("network '{}': has {} external inputs ('{}', '{}', ...): one can be run",
             network_.name, inputs.size(), inputs[0], inputs[1]);
    for (std::size_t i = 0; i < network_.nodes.size(); ++i)
        for (const auto& name : network_.nodes[i].inputs) last_use_[name] = i;
}

void FloatExecutor::replace_constant(const std::string& name, std::vector<float> values) {
    const auto found = network_.constants.find(name);
    if (found == network_.constants.end())
        fail("network '{}': has no constant '{}'", network_.name, name);
    if (values.size() != found->second.values.size())
        fail("network '{}': constant '{}' has {} values: {} given", network_.name, name,
             found->second.values.size(), values.size());
    found->second.values = std::move(values);
}

std::span<const float> FloatExecutor::constant(const std::string& name) const {
    if (name.empty()) return {};
    return network_.constants.at(name).values;
}

void FloatExecutor::execute(const Node& node, const ExecutionHooks& hooks, State& state) const {
    std::vector<std::span<const float>> inputs;
    std::vector<std::vector<float>> more_copies;  // concat may have many inputs
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const auto& source = state.values.at(node.inputs[i]);
        if (!hooks.input) {
            inputs.emplace_back(source);
            continue;
        }
        auto& copy = i < 2 ? state.copies[i] : more_copies.emplace_back();
        copy.assign(source.begin(), source.end());
        hooks.input(node, static_cast<int>(i), copy);
        inputs.emplace_back(copy.data(),
                            copy.size());  // moving a vector keeps its elements in place
    }
    const Shape& in = network_.shapes.at(node.inputs[0]);
    const Shape& out = network_.shapes.at(node.output);
    const std::span<const float> x = inputs[0];
    std::vector<float> y(static_cast<std::size_t>(element_count(out)));

    switch (node.op) {
        case Operator::conv2d:
            float_kernels::conv2d(x, in, constant(node.weights), constant(node.bias), node.window,
                                  node.groups, out, state.scratch, y);
            break;
        case Operator::gemm: {
            const GemmShape s = gemm_shape(network_, node);
            float_kernels::gemm(x, constant(node.weights), constant(node.bias), s.m, s.n, s.k, y);
            break;
        }
        case Operator::matmul:
            float_kernels::matmul(x, inputs[1], gemm_shape(network_, node), node.transpose_b,
                                  static_cast<float>(node.multiplier), y);
            break;
        case Operator::add: {
            const auto other = node.constant.empty() ? inputs[1] : constant(node.constant);
            std::transform(x.begin(), x.end(), other.begin(), y.begin(), std::plus<>());
            break;
        }
        case Operator::clamp: {
            const auto low = static_cast<float>(node.clamp_low),
                       high = static_cast<float>(node.clamp_high);
            std::transform(x.begin(), x.end(), y.begin(),
                           [=](float v) { return std::clamp(v, low, high); });
            break;
        }
        case Operator::max_pool:
            float_kernels::max_pool(x, in, node.window, out, y);
            break;
        case Operator::average_pool:
            float_kernels::average_pool(x, in, node.window, out, y);
            break;
        case Operator::softmax:
            float_kernels::softmax(x, in.back(), y);
            break;
        case Operator::layer_norm:
            float_kernels::layer_norm(x, constant(node.gamma), constant(node.beta), node.epsilon,
                                      y);
            break;
        case Operator::gelu:
            std::transform(x.begin(), x.end(), y.begin(),
                           [&](float v) { return float_kernels::gelu(v, node.tanh_form); });
            break;
        case Operator::transpose:
            float_kernels::transpose(x, in, node.permutation, y);
            break;
        case Operator::reshape:
            std::copy(x.begin(), x.end(), y.begin());
            break;
        case Operator::concat: {
            const auto row = static_cast<std::size_t>(out.back());
            std::size_t start = 0;
            for (std::size_t i = 0; i < inputs.size(); ++i) {
                const auto part =
                    static_cast<std::size_t>(network_.shapes.at(node.inputs[i]).back());
                for (std::size_t r = 0; r < y.size() / row; ++r)
                    std::copy_n(inputs[i].begin() + static_cast<std::ptrdiff_t>(r * part), part,
                                y.begin() + static_cast<std::ptrdiff_t>(r * row + start));
                start += part;
            }
            break;
        }
    }
    if (hooks.output) hooks.output(node, y);
    state.values[node.output] = std::move(y);
}

std::map<std::string, std::vector<float>> FloatExecutor::run(std::span<const float> input,
                                                             const ExecutionHooks& hooks) const {
    const Shape& shape = network_.shapes.at(network_.input);
    if (static_cast<std::int64_t>(input.size()) != element_count(shape))
        fail("network '{}': input has {} elements: needs {}", network_.name, input.size(),
             to_string(shape));
    State state;
    state.values[network_.input].assign(input.begin(), input.end());
    for (const Node& node : network_.nodes) execute(node, hooks, state);
    return std::move(state.values);
}

std::vector<float> FloatExecutor::output(std::span<const float> input,
                                         const ExecutionHooks& hooks) const {
    const Shape& shape = network_.shapes.at(network_.input);
    if (static_cast<std::int64_t>(input.size()) != element_count(shape))
        fail("network '{}': input has {} elements: needs {}", network_.name, input.size(),
             to_string(shape));
    State state;
    state.values[network_.input].assign(input.begin(), input.end());
    for (std::size_t i = 0; i < network_.nodes.size(); ++i) {
        execute(network_.nodes[i], hooks, state);
        for (const auto& name : network_.nodes[i].inputs)
            if (last_use_.at(name) == i && name != network_.output) state.values.erase(name);
    }
    return std::move(state.values.at(network_.output));
}

std::vector<std::int64_t> FloatExecutor::predictions(const Dataset& dataset,
                                                     const ExecutionHooks& hooks) const {
    const Shape& shape = network_.shapes.at(network_.input);
    if (dataset.input_shape != shape)
        fail("network '{}': data set has inputs of shape {}: needs {}", network_.name,
             to_string(dataset.input_shape), to_string(shape));
    const auto size = static_cast<std::size_t>(element_count(shape));
    std::vector<std::int64_t> result(dataset.labels.size());
    if (dataset.inputs.size() != size * result.size())
        fail("network '{}': data set has {} labels and {} input values: needs {} per label",
             network_.name, result.size(), dataset.inputs.size(), size);
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, result.size()), [&](const auto& range) {
        for (std::size_t i = range.begin(); i != range.end(); ++i) {
            const auto values = output(std::span(dataset.inputs).subspan(i * size, size), hooks);
            result[i] = std::max_element(values.begin(), values.end()) - values.begin();
        }
    });
    return result;
}

double FloatExecutor::accuracy(const Dataset& dataset, const ExecutionHooks& hooks) const {
    if (dataset.count() == 0) fail("network '{}': data set is empty", network_.name);
    const auto predicted = predictions(dataset, hooks);
    std::int64_t correct = 0;
    for (std::size_t i = 0; i < predicted.size(); ++i) correct += predicted[i] == dataset.labels[i];
    return static_cast<double>(correct) / static_cast<double>(predicted.size());
}

}  // namespace bitloom
