// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/quantize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <cmath>
#include <sstream>

#include "models/base/error.h"
#include "models/numeric/format.h"
#include "tests/workloads/quantize/small_networks.h"
#include "workloads/import/float_executor.h"

namespace bitloom {
namespace {

using testing::ElementsAre;
using testing_networks::NetworkBuilder;
using testing_networks::residual_network;

// Inputs labelled by the float network itself, so that its accuracy is one.
Dataset labelled(const Network& network, std::int64_t count = 100, std::int64_t calibration = 40) {
    Dataset data = testing_networks::normal_dataset(network, count, calibration);
    data.labels = FloatExecutor(network).predictions(data);
    return data;
}

std::vector<Network> networks() {
    return {residual_network(), testing_networks::attention_network()};
}

template <class Action>
std::string error_of(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "none";
}

std::vector<std::string> int8_layers(const Trace& trace) {
    std::vector<std::string> names;
    for (const Layer& layer : trace.manifest().layers) {
        if (layer.weights && layer.weights->format == "int8") names.push_back(layer.name);
    }
    return names;
}

std::vector<double> real_input(const Trace& trace, const Activation& input,
                               const std::vector<float>& values) {
    std::vector<double> result;
    const Format& type = format(input.format);
    for (const float value : values) {
        result.push_back(input.scale * type.value(type.encode(value / input.scale)));
    }
    EXPECT_EQ(trace.manifest().input, input.name);
    return result;
}

TEST(Quantize, EverySchemeGivesAWholeTraceOfEveryNetwork) {
    for (const Network& network : networks()) {
        const Dataset data = labelled(network);
        for (const std::string& scheme : scheme_names()) {
            const QuantizeResult result = quantize(network, data, {.scheme = scheme});
            const Manifest& manifest = result.trace.manifest();
            EXPECT_THAT(problems(manifest), ElementsAre()) << scheme;
            EXPECT_FALSE(result.trace.shape_only());
            EXPECT_EQ(manifest.scheme, scheme);
            EXPECT_EQ(manifest.float_accuracy, 1.0);
            EXPECT_EQ(result.float_accuracy, 1.0);
            EXPECT_EQ(manifest.quantized_accuracy, result.quantized_accuracy);
            // cim4 has three bits of what a ReLU leaves, in every layer.
            const double least = scheme == "int8" ? 0.95 : scheme == "cim4" ? 0.3 : 0.5;
            EXPECT_GT(result.quantized_accuracy, least) << scheme;
            for (const Layer& layer : manifest.layers) {
                EXPECT_TRUE(result.trace.has_tensor("reference/" + layer.name));
            }
        }
    }
}

TEST(Quantize, Int8SchemeHasOnlyInt8AndInt4OnlyItsTwoEnds) {
    const Network network = residual_network();
    const Dataset data = labelled(network);
    EXPECT_EQ(int8_layers(quantize(network, data, {.scheme = "int8"}).trace).size(), 7u);
    const Trace int4 = quantize(network, data, {.scheme = "int4"}).trace;
    EXPECT_THAT(int8_layers(int4), ElementsAre("conv1", "fc2"));
    EXPECT_EQ(int4.manifest().find_layer("conv2")->weights->format, "int4");
    EXPECT_EQ(int4.manifest().activation("relu2.q").format, "uint4");
    EXPECT_EQ(int4.manifest().provenance.at("int8_layers"), "conv1 fc2");
}

TEST(Quantize, LayersAreRaisedUntilTheCalibrationAgrees) {
    const Network network = residual_network();
    const Dataset data = labelled(network);
    std::size_t previous = 7;
    for (const double threshold : {0.0, 0.05, 0.3, 1.0}) {
        const Trace trace =
            quantize(network, data, {.scheme = "ant4", .accuracy_threshold = threshold}).trace;
        const std::size_t raised = int8_layers(trace).size();
        const double agreement = std::stod(trace.manifest().provenance.at("calibration_agreement"));
        EXPECT_TRUE(agreement >= 1.0 - threshold || raised == 7u) << threshold;
        EXPECT_LE(raised, previous) << "a looser threshold raises no more layers";
        previous = raised;
    }
    EXPECT_EQ(previous, 2u);  // nothing to reach: first and last only
}

TEST(Quantize, RaisedLayersAreThoseOfTheLargestRelativeError) {
    const Network network = residual_network();
    const Dataset data = labelled(network);
    const QuantizeResult low = quantize(network, data, {.int8_layers = 0});
    EXPECT_THAT(int8_layers(low.trace), ElementsAre());
    // 10^(-SQNR/10) is the error relative to the mean square.
    std::map<std::string, double> error;
    for (const TensorReport& line : low.tensors) {
        error[line.layer] += std::pow(10.0, -line.sqnr_db / 10.0);
    }
    error.erase("conv1");
    error.erase("fc2");
    const auto worst =
        std::max_element(error.begin(), error.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    EXPECT_THAT(int8_layers(quantize(network, data, {.int8_layers = 3}).trace),
                testing::UnorderedElementsAre("conv1", "fc2", worst->first));
    EXPECT_EQ(
        int8_layers(quantize(network, data, {.scheme = "int4", .int8_layers = 6}).trace).size(),
        6u);
}

TEST(Quantize, WithoutEvaluationNothingIsRaisedAndNoAccuracyIsGiven) {
    const Network network = residual_network();
    const QuantizeResult result =
        quantize(network, labelled(network), {.accuracy_threshold = 0.0, .evaluate = false});
    EXPECT_THAT(int8_layers(result.trace), ElementsAre("conv1", "fc2"));
    EXPECT_LT(result.float_accuracy, 0.0);
    EXPECT_LT(result.trace.manifest().quantized_accuracy, 0.0);
}

// The integers of the trace, multiplied out by hand, give the float network's results.
TEST(Quantize, IntegersOfAGemmGiveTheFloatResult) {
    const Network network = NetworkBuilder({24}).gemm("g", "x", 40).gemm("h", "g", 10).build();
    const Dataset data = labelled(network);
    for (const auto& [scheme, int8, least_db] :
         {std::tuple{"int8", -1, 35.0}, {"ant4", 0, 12.0}, {"int4", 0, 12.0}}) {
        const Trace trace = quantize(network, data, {.scheme = scheme, .int8_layers = int8}).trace;
        const Manifest& manifest = trace.manifest();
        const Layer& layer = *manifest.find_layer("g");
        const auto codes = trace.weight_codes(layer);
        const auto bias = trace.tensor(layer.bias).as<std::int32_t>();
        const auto reference = trace.tensor("reference/g").as<float>();
        const Activation& input = manifest.activation("x.q");
        const std::vector<float> first(data.inputs.begin(), data.inputs.begin() + 24);
        const auto x = real_input(trace, input, first);
        double signal = 0.0, noise = 0.0;
        for (std::size_t n = 0; n < 40; ++n) {
            const double scale = layer.weights->scales[n];
            double sum = bias[n] * scale * input.scale;
            for (std::size_t k = 0; k < 24; ++k) {
                sum += scale * format(layer.weights->format).value(codes[n * 24 + k]) * x[k];
            }
            EXPECT_LT(std::abs(sum), 32767.0 * layer.working_scale);
            signal += std::pow(static_cast<double>(reference[n]), 2.0);
            noise += std::pow(sum - static_cast<double>(reference[n]), 2.0);
        }
        EXPECT_GT(10.0 * std::log10(signal / noise), least_db) << scheme;
    }
}

TEST(Quantize, BiasIsRoundedToTheProductsUnit) {
    const Network network = NetworkBuilder({24}).gemm("g", "x", 40).gemm("h", "g", 10).build();
    const Trace trace = quantize(network, labelled(network), {}).trace;
    for (const char* name : {"g", "h"}) {
        const Layer& layer = *trace.manifest().find_layer(name);
        const auto bias = trace.tensor(layer.bias).as<std::int32_t>();
        const auto& real = network.constants.at(std::string(name) + "/b").values;
        const double input_scale = trace.manifest().activation(layer.inputs[0]).scale;
        for (std::size_t c = 0; c < bias.size(); ++c) {
            const double unit = layer.weights->scales[c] * input_scale;
            EXPECT_LE(std::abs(bias[c] * unit - static_cast<double>(real[c])), 0.5000001 * unit);
        }
    }
}

TEST(Quantize, WordsReachTwiceTheCalibration) {
    const Network network = residual_network();
    const Dataset data = labelled(network);
    const Trace trace = quantize(network, data, {.calibration_inputs = 40}).trace;
    const FloatExecutor executor(network);
    std::map<std::string, double> reach;
    for (std::size_t i = 0; i < 40; ++i) {
        for (const auto& [name, values] :
             executor.run(std::span(data.calibration).subspan(i * 256, 256))) {
            for (const float value : values) {
                reach[name] = std::max(reach[name], std::abs(static_cast<double>(value)));
            }
        }
    }
    const Manifest& manifest = trace.manifest();
    EXPECT_NEAR(manifest.activation("relu1").scale * 32767.0, 2.0 * reach["relu1"], 1e-9);
    EXPECT_NEAR(manifest.activation("fc2").scale * 32767.0, 2.0 * reach["fc2"], 1e-9);
    // A residual's sum: also its parts. A pool: its input's words.
    const double parts = std::max(
        {2.0 * reach["conv3"], 2.0 * reach["sum1"], manifest.activation("relu1").scale * 32767.0});
    EXPECT_GE(manifest.find_layer("conv3")->working_scale * 32767.0, parts * (1.0 - 1e-12));
    EXPECT_EQ(manifest.find_layer("max")->working_scale, manifest.activation("relu4").scale);
}

// The convolution's part of a sum and the sum itself may be small where the residual is large.
TEST(Quantize, WordOfASumHoldsItsLargeResidual) {
    Network network = NetworkBuilder({4, 4, 2})
                          .conv("large", "x", 2)
                          .conv("small", "large", 2)
                          .add("sum", "small", "large")
                          .clamp("bounded", "sum", -0.5, 0.5)
                          .build();
    for (float& weight : network.constants.at("small/w").values) weight *= 1e-3f;
    const Trace trace = quantize(network, labelled(network), {}).trace;
    EXPECT_GE(trace.manifest().find_layer("small")->working_scale,
              trace.manifest().activation("large").scale);
}

TEST(Quantize, BoundsOnBothSidesLimitTheWord) {
    const Network network = NetworkBuilder({24})
                                .gemm("g", "x", 8)
                                .clamp("k", "g", -0.25, 0.125)
                                .gemm("h", "k", 3)
                                .build();
    const Trace trace = quantize(network, labelled(network), {}).trace;
    EXPECT_DOUBLE_EQ(trace.manifest().find_layer("g")->working_scale, 0.25 / 32767.0);
}

TEST(Quantize, SoftmaxHasOneAsItsLargestCode) {
    const Network network = testing_networks::attention_network();
    const Trace trace = quantize(network, labelled(network), {}).trace;
    const Activation& weights = trace.manifest().activation("weights.q");
    EXPECT_EQ(weights.format, "uint8");
    EXPECT_EQ(weights.scale * 255.0, 1.0);
    EXPECT_EQ(trace.manifest().find_layer("weights")->working_scale * 32767.0, 1.0);
    EXPECT_EQ(trace.manifest().activation("kt.q").format, "int8");
}

TEST(Quantize, InputsStoredAsBytesAreHeldExactly) {
    const Network network = NetworkBuilder({24}).gemm("g", "x", 8).gemm("h", "g", 4).build();
    Dataset data = labelled(network);
    for (auto* values : {&data.inputs, &data.calibration}) {
        for (float& value : *values)
            value = std::clamp(std::round(value * 40.0f), -127.0f, 127.0f) / 64.0f;
    }
    const QuantizeResult result = quantize(network, data, {});
    const Manifest& manifest = result.trace.manifest();
    EXPECT_EQ(manifest.provenance.at("dataset_scale"), "0.015625");
    EXPECT_EQ(manifest.activation("x.q").scale, 0.015625);
    EXPECT_EQ(result.trace.tensor("dataset/inputs").type, TensorType::i8);
    EXPECT_EQ(result.tensors[1].mse, 0.0);
    EXPECT_TRUE(std::isinf(result.tensors[1].sqnr_db));
}

TEST(Quantize, ReportsAreThoseOfTheCodesInTheTrace) {
    const Network network = residual_network();
    const QuantizeResult result = quantize(network, labelled(network), {});
    EXPECT_EQ(result.tensors.size(), 14u);
    for (const TensorReport& line : result.tensors) {
        if (line.tensor != "weights") continue;
        const Layer& layer = *result.trace.manifest().find_layer(line.layer);
        const auto codes = result.trace.weight_codes(layer);
        const auto& real = network.constants.at(line.layer + "/w").values;
        const std::size_t size = codes.size() / layer.weights->scales.size();
        double mse = 0.0, square = 0.0;
        for (std::size_t i = 0; i < codes.size(); ++i) {
            const double value =
                layer.weights->scales[i / size] * format(line.format).value(codes[i]);
            mse += std::pow(value - static_cast<double>(real[i]), 2.0);
            square += std::pow(static_cast<double>(real[i]), 2.0);
        }
        EXPECT_EQ(line.format, layer.weights->format);
        EXPECT_NEAR(line.mse, mse / static_cast<double>(codes.size()), 1e-12 * square);
        EXPECT_NEAR(line.sqnr_db, 10.0 * std::log10(square / mse), 1e-6);
    }
}

TEST(Quantize, ReferencesAreTheFloatNetworksResults) {
    const Network network = residual_network();
    const Dataset data = labelled(network);
    const Trace trace = quantize(network, data, {}).trace;
    const auto float_results = FloatExecutor(network).run(std::span(data.inputs).first(256));
    const auto expect_equal = [&](const std::string& tensor, const std::string& activation) {
        const auto held = trace.tensor(tensor).as<float>();
        EXPECT_EQ(std::vector<float>(held.begin(), held.end()), float_results.at(activation))
            << tensor;
    };
    expect_equal("reference/input", "x");
    expect_equal("reference/conv3", "relu3");  // the fused layer's result
    expect_equal("reference/flat", "flat");
    expect_equal("reference/fc2", "fc2");
}

TEST(Quantize, BytesDependOnTheSeedAloneNotOnThreads) {
    // Large enough for activations to be sampled.
    const Network network = NetworkBuilder({40, 40, 2})
                                .conv("c", "x", 8)
                                .relu("r", "c")
                                .conv("d", "r", 4)
                                .reshape("flat", "d", {6400})
                                .gemm("g", "flat", 5)
                                .build();
    const Dataset data = labelled(network, 4, 32);
    std::vector<std::vector<std::byte>> bytes;
    for (const std::size_t threads : {1u, 2u, 5u}) {
        const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
        bytes.push_back(quantize(network, data, {.calibration_inputs = 32}).trace.to_bytes());
    }
    EXPECT_EQ(bytes[0], bytes[1]);
    EXPECT_EQ(bytes[0], bytes[2]);
}

TEST(Quantize, WeightsSharedByTwoLayersMayBeQuantizedDifferently) {
    Network network = NetworkBuilder({16})
                          .gemm("first", "x", 16)
                          .gemm("second", "first", 16)
                          .gemm("third", "second", 4)
                          .build();
    network.nodes[1].weights = network.nodes[0].weights;
    const Trace trace = quantize(network, labelled(network), {.scheme = "int4"}).trace;
    EXPECT_EQ(trace.manifest().find_layer("first")->weights->format, "int8");
    EXPECT_EQ(trace.manifest().find_layer("second")->weights->format, "int4");
}

TEST(Quantize, CalibrationFallsBackToTheInputsAndSaysSo) {
    const Network network = NetworkBuilder({24}).gemm("g", "x", 8).build();
    Dataset data = labelled(network, 5);
    EXPECT_EQ(quantize(network, data, {}).trace.manifest().provenance.at("calibration_source"),
              "dataset calibration");
    data.calibration.clear();
    const Trace trace = quantize(network, data, {}).trace;
    EXPECT_EQ(trace.manifest().provenance.at("calibration_source"), "dataset inputs");
    EXPECT_EQ(trace.manifest().provenance.at("calibration_inputs"), "5");
}

TEST(Quantize, ADataSetOfCalibrationInputsAloneIsEnough) {
    const Network network = NetworkBuilder({24}).gemm("g", "x", 8).gemm("h", "g", 3).build();
    Dataset data = labelled(network);
    data.inputs.clear();
    data.labels.clear();
    const QuantizeResult result = quantize(network, data, {});
    EXPECT_LT(result.float_accuracy, 0.0);
    EXPECT_FALSE(result.trace.has_tensor("dataset/inputs"));
    EXPECT_TRUE(result.trace.has_tensor("reference/g"));
}

TEST(Quantize, ActivationsThatAreNeverSeenStillHaveATrace) {
    // The clamp cuts everything: scales of tensors of zeros must be usable.
    const Network network = NetworkBuilder({24})
                                .gemm("g", "x", 8)
                                .clamp("zero", "g", 0.0, 0.0)
                                .gemm("h", "zero", 3)
                                .build();
    const Trace trace = quantize(network, labelled(network), {}).trace;
    EXPECT_THAT(problems(trace.manifest()), ElementsAre());
}

TEST(Quantize, ProgressEndsAtItsTotal) {
    std::map<std::string, std::pair<double, double>> last;
    QuantizeOptions options;
    options.progress = [&](std::string_view what, double done, double total) {
        EXPECT_GE(done, last[std::string(what)].first);
        EXPECT_LE(done, total);
        last[std::string(what)] = {done, total};
    };
    const Network network = residual_network();
    quantize(network, labelled(network), options);
    for (const char* what : {"calibrate", "choose weight types", "evaluate"}) {
        EXPECT_EQ(last.at(what).first, last.at(what).second) << what;
    }
}

TEST(Quantize, WrongArgumentsAreErrors) {
    Network network = NetworkBuilder({24}).gemm("g", "x", 8).build();
    const Dataset data = labelled(network);
    const auto error = [&](QuantizeOptions options) {
        return error_of([&] { quantize(network, data, options); });
    };
    EXPECT_EQ(error({.scheme = "int5"}),
              "unknown scheme 'int5'; known: ant4 ip4 flint4 int4_mixed int4 int8 cim8 cim6 cim4 "
              "w1a1..w8a8; "
              "did you mean 'int4'?");
    EXPECT_EQ(error({.scheme = "int4", .first_last_bits = 9}),
              "quantize: first_last_bits = 9: must be 0..8");
    EXPECT_EQ(
        error({.first_last_bits = 0}),
        "quantize: first_last_bits = 0: scheme 'ant4' chooses the layers of 8 bits: must be 8");
    EXPECT_EQ(error({.ratio_low_narrow = 0}), "quantize: ratio_low_narrow = 0: must be 1..1000");
    EXPECT_EQ(error({.calibration_inputs = 0}), "quantize: calibration_inputs = 0: must be >= 1");
    EXPECT_EQ(error({.int8_layers = 2}), "quantize: int8_layers = 2: must be -1..1");
    EXPECT_EQ(error({.accuracy_threshold = std::nan("")}),
              "quantize: accuracy_threshold = nan: must be 0..1");
    EXPECT_EQ(error({.ratio_low = 0}), "quantize: ratio_low = 0: must be 1..1000");
    EXPECT_EQ(error({.ratio_low = 80, .ratio_high = 95}),
              "quantize: ratio_high = 95: must be 96..1000");
    const Dataset none{{24}, {}, {}, {}};
    EXPECT_EQ(
        error_of([&] { quantize(network, none, {}); }),
        "network 'small': data set has no calibration inputs and no inputs: needs one or more");
    const Dataset other{{23}, {}, {}, {}};
    EXPECT_EQ(error_of([&] { quantize(network, other, {}); }),
              "network 'small': data set has inputs of shape 23: must be 24");
    network.shape_only = true;
    EXPECT_EQ(error_of([&] { quantize(network, data, {}); }),
              "network 'small': has shapes only: quantizing it needs its weights");
}

}  // namespace
}  // namespace bitloom
