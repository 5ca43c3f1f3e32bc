// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/encodings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workloads/quantize/small_networks.h"

namespace bitloom {
namespace {

using testing::ElementsAre;
using testing_networks::NetworkBuilder;

// A manifest with made-up numbers: words of scale 1/32767, narrow codes uflint4, wide ones uint8.
struct Built {
    Network network;
    std::vector<FusedLayer> layers;
    std::vector<bool> wide;
    EncodedManifest built;

    Built(Network source, std::vector<std::string> wide_names)
        : network(std::move(source)), layers(fuse(network)) {
        for (const FusedLayer& layer : layers) {
            wide.push_back(std::count(wide_names.begin(), wide_names.end(), layer.node.name) > 0);
        }
        EncodedNetwork encoded{
            network, layers, find_needs(network, layers, wide), find_roots(network, layers),
            {},      {}};
        encoded.numbers.resize(layers.size());
        for (std::size_t i = 0; i < layers.size(); ++i) {
            encoded.numbers[i] = {wide[i] ? "int8" : "flint4", {0.5}, 0.25};
        }
        for (const auto& [activation, root] : encoded.roots) {
            encoded.types[{root, Encoding::word}] = {"int16", 1.0 / 32767.0};
            encoded.types[{root, Encoding::narrow}] = {"uflint4", 0.125};
            encoded.types[{root, Encoding::wide}] = {"uint8", 0.25};
        }
        built = build_manifest(encoded, wide);
    }

    // "name: inputs -> outputs" of each layer.
    std::vector<std::string> lines() const {
        std::vector<std::string> result;
        for (const Layer& layer : built.manifest.layers) {
            std::string line = layer.name + ":";
            for (const std::string& input : layer.inputs) line += " " + input;
            line += " ->";
            for (const std::string& output : layer.outputs) line += " " + output;
            result.push_back(line);
        }
        return result;
    }
};

TEST(Encodings, ChainOfGemmsStoresCodesOnly) {
    const Built b(NetworkBuilder({4}).gemm("g", "x", 4).relu("r", "g").gemm("h", "r", 2).build(),
                  {"g", "h"});
    EXPECT_THAT(b.lines(), ElementsAre("g: x.q -> r.q", "h: r.q -> h"));
    EXPECT_EQ(b.built.manifest.input, "x.q");
    EXPECT_EQ(b.built.manifest.output, "h");
    EXPECT_EQ(b.built.manifest.activations.at("h").format, "int16");
    EXPECT_EQ(b.built.manifest.activations.at("r.q").format, "uint8");
    EXPECT_THAT(problems(b.built.manifest), ElementsAre());
}

TEST(Encodings, ReadersOfBothKindsGetBoth) {
    const Built b(NetworkBuilder({4, 4, 2})
                      .conv("c", "x", 2)
                      .relu("r", "c")
                      .conv("d", "r", 2)
                      .add("s", "d", "r")
                      .build(),
                  {"c"});
    EXPECT_THAT(b.lines(), ElementsAre("c: x.q -> r r.q", "d: r.q r -> s"));
    EXPECT_THAT(problems(b.built.manifest), ElementsAre());
}

TEST(Encodings, NarrowAndWideReadersGetACodeEach) {
    const Built b(NetworkBuilder({4})
                      .gemm("g", "x", 4)
                      .gemm("narrow", "g", 4)
                      .gemm("wide", "g", 4)
                      .add("s", "narrow", "wide")
                      .build(),
                  {"g", "wide"});
    EXPECT_THAT(b.lines(), ElementsAre("g: x.q -> g.q4 g.q8", "narrow: g.q4 -> narrow",
                                       "wide: g.q8 narrow -> s"));
    EXPECT_EQ(b.built.manifest.activations.at("g.q4").format, "uflint4");
    EXPECT_EQ(b.built.manifest.activations.at("g.q8").format, "uint8");
    EXPECT_THAT(problems(b.built.manifest), ElementsAre());
}

TEST(Encodings, ReshapePassesWhatItsReadersNeed) {
    const Built b(NetworkBuilder({2, 2, 2})
                      .reshape("flat", "x", {8})
                      .gemm("g", "flat", 8)
                      .reshape("rows", "g", {2, 4})
                      .gemm("h", "rows", 4)
                      .add("s", "h", "rows")
                      .build(),
                  {"g"});
    EXPECT_THAT(b.lines(),
                ElementsAre("flat: x.q -> flat.q", "g: flat.q -> g g.q", "rows: g -> rows",
                            "rows:rows.q: g.q -> rows.q", "h: rows.q rows -> s"));
    EXPECT_THAT(problems(b.built.manifest), ElementsAre());
    EXPECT_EQ(b.built.results.at("rows:rows.q"), "rows");
}

TEST(Encodings, InputOfBothKindsIsWordsAndAQuantizingClamp) {
    const Built b(NetworkBuilder({4, 4, 2}).conv("c", "x", 2).add("s", "c", "x").build(), {});
    EXPECT_THAT(b.lines(), ElementsAre("x.quantize: x -> x.q", "c: x.q x -> s"));
    EXPECT_EQ(b.built.manifest.input, "x");
    EXPECT_THAT(problems(b.built.manifest), ElementsAre());
}

TEST(Encodings, InputOfTwoCodesIsWordsAndAQuantizingClamp) {
    const Built b(
        NetworkBuilder({4}).gemm("a", "x", 4).gemm("b", "x", 4).add("s", "a", "b").build(), {"a"});
    EXPECT_THAT(b.lines(),
                ElementsAre("x.quantize: x -> x.q4 x.q8", "a: x.q8 -> a", "b: x.q4 a -> s"));
    EXPECT_THAT(problems(b.built.manifest), ElementsAre());
}

TEST(Encodings, ProductsOfActivationsAreWide) {
    const Built b(testing_networks::attention_network(), {"embed", "head"});
    const auto& manifest = b.built.manifest;
    const Layer& scores = *manifest.find_layer("scores");
    EXPECT_THAT(scores.inputs, ElementsAre("qt.q", "kt.q"));
    EXPECT_EQ(manifest.activations.at("qt.q").format, "uint8");
    EXPECT_TRUE(scores.transpose_b);
    EXPECT_DOUBLE_EQ(scores.multiplier, 0.3535);
    // A transpose takes words; its result is stored as codes.
    EXPECT_THAT(manifest.find_layer("qt")->inputs, ElementsAre("qh"));
    EXPECT_THAT(manifest.find_layer("qt")->permutation, ElementsAre(1, 0, 2));
    EXPECT_EQ(manifest.find_layer("position")->constant, "position.constant");
    EXPECT_EQ(manifest.find_layer("norm1")->gamma, "norm1.gamma");
    EXPECT_THAT(problems(manifest), ElementsAre());
}

TEST(Encodings, NamesOfTheNetworkAreNotTaken) {
    const Built b(
        NetworkBuilder({4}).gemm("g", "x", 4).gemm("g.q", "g", 4).gemm("h", "g.q", 2).build(), {});
    EXPECT_THAT(b.lines(), ElementsAre("g: x.q -> g.q_", "g.q: g.q_ -> g.q.q", "h: g.q.q -> h"));
    EXPECT_THAT(problems(b.built.manifest), ElementsAre());
}

TEST(Encodings, ResidualNetworkIsAValidManifest) {
    for (const std::vector<std::string>& wide :
         {std::vector<std::string>{}, {"conv1", "fc2"}, {"conv2", "shortcut", "fc1"}}) {
        const Built b(testing_networks::residual_network(), wide);
        EXPECT_THAT(problems(b.built.manifest), ElementsAre());
    }
}

TEST(Encodings, EightBitLayersAreFirstLastThenInOrder) {
    const auto layers = fuse(testing_networks::residual_network());
    const auto names = [&](std::int64_t count, const std::vector<std::size_t>& order) {
        std::vector<std::string> result;
        const auto wide = wide_flags(layers, count, order);
        for (std::size_t i = 0; i < layers.size(); ++i) {
            if (wide[i]) result.push_back(layers[i].node.name);
        }
        return result;
    };
    const auto weighted = weighted_layers(layers);
    ASSERT_EQ(weighted.size(), 7u);
    EXPECT_THAT(names(0, {}), ElementsAre());
    EXPECT_THAT(names(1, {}), ElementsAre("conv1"));
    EXPECT_THAT(names(2, {}), ElementsAre("conv1", "fc2"));
    EXPECT_THAT(names(3, {weighted[6], weighted[3]}), ElementsAre("conv1", "shortcut", "fc2"));
    EXPECT_THAT(names(4, {weighted[6], weighted[3]}),
                ElementsAre("conv1", "conv2", "shortcut", "fc2"));
    EXPECT_EQ(names(-1, {}).size(), 7u);
    EXPECT_EQ(names(7, {}).size(), 7u);
}

}  // namespace
}  // namespace bitloom
