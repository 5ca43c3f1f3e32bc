// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/random_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "models/base/error.h"
#include "models/base/random.h"
#include "models/numeric/format.h"
#include "tests/workloads/quantize/small_networks.h"
#include "workloads/import/load.h"
#include "workloads/quantize/random_tensors.h"
#include "workloads/quantize/scheme.h"

namespace bitloom {
namespace {

using testing::ElementsAre;

template <class Action>
std::string error_of(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "none";
}

// Both networks as they come from a table of shapes.
std::vector<Network> shape_only_networks() {
    std::vector<Network> networks = {testing_networks::residual_network(),
                                     testing_networks::attention_network()};
    for (Network& network : networks) {
        network.shape_only = true;
        for (auto& [name, constant] : network.constants) constant.values.clear();
    }
    return networks;
}

TEST(RandomTrace, EverySchemeGivesAWholeTraceOfEveryNetwork) {
    for (const Network& network : shape_only_networks()) {
        for (const std::string& scheme : scheme_names()) {
            const Trace trace = random_trace(network, {.scheme = scheme});
            EXPECT_THAT(problems(trace.manifest()), ElementsAre());
            EXPECT_FALSE(trace.shape_only());
            EXPECT_EQ(trace.manifest().scheme, scheme);
            EXPECT_LT(trace.manifest().quantized_accuracy, 0.0);
        }
    }
}

TEST(RandomTrace, AntHasFlintBetweenTwoInt8Layers) {
    const Trace trace = random_trace(shape_only_networks()[0], {.scheme = "ant4"});
    const Manifest& manifest = trace.manifest();
    std::vector<std::string> formats;
    for (const Layer& layer : manifest.layers) {
        if (!layer.weights) continue;
        formats.push_back(layer.weights->format + " " +
                          manifest.activation(layer.inputs[0]).format);
    }
    EXPECT_THAT(formats,
                ElementsAre("int8 int8", "flint4 uflint4", "flint4 uflint4", "flint4 uflint4",
                            "flint4 uflint4", "flint4 uflint4", "int8 uint8"));
}

TEST(RandomTrace, Int8LayersCountsFromBothEnds) {
    const auto count = [](std::int64_t wanted) {
        const Trace trace =
            random_trace(shape_only_networks()[0], {.scheme = "ant4", .int8_layers = wanted});
        std::int64_t found = 0;
        for (const Layer& layer : trace.manifest().layers) {
            found += layer.weights && layer.weights->format == "int8" ? 1 : 0;
        }
        return found;
    };
    for (const std::int64_t wanted : {0, 1, 2, 5, 7}) EXPECT_EQ(count(wanted), wanted);
    EXPECT_EQ(error_of([&] { count(8); }), "random trace: int8_layers = 8: must be -1..7");
    EXPECT_EQ(error_of([&] { count(-2); }), "random trace: int8_layers = -2: must be -1..7");
}

TEST(RandomTrace, ExplicitFormatsAreThoseOfEveryArrayOperand) {
    for (const Network& network : shape_only_networks()) {
        const Trace trace =
            random_trace(network, {.weights_format = "e4m3", .activations_format = "e2m1"});
        for (const Layer& layer : trace.manifest().layers) {
            if (layer.weights) {
                EXPECT_EQ(layer.weights->format, "e4m3");
            }
            if (layer.weights || layer.op == Operator::matmul) {
                EXPECT_EQ(trace.manifest().activation(layer.inputs[0]).format, "e2m1");
            }
        }
    }
    const Network network = shape_only_networks()[0];
    EXPECT_EQ(
        error_of([&] { random_trace(network, {.weights_format = "int4"}); }),
        "random trace: weights and activations formats: only one is given: needs both or none");
    EXPECT_EQ(error_of([&] {
                  random_trace(network, {.weights_format = "int4", .activations_format = "int16"});
              }),
              "format 'int16': 16 bits: codes of the array have at most 8");
}

// A list of layers, each with an input of its own, as SCALE-Sim's topologies are.
TEST(RandomTrace, UnconnectedLayersGetAnExternalInputEach) {
    Network network = testing_networks::NetworkBuilder({4, 4, 2}).conv("c", "x", 2).build();
    network.shapes["y"] = {3, 8};
    Node node;
    node.name = node.output = "g";
    node.inputs = {"y"};
    node.weights = "g/w";
    network.constants["g/w"] = {{5, 8}, {}};
    network.shape_only = true;
    append(network, node);
    network.output = "g";
    const Trace trace = random_trace(network, {});
    const Manifest& manifest = trace.manifest();
    EXPECT_THAT(problems(manifest), ElementsAre());
    EXPECT_EQ(manifest.input, "x.q");
    EXPECT_THAT(manifest.external_inputs(), ElementsAre("x.q", "y.q"));
    EXPECT_EQ(manifest.activation("c").format, "int16");
}

std::vector<std::string> description_files() {
    std::vector<std::string> names;
    const auto folder = std::filesystem::path(BITLOOM_SOURCE_DIR) / "workloads/papers/ant";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".net") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

class PublishedNetwork : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Ant, PublishedNetwork, testing::ValuesIn(description_files()),
                         [](const auto& name) { return name.param; });

TEST_P(PublishedNetwork, HasAWholeRandomTrace) {
    const Network network = load_network(std::filesystem::path(BITLOOM_SOURCE_DIR) /
                                         "workloads/papers/ant" / (GetParam() + ".net"));
    const Trace trace = random_trace(network, {});
    EXPECT_THAT(problems(trace.manifest()), ElementsAre());
    EXPECT_FALSE(trace.shape_only());
    // Words wide enough for the deepest sums, scales that neither vanish nor explode.
    for (const auto& [name, activation] : trace.manifest().activations) {
        EXPECT_GT(activation.scale, 1e-9) << name;
        EXPECT_LT(activation.scale, 1e3) << name;
    }
}

// What a layer's sums are with random codes everywhere: neither saturated nor lost in a few units.
void expect_words_in_use(const std::string& scheme) {
    SCOPED_TRACE(scheme);
    const Trace trace = random_trace(shape_only_networks()[0], {.scheme = scheme});
    const Manifest& manifest = trace.manifest();
    const Layer& layer = *manifest.find_layer("conv2");
    const auto codes = trace.weight_codes(layer);
    const Format& weights = format(layer.weights->format);
    const Activation& input = manifest.activation(layer.inputs[0]);
    const std::int64_t k = gemm_shape(manifest, layer).k;
    // Activations of the assumed spread: half-normal of mean square 1/2.
    const RandomStream stream(1, "activations");
    double square = 0.0;
    std::size_t next = 0, used = 0;
    for (int n = 0; n < 8; ++n) {
        double sum = 0.0;
        for (std::int64_t i = 0; i < k; ++i, ++next) {
            const double x = std::max(0.0, stream.normal(next));
            const double held =
                input.scale *
                format(input.format).value(format(input.format).encode(x / input.scale));
            sum += layer.weights->scales[0] * weights.value(codes[next]) * held;
            used += held != 0.0 ? 1 : 0;
        }
        square += sum * sum / 8.0;
    }
    const double words = std::sqrt(square) / layer.working_scale;
    EXPECT_GT(words, 32767.0 / 32.0);
    EXPECT_LT(words, 32767.0 / 3.0);
    // Half of the values are zero by themselves. Few levels made to reach the largest value would
    // round most of the others to zero as well.
    EXPECT_GT(static_cast<double>(used) / static_cast<double>(next), 0.25);
}

TEST(RandomTrace, ResultsUseTheRangeOfTheirWord) {
    for (const char* scheme : {"ant4", "int8", "w1a1", "w1a2", "w2a2", "w3a3", "w8a8"})
        expect_words_in_use(scheme);
}

TEST(RandomTrace, UniformSchemesHaveTheirWidthsBetweenTheTwoEnds) {
    for (const int ends : {0, 3, 8}) {
        const Trace trace =
            random_trace(shape_only_networks()[0], {.scheme = "w1a2", .first_last_bits = ends});
        const Manifest& manifest = trace.manifest();
        EXPECT_THAT(problems(manifest), ElementsAre());
        const auto formats = [&](const char* name) {
            const Layer& layer = *manifest.find_layer(name);
            return layer.weights->format + " " + manifest.activation(layer.inputs[0]).format;
        };
        EXPECT_EQ(formats("conv3"), "bipolar1 uint2");
        EXPECT_EQ(formats("conv1"), ends == 0   ? "bipolar1 int2"
                                    : ends == 3 ? "int3 int3"
                                                : "int8 int8");
        EXPECT_EQ(formats("fc2"), ends == 0   ? "bipolar1 uint2"
                                  : ends == 3 ? "int3 uint3"
                                              : "int8 uint8");
    }
    EXPECT_EQ(error_of([] { random_trace(shape_only_networks()[0], {.first_last_bits = 2}); }),
              "random trace: first_last_bits = 2: scheme 'ant4' chooses the layers of 8 bits: must "
              "be 8");
}

TEST(RandomTrace, BytesDependOnTheSeedAloneNotOnThreads) {
    const Network network = shape_only_networks()[0];
    std::vector<std::vector<std::byte>> bytes;
    for (const std::size_t threads : {1u, 2u, 5u}) {
        const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
        bytes.push_back(random_trace(network, {.seed = 3}).to_bytes());
    }
    EXPECT_EQ(bytes[0], bytes[1]);
    EXPECT_EQ(bytes[0], bytes[2]);
    EXPECT_NE(bytes[0], random_trace(network, {.seed = 4}).to_bytes());
}

TEST(RandomCodes, AreUniformOverTheFiniteCodes) {
    for (const char* name :
         {"flint4", "int8", "uint2", "pot3", "e4m3", "e5m2", "uint1", "bipolar1", "bipolar5"}) {
        const Format& type = format(name);
        constexpr std::int64_t count = 60000;
        const Tensor packed = random_codes(type, count, 5, "t");
        const auto codes = unpack_codes(packed.bytes, type.bits(), count);
        std::vector<int> seen(type.code_count());
        for (const std::uint8_t code : codes) ++seen[code];
        int finite = 0;
        for (std::uint32_t code = 0; code < type.code_count(); ++code) {
            finite += type.decode(code).kind == Value::Kind::finite ? 1 : 0;
        }
        for (std::uint32_t code = 0; code < type.code_count(); ++code) {
            if (type.decode(code).kind != Value::Kind::finite) {
                EXPECT_EQ(seen[code], 0) << name << " " << code;
                continue;
            }
            const double mean = static_cast<double>(count) / finite;
            EXPECT_NEAR(seen[code], mean, 6.0 * std::sqrt(mean)) << name << " " << code;
        }
    }
}

TEST(RandomCodes, MomentsAreThoseOfTheTable) {
    // uint2: 0 1 2 3.
    EXPECT_DOUBLE_EQ(code_moments(format("uint2")).mean, 1.5);
    EXPECT_DOUBLE_EQ(code_moments(format("uint2")).mean_square, 14.0 / 4.0);
    EXPECT_DOUBLE_EQ(code_moments(format("flint4")).mean, 0.0);
}

TEST(GemmTrace, IsOneLayerOfTheGivenSizes) {
    const Trace trace = gemm_trace(5, 7, 9, "flint4", "uflint4", 2);
    const Manifest& manifest = trace.manifest();
    EXPECT_THAT(problems(manifest), ElementsAre());
    ASSERT_EQ(manifest.layers.size(), 1u);
    const GemmShape shape = gemm_shape(manifest, manifest.layers[0]);
    EXPECT_EQ(shape.m, 5);
    EXPECT_EQ(shape.n, 7);
    EXPECT_EQ(shape.k, 9);
    EXPECT_EQ(manifest.activation(manifest.input).format, "uflint4");
    EXPECT_EQ(trace.weight_codes(manifest.layers[0]).size(), 63u);
    EXPECT_EQ(manifest.network, "gemm_5x7x9");
}

TEST(GemmTrace, ResultsUseTheRangeOfTheirWordForEveryPairOfFormats) {
    for (const char* w : {"int4", "flint4", "pot4", "int8", "uflint4", "bipolar1", "bipolar3"}) {
        for (const char* a : {"uint4", "uflint4", "upot4", "uint8", "int8", "uint1", "bipolar1"}) {
            const Trace trace = gemm_trace(1, 400, 64, w, a, 3);
            const Layer& layer = trace.manifest().layers[0];
            const auto weights = trace.weight_codes(layer);
            const Tensor packed = random_codes(format(a), 64, 1, "input");
            const auto input = unpack_codes(packed.bytes, format(a).bits(), 64);
            double square = 0.0;
            for (std::size_t n = 0; n < 400; ++n) {
                double sum = 0.0;
                for (std::size_t k = 0; k < 64; ++k) {
                    sum += format(w).value(weights[n * 64 + k]) * format(a).value(input[k]);
                }
                square += sum * sum / 400.0;
            }
            const double words = std::sqrt(square) / layer.working_scale;
            EXPECT_GT(words, 32767.0 / 32.0) << w << " x " << a;
            EXPECT_LT(words, 32767.0 / 4.0) << w << " x " << a;
        }
    }
}

TEST(GemmTrace, SizesAndFormatsOutOfRangeAreErrors) {
    EXPECT_EQ(error_of([] { gemm_trace(0, 1, 1, "int8", "int8", 1); }),
              "gemm: M = 0: must be 1..2147483648");
    EXPECT_EQ(error_of([] { gemm_trace(1, -4, 1, "int8", "int8", 1); }),
              "gemm: N = -4: must be 1..2147483648");
    EXPECT_EQ(error_of([] { gemm_trace(1, 65536, 65536, "int8", "int8", 1); }),
              "gemm: 1x65536x65536: a matrix has more than 2147483648 elements");
    EXPECT_EQ(error_of([] { gemm_trace(1, 1, 1, "int8", "int12", 1); }),
              "format 'int12': 12 bits: codes of the array have at most 8");
}

// A chip refuses what does not fit before the codes take memory.
TEST(RandomTrace, LargeOnesAreShownByTheirShapesBeforeTheirCodesAreMade) {
    int calls = 0;
    const auto refuse = [&](const Trace& shapes) {
        ++calls;
        EXPECT_TRUE(shapes.shape_only());
        EXPECT_EQ(shapes.manifest().layers.at(0).weights->shape, (Shape{1 << 16, 1 << 11}));
        fail("too small");
    };
    EXPECT_THROW(gemm_trace(1, 1 << 16, 1 << 11, "int8", "int8", 1, refuse), Error);
    EXPECT_EQ(calls, 1);
    gemm_trace(4, 8, 16, "int8", "int8", 1, refuse);
    EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace bitloom
