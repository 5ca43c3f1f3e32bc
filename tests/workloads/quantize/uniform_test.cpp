// SPDX-License-Identifier: Apache-2.0
// Schemes wPaQ: uniform types of any width, binary weights, and scales that training brings along.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "models/numeric/format.h"
#include "tests/workloads/quantize/small_networks.h"
#include "workloads/quantize/fake_quant.h"
#include "workloads/quantize/quantize.h"

namespace bitloom {
namespace {

using testing_networks::NetworkBuilder;
using testing_networks::normal_dataset;
using testing_networks::residual_network;

TEST(Uniform, EveryPairOfWidthsGivesAWholeTraceOfItsFormats) {
    const Network network = residual_network();
    const Dataset data = normal_dataset(network, 2, 8);
    for (int p = 1; p <= 8; ++p) {
        for (int q = 1; q <= 8; ++q) {
            const std::string scheme = fmt::format("w{}a{}", p, q);
            const Trace trace =
                quantize(network, data, {.scheme = scheme, .evaluate = false}).trace;
            const Manifest& manifest = trace.manifest();
            ASSERT_THAT(problems(manifest), testing::ElementsAre()) << scheme;
            EXPECT_EQ(manifest.scheme, scheme);
            EXPECT_EQ(manifest.find_layer("conv1")->weights->format, "int8");
            EXPECT_EQ(manifest.find_layer("fc2")->weights->format, "int8");
            const Layer& inner = *manifest.find_layer("conv3");
            EXPECT_EQ(inner.weights->format, uniform_format(p, true));
            EXPECT_EQ(manifest.activation(inner.inputs[0]).format, uniform_format(q, false));
        }
    }
}

TEST(Uniform, FirstAndLastLayerHaveTheChosenWidth) {
    const Network network = residual_network();
    const Dataset data = normal_dataset(network, 2, 8);
    for (int bits = 0; bits <= 8; ++bits) {
        const Trace trace =
            quantize(network, data, {.scheme = "w3a2", .first_last_bits = bits, .evaluate = false})
                .trace;
        const Manifest& manifest = trace.manifest();
        ASSERT_THAT(problems(manifest), testing::ElementsAre()) << bits;
        for (const char* name : {"conv1", "fc2"}) {
            const Layer& layer = *manifest.find_layer(name);
            const std::string& read = manifest.activation(layer.inputs[0]).format;
            EXPECT_EQ(layer.weights->format, uniform_format(bits == 0 ? 3 : bits, true));
            EXPECT_EQ(read, uniform_format(bits == 0 ? 2 : bits, name[0] == 'c')) << name;
        }
        EXPECT_EQ(manifest.find_layer("conv2")->weights->format, "int3");
        EXPECT_EQ(manifest.provenance.at("int8_layers"), bits == 0 ? "" : "conv1 fc2");
        EXPECT_EQ(manifest.provenance.contains("first_last_bits"), bits != 8);
    }
}

// A scheme by two names: nothing but the name may differ.
TEST(Uniform, FourByFourBitsAreTheInt4Scheme) {
    for (const Network& network : {residual_network(), testing_networks::attention_network()}) {
        const Dataset data = normal_dataset(network, 2, 8);
        const Trace a = quantize(network, data, {.scheme = "w4a4"}).trace;
        const Trace b = quantize(network, data, {.scheme = "int4"}).trace;
        Manifest renamed = a.manifest();
        renamed.scheme = "int4";
        EXPECT_EQ(renamed.layers.size(), b.manifest().layers.size());
        for (const Layer& layer : a.manifest().layers) {
            if (!layer.weights) continue;
            const Layer& other = *b.manifest().find_layer(layer.name);
            EXPECT_EQ(layer.weights->format, other.weights->format);
            EXPECT_EQ(layer.weights->scales, other.weights->scales);
            EXPECT_EQ(a.weight_codes(layer), b.weight_codes(other));
        }
        for (const auto& [name, activation] : a.manifest().activations) {
            EXPECT_EQ(activation.format, b.manifest().activation(name).format);
            EXPECT_EQ(activation.scale, b.manifest().activation(name).scale);
        }
    }
}

// XNOR-Net: sign(w) with the mean magnitude of the output channel.
TEST(Uniform, BinaryWeightsAreSignsTimesTheMeanMagnitude) {
    const Network network = residual_network();
    const Trace trace = quantize(network, normal_dataset(network, 2, 8),
                                 {.scheme = "w1a2", .first_last_bits = 0, .evaluate = false})
                            .trace;
    for (const Layer& layer : trace.manifest().layers) {
        if (!layer.weights) continue;
        ASSERT_EQ(layer.weights->format, "bipolar1");
        const auto& values = network.constants.at(layer.name + "/w").values;
        const auto codes = trace.weight_codes(layer);
        const std::size_t channels = layer.weights->scales.size();
        const std::size_t size = values.size() / channels;
        ASSERT_EQ(codes.size(), values.size());
        for (std::size_t c = 0; c < channels; ++c) {
            double sum = 0.0;
            for (std::size_t i = c * size; i < (c + 1) * size; ++i) {
                sum += std::abs(static_cast<double>(values[i]));
                ASSERT_EQ(codes[i], values[i] >= 0.0f ? 1 : 0) << layer.name << " " << i;
            }
            const double mean = sum / static_cast<double>(size);
            EXPECT_NEAR(layer.weights->scales[c], mean, 1e-12 * mean) << layer.name << " " << c;
        }
    }
}

// A bipolar format has no zero, yet the border of a convolution adds nothing.
TEST(Uniform, PaddedPositionsOfABipolarActivationTakeNoPart) {
    const Network network = NetworkBuilder({3, 4, 2}).conv("c", "x", 5, 3, 1, false).build();
    const auto layers = fuse(network);
    const std::vector<bool> wide = {false};
    EncodedNetwork encoded{
        network, layers, find_needs(network, layers, wide), find_roots(network, layers), {}, {}};
    encoded.types[{"x", Encoding::narrow}] = {"bipolar1", 0.5};
    encoded.types[{"x", Encoding::word}] = {"int16", 1e-3};
    encoded.types[{"c", Encoding::word}] = {"int16", 0.125};
    const auto& weights = network.constants.at("c/w").values;
    const LayerWeights held =
        make_layer_weights(weights, {"bipolar1", std::vector<double>(5, 0.25), 0.0}, {}, 0.5);
    FakeQuantNetwork fake(network, layers);
    fake.set_weights(0, held, 0.5);
    const std::vector<float> x = testing_networks::normal_values(24, 1.0, 5, "x");
    const auto output = fake.executor().output(x, fake.hooks(encoded, wide));
    ASSERT_EQ(output.size(), 3u * 4u * 5u);
    for (int row = 0; row < 3; ++row)
        for (int column = 0; column < 4; ++column)
            for (int n = 0; n < 5; ++n) {
                int sum = 0;
                for (int dy = -1; dy <= 1; ++dy)
                    for (int dx = -1; dx <= 1; ++dx) {
                        const int y = row + dy, z = column + dx;
                        if (y < 0 || y > 2 || z < 0 || z > 3) continue;
                        for (int c = 0; c < 2; ++c) {
                            const auto w =
                                static_cast<std::size_t>(((n * 3 + dy + 1) * 3 + dx + 1) * 2 + c);
                            const auto a = static_cast<std::size_t>((y * 4 + z) * 2 + c);
                            sum += (weights[w] < 0 ? -1 : 1) * (x[a] < 0 ? -1 : 1);
                        }
                    }
                const auto at = static_cast<std::size_t>((row * 4 + column) * 5 + n);
                EXPECT_EQ(output[at], 0.125f * static_cast<float>(sum)) << at;
            }
}

TEST(Uniform, OneBitActivationsAreSignsOrZeroAndOne) {
    const Network network = NetworkBuilder({6})
                                .gemm("a", "x", 8)
                                .gemm("b", "a", 8)
                                .relu("r", "b")
                                .gemm("c", "r", 8)
                                .gemm("d", "c", 3)
                                .build();
    const Trace trace = quantize(network, normal_dataset(network, 4, 16), {.scheme = "w1a1"}).trace;
    const Manifest& manifest = trace.manifest();
    EXPECT_EQ(manifest.activation(manifest.find_layer("b")->inputs[0]).format, "bipolar1");
    EXPECT_EQ(manifest.activation(manifest.find_layer("c")->inputs[0]).format, "uint1");
    EXPECT_EQ(manifest.activation(manifest.find_layer("d")->inputs[0]).format, "int8");
}

TEST(Uniform, TrainedScalesReplaceTheSearchUnderTheirSchemeAlone) {
    Network network = residual_network();
    const Dataset data = normal_dataset(network, 2, 8);
    TrainedScales trained{"w2a2", 0.5, {{"relu1", 0.375}}, {}};
    trained.weights["conv3"] = std::vector<double>(8, 0.0625);
    const auto codes_of = [&](const Trace& trace) {
        return trace.weight_codes(*trace.manifest().find_layer("conv3"));
    };
    const Trace searched = quantize(network, data, {.scheme = "w2a2", .evaluate = false}).trace;
    network.trained = trained;
    const Trace brought = quantize(network, data, {.scheme = "w2a2", .evaluate = false}).trace;
    const Manifest& manifest = brought.manifest();
    EXPECT_EQ(manifest.activation("relu1.q").scale, 0.375);
    EXPECT_EQ(manifest.find_layer("conv3")->weights->scales, std::vector<double>(8, 0.0625));
    const auto& values = network.constants.at("conv3/w").values;
    const auto codes = codes_of(brought);
    for (std::size_t i = 0; i < values.size(); ++i)
        ASSERT_EQ(codes[i], format("int2").encode(static_cast<double>(values[i]) / 0.0625));
    EXPECT_NE(codes, codes_of(searched));
    // What was not brought is still searched.
    EXPECT_EQ(manifest.activation("relu2.q").scale,
              searched.manifest().activation("relu2.q").scale);
    // And another scheme knows nothing of it.
    const Trace other = quantize(network, data, {.scheme = "w3a2", .evaluate = false}).trace;
    EXPECT_NE(other.manifest().activation("relu1.q").scale, 0.375);
}

// One conductance is one physical value: all layers alike, nothing by channel.
TEST(AnalogSchemes, HaveOneWeightScaleATensorAndSignedCodesInEveryLayer) {
    const Network network = residual_network();
    const Dataset data = normal_dataset(network, 2, 8);
    for (const int bits : {8, 6, 4}) {
        const std::string scheme = fmt::format("cim{}", bits);
        const Trace trace = quantize(network, data, {.scheme = scheme, .evaluate = false}).trace;
        const Manifest& manifest = trace.manifest();
        int weighted = 0;
        for (const Layer& layer : manifest.layers) {
            if (!layer.weights) continue;
            ++weighted;
            EXPECT_EQ(layer.weights->format, "int8");
            EXPECT_EQ(layer.weights->scales.size(), 1u) << layer.name;
            EXPECT_EQ(manifest.activation(layer.inputs[0]).format, fmt::format("int{}", bits));
        }
        EXPECT_GT(weighted, 2);
        EXPECT_EQ(manifest.provenance.at("int8_layers"), "");
        EXPECT_FALSE(manifest.provenance.contains("adc_full_scale"));
    }
}

TEST(AnalogSchemes, BringTheTrainedScaleOfAWholeTensorAndTheRangeOfTheAdcs) {
    Network network = residual_network();
    const Dataset data = normal_dataset(network, 2, 8);
    TrainedScales trained{"cim6", 0.5, {{"relu1", 0.375}}, {{"conv3", {0.0625}}}, 9.75};
    network.trained = trained;
    const Trace brought = quantize(network, data, {.scheme = "cim6", .evaluate = false}).trace;
    const Manifest& manifest = brought.manifest();
    EXPECT_EQ(manifest.provenance.at("adc_full_scale"), "9.75");
    EXPECT_EQ(manifest.activation("relu1.q").scale, 0.375);
    EXPECT_EQ(manifest.find_layer("conv3")->weights->scales, std::vector{0.0625});
    const auto& values = network.constants.at("conv3/w").values;
    const auto codes = brought.weight_codes(*manifest.find_layer("conv3"));
    ASSERT_EQ(codes.size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        ASSERT_EQ(codes[i], format("int8").encode(static_cast<double>(values[i]) / 0.0625));
    const Trace other = quantize(network, data, {.scheme = "cim8", .evaluate = false}).trace;
    EXPECT_FALSE(other.manifest().provenance.contains("adc_full_scale"));
    EXPECT_NE(other.manifest().find_layer("conv3")->weights->scales, std::vector{0.0625});
}

}  // namespace
}  // namespace bitloom
