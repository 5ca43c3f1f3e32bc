// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/fused_pooling.h"

#include <gtest/gtest.h>

#include "tests/property/random_network.h"

namespace bitloom::test {
namespace {

// conv -> words -> pool -> codes, of which a test spoils one thing.
Manifest conv_and_pool() {
    Manifest m;
    m.network = "n";
    m.input = "x";
    m.output = "y";
    m.activations["x"] = {"x", {4, 4, 3}, "uint4", 1};
    m.activations["words"] = {"words", {4, 4, 5}, "int16", 1};
    m.activations["y"] = {"y", {2, 2, 5}, "uint4", 1};
    Layer conv;
    conv.name = "conv";
    conv.op = Operator::conv2d;
    conv.inputs = {"x"};
    conv.outputs = {"words"};
    Layer pool;
    pool.name = "pool";
    pool.op = Operator::max_pool;
    pool.inputs = {"words"};
    pool.outputs = {"y"};
    pool.window.kernel_h = pool.window.kernel_w = 2;
    pool.window.stride_h = pool.window.stride_w = 2;
    m.layers = {conv, pool};
    return m;
}

TEST(FusedPooling, TakesAPoolingThatAloneReadsTheWordsOfAConvolution) {
    Manifest m = conv_and_pool();
    const FusedPools pools = find_fused_pools(m);
    ASSERT_EQ(pools.size(), 1u);
    EXPECT_EQ(pools.at("conv"), &m.layers[1]);
    m.layers[1].op = Operator::average_pool;
    EXPECT_EQ(find_fused_pools(m).size(), 1u);
}

TEST(FusedPooling, LeavesOutWhatItCannotPoolTileByTile) {
    const auto fused = [](auto&& spoil) {
        Manifest m = conv_and_pool();
        spoil(m);
        return find_fused_pools(m).size();
    };
    EXPECT_EQ(fused([](Manifest& m) { m.layers[1].window.kernel_h = 3; }), 0u);
    EXPECT_EQ(fused([](Manifest& m) { m.layers[1].window.pad_left = 1; }), 0u);
    EXPECT_EQ(fused([](Manifest& m) { m.layers[1].window.dilation_w = 2; }), 0u);
    EXPECT_EQ(fused([](Manifest& m) { m.layers[1].op = Operator::clamp; }), 0u);
    EXPECT_EQ(fused([](Manifest& m) { m.output = "words"; }), 0u);
    EXPECT_EQ(fused([](Manifest& m) { m.activations["words"].format = "uint4"; }), 0u);
    EXPECT_EQ(fused([](Manifest& m) { m.layers[0].outputs.push_back("codes"); }), 0u);
    EXPECT_EQ(fused([](Manifest& m) { m.layers.push_back(m.layers[1]); }), 0u);
}

// The property tests run such networks: they would say nothing if none were fused.
TEST(FusedPooling, IsFoundInRandomNetworks) {
    std::size_t found = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed)
        found += find_fused_pools(random_network_trace(seed).manifest()).size();
    EXPECT_GE(found, 3u);
}

}  // namespace
}  // namespace bitloom::test
