// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/fuse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/base/error.h"
#include "tests/workloads/quantize/small_networks.h"

namespace bitloom {
namespace {

using testing::ElementsAre;
using testing_networks::NetworkBuilder;

constexpr double infinity = std::numeric_limits<double>::infinity();

// "name(inputs)->output" of each layer.
std::vector<std::string> summary(const Network& network) {
    std::vector<std::string> lines;
    for (const FusedLayer& layer : fuse(network)) {
        std::string line = layer.node.name + "(";
        for (const std::string& input : layer.node.inputs) line += input + " ";
        line.back() = ')';
        lines.push_back(line + "->" + layer.node.output + (layer.has_residual ? " residual" : ""));
    }
    return lines;
}

TEST(Fuse, ClampJoinsConvGemmAndAdd) {
    const Network network = NetworkBuilder({4, 4, 2})
                                .conv("c", "x", 2)
                                .clamp("c6", "c", 0.0, 6.0)
                                .add("a", "c6", "x")
                                .relu("ar", "a")
                                .reshape("flat", "ar", {32})
                                .gemm("g", "flat", 3)
                                .relu("gr", "g")
                                .build();
    EXPECT_THAT(summary(network),
                ElementsAre("c(x)->c6", "a(c6 x)->ar", "flat(ar)->flat", "g(flat)->gr"));
    const auto layers = fuse(network);
    EXPECT_EQ(layers[0].clamp_low, 0.0);
    EXPECT_EQ(layers[0].clamp_high, 6.0);
    EXPECT_EQ(layers[1].clamp_high, infinity);
    EXPECT_EQ(layers[2].clamp_low, -infinity);
    EXPECT_THAT(layers[0].intermediate, ElementsAre("c"));
}

TEST(Fuse, ResidualJoinsTheLaterOfTwoConvolutions) {
    EXPECT_THAT(
        summary(testing_networks::residual_network()),
        ElementsAre("conv1(x)->relu1", "conv2(relu1)->relu2", "conv3(relu2 relu1)->relu3 residual",
                    "shortcut(relu3)->shortcut", "conv4(relu3 shortcut)->relu4 residual",
                    "max(relu4)->max", "mean(max)->mean", "flat(mean)->flat", "fc1(flat)->relu5",
                    "fc2(relu5)->fc2"));
}

TEST(Fuse, ResidualMayBeEitherOperand) {
    const auto build = [](const std::string& a, const std::string& b) {
        return NetworkBuilder({4, 4, 2}).conv("c", "x", 2).add("s", a, b).build();
    };
    EXPECT_THAT(summary(build("x", "c")), ElementsAre("c(x x)->s residual"));
    EXPECT_THAT(summary(build("c", "x")), ElementsAre("c(x x)->s residual"));
}

TEST(Fuse, ValueWithASecondReaderStaysVisible) {
    const Network network =
        NetworkBuilder({4, 4, 2}).conv("c", "x", 2).relu("r", "c").add("s", "c", "r").build();
    EXPECT_THAT(summary(network), ElementsAre("c(x)->c", "r(c)->r", "s(c r)->s"));
}

TEST(Fuse, NetworkOutputStaysVisible) {
    Network network = NetworkBuilder({4, 4, 2}).conv("c", "x", 2).relu("r", "c").build();
    network.output = "c";
    EXPECT_THAT(summary(network), ElementsAre("c(x)->c", "r(c)->r"));
}

TEST(Fuse, NothingJoinsAfterAClampOrASecondResidual) {
    const Network network = NetworkBuilder({4, 4, 2})
                                .conv("c", "x", 2)
                                .relu("r", "c")
                                .add("s", "r", "x")  // after the clamp
                                .conv("d", "s", 2)
                                .add("t", "d", "s")
                                .add("u", "t", "s")  // a second residual
                                .relu("v", "u")
                                .clamp("w", "v", 0.0, 1.0)  // a second clamp
                                .build();
    EXPECT_THAT(summary(network),
                ElementsAre("c(x)->r", "s(r x)->s", "d(s s)->t residual", "u(t s)->v", "w(v)->w"));
}

TEST(Fuse, SumOfAValueWithItselfStaysAnAdd) {
    const Network network = NetworkBuilder({4, 4, 2}).conv("c", "x", 2).add("s", "c", "c").build();
    EXPECT_THAT(summary(network), ElementsAre("c(x)->c", "s(c c)->s"));
}

TEST(Fuse, AddOfAConstantIsNoResidual) {
    const Network network = NetworkBuilder({4, 2}).gemm("g", "x", 2).add_constant("s", "g").build();
    EXPECT_THAT(summary(network), ElementsAre("g(x)->g", "s(g)->s"));
}

TEST(Fuse, StandAloneClampKeepsItsBounds) {
    const Network network = NetworkBuilder({4, 2}).clamp("k", "x", -1.0, 2.0).build();
    const auto layers = fuse(network);
    ASSERT_EQ(layers.size(), 1u);
    EXPECT_EQ(layers[0].clamp_low, -1.0);
    EXPECT_EQ(layers[0].clamp_high, 2.0);
}

}  // namespace
}  // namespace bitloom
