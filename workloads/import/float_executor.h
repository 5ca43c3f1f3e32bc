// SPDX-License-Identifier: Apache-2.0
// Runs a Network in float: the reference of every quantized result. Products are summed in float by
// Eigen (single-threaded), means and normalizations in double.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "workloads/import/network.h"

namespace bitloom {

// Called while a network runs, on several threads at once by accuracy() and predictions(): a hook
// must not write to shared state there without its own lock.
struct ExecutionHooks {
    // Before `node` reads its input `index`: may change `values`, a copy private to this node.
    std::function<void(const Node& node, int index, std::span<float> values)> input;
    // After `node` has produced its result, before anybody reads it: may change it.
    std::function<void(const Node& node, std::span<float> values)> output;
};

class FloatExecutor {
public:
    // Takes a copy of the network and checks it. Throws Error for a shape-only network, one with
    // more than one external input, or one that check() refuses.
    explicit FloatExecutor(Network network);

    const Network& network() const { return network_; }

    // Replaces a constant (weights, bias, ...); same element count, else Error.
    void replace_constant(const std::string& name, std::vector<float> values);

    // Every activation by name, the input included. `input` has the elements of the network's input
    // (NHWC); anything else is an Error.
    std::map<std::string, std::vector<float>> run(std::span<const float> input,
                                                  const ExecutionHooks& hooks = {}) const;

    // The network's output alone; other activations are freed when their last reader is done.
    std::vector<float> output(std::span<const float> input, const ExecutionHooks& hooks = {}) const;

    // Index of the largest output for each input of the data set, the lowest among equals. Inputs
    // run in parallel (TBB); the result does not depend on the number of threads.
    std::vector<std::int64_t> predictions(const Dataset& dataset,
                                          const ExecutionHooks& hooks = {}) const;

    // Share of the inputs whose prediction is their label, 0..1. Throws Error for an empty data
    // set.
    double accuracy(const Dataset& dataset, const ExecutionHooks& hooks = {}) const;

private:
    struct State;  // the activations of one input
    void execute(const Node& node, const ExecutionHooks& hooks, State& state) const;
    std::span<const float> constant(const std::string& name) const;

    Network network_;
    std::map<std::string, std::size_t> last_use_;  // activation -> index of its last reading node
};

}  // namespace bitloom
