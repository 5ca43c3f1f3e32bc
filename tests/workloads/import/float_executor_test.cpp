// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/float_executor.h"

#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <functional>

#include "models/base/error.h"
#include "models/base/random.h"

namespace bitloom {
namespace {

// relu(x W^T + b), 3 -> 2, on [2,3].
Network small() {
    Network network;
    network.name = "small";
    network.input = "x";
    network.output = "y";
    network.shapes["x"] = {2, 3};
    network.constants["w"] = {{2, 3}, {1, 2, 3, -1, 0, 1}};
    network.constants["b"] = {{2}, {0.5F, 0}};
    Node gemm;
    gemm.name = "gemm";
    gemm.inputs = {"x"};
    gemm.output = "g";
    gemm.weights = "w";
    gemm.bias = "b";
    append(network, gemm);
    Node relu;
    relu.name = "relu";
    relu.op = Operator::clamp;
    relu.clamp_high = 4;
    relu.inputs = {"g"};
    relu.output = "y";
    append(network, relu);
    return network;
}

const std::vector<float> input{1, 1, 1, 3, -1, 0};

TEST(FloatExecutor, GivesEveryActivation) {
    const auto all = FloatExecutor(small()).run(input);
    EXPECT_EQ(all.size(), 3u);
    EXPECT_EQ(all.at("x"), input);
    EXPECT_EQ(all.at("g"), (std::vector<float>{6.5F, 0, 1.5F, -3}));
    EXPECT_EQ(all.at("y"), (std::vector<float>{4, 0, 1.5F, 0}));
    EXPECT_EQ(FloatExecutor(small()).output(input), all.at("y"));
}

TEST(FloatExecutor, InputHookChangesOnlyTheCopyOfItsNode) {
    ExecutionHooks hooks;
    hooks.input = [](const Node& node, int index, std::span<float> values) {
        EXPECT_EQ(index, 0);
        if (node.name == "gemm")
            for (float& v : values) v *= 2;
    };
    const auto all = FloatExecutor(small()).run(input, hooks);
    EXPECT_EQ(all.at("x"), input);
    EXPECT_EQ(all.at("g"), (std::vector<float>{12.5F, 0, 2.5F, -6}));
}

TEST(FloatExecutor, OutputHookChangesWhatReadersSee) {
    ExecutionHooks hooks;
    hooks.output = [](const Node& node, std::span<float> values) {
        if (node.name == "gemm") std::fill(values.begin(), values.end(), 1.0F);
    };
    EXPECT_EQ(FloatExecutor(small()).output(input, hooks), (std::vector<float>{1, 1, 1, 1}));
}

TEST(FloatExecutor, ConstantsCanBeReplaced) {
    FloatExecutor executor(small());
    executor.replace_constant("b", {0, 1});
    EXPECT_EQ(executor.output(input), (std::vector<float>{4, 1, 1, 0}));
    EXPECT_THROW(executor.replace_constant("b", {0}), Error);
    EXPECT_THROW(executor.replace_constant("c", {0}), Error);
}

TEST(FloatExecutor, AccuracyDoesNotDependOnTheNumberOfThreads) {
    const RandomStream random(3, "dataset");
    Dataset dataset;
    dataset.input_shape = {2, 3};
    for (std::size_t i = 0; i < 200; ++i) {
        dataset.labels.push_back(static_cast<std::int64_t>(random.below(i, 4)));
        for (std::size_t j = 0; j < 6; ++j)
            dataset.inputs.push_back(static_cast<float>(random.normal(1000 + i * 6 + j)));
    }
    const FloatExecutor executor(small());
    const auto predictions = executor.predictions(dataset);
    const double accuracy = executor.accuracy(dataset);
    std::int64_t correct = 0;
    for (std::size_t i = 0; i < 200; ++i) {
        const auto y = executor.output(std::span(dataset.inputs).subspan(i * 6, 6));
        const auto largest =
            static_cast<std::int64_t>(std::max_element(y.begin(), y.end()) - y.begin());
        EXPECT_EQ(predictions[i], largest);
        correct += largest == dataset.labels[i];
    }
    EXPECT_EQ(accuracy, static_cast<double>(correct) / 200);
    const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
    EXPECT_EQ(executor.predictions(dataset), predictions);
}

std::string error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(FloatExecutor, RefusesWhatItCannotRun) {
    Network shapes = small();
    shapes.shape_only = true;
    EXPECT_EQ(error_of([&] { FloatExecutor{shapes}; }),
              "network 'small': has shapes only: running it in float needs its weights");
    const FloatExecutor executor(small());
    EXPECT_EQ(error_of([&] { executor.output(std::vector<float>(5)); }),
              "network 'small': input has 5 elements: needs 2x3");
    EXPECT_EQ(error_of([&] { executor.accuracy({}); }), "network 'small': data set is empty");
    Dataset other;
    other.input_shape = {3, 2};
    other.labels = {0};
    EXPECT_EQ(error_of([&] { executor.accuracy(other); }),
              "network 'small': data set has inputs of shape 3x2: needs 2x3");
}

TEST(NetworkCheck, NamesTheNodeThatDoesNotFit) {
    const auto broken = [](const std::function<void(Network&)>& change) {
        Network network = small();
        change(network);
        return error_of([&] { check(network); });
    };
    EXPECT_EQ(broken([](Network& n) { n.constants.erase("w"); }),
              "network 'small': gemm node 'gemm': constant 'w' is missing");
    EXPECT_EQ(broken([](Network& n) { n.constants["w"].values.pop_back(); }),
              "network 'small': gemm node 'gemm': constant 'w' of shape 2x3 has 5 values");
    EXPECT_EQ(broken([](Network& n) {
                  n.shapes["x"] = {2, 4};
              }),
              "network 'small': gemm node 'gemm': weights have shape 2x3: needs N x 4");
    EXPECT_EQ(broken([](Network& n) { n.nodes[1].name = "gemm"; }),
              "network 'small': two nodes have the name 'gemm'");
    EXPECT_EQ(broken([](Network& n) { std::swap(n.nodes[0], n.nodes[1]); }),
              "network 'small': node 'relu' reads 'g' before it is produced");
    EXPECT_EQ(broken([](Network& n) { n.output = "z"; }),
              "network 'small': activation 'z' does not exist");
}

}  // namespace
}  // namespace bitloom
