// SPDX-License-Identifier: Apache-2.0
// The trained networks of workloads/zoo under the product's own schemes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <set>

#include "models/numeric/format.h"
#include "workloads/import/load.h"
#include "workloads/quantize/quantize.h"

namespace bitloom {
namespace {

// Float networks, or those that were trained for one scheme.
std::vector<std::string> zoo_names(bool trained) {
    std::vector<std::string> names;
    const std::filesystem::path zoo = std::filesystem::path(BITLOOM_SOURCE_DIR) / "workloads/zoo";
    for (const auto& entry : std::filesystem::directory_iterator(zoo)) {
        if (exists(entry.path() / "zoo.json") &&
            read_zoo_record(entry.path()).quantization.has_value() == trained)
            names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

class Zoo : public testing::TestWithParam<std::string> {
protected:
    std::filesystem::path folder() const {
        return std::filesystem::path(BITLOOM_SOURCE_DIR) / "workloads/zoo" / GetParam();
    }
};

INSTANTIATE_TEST_SUITE_P(Networks, Zoo, testing::ValuesIn(zoo_names(false)),
                         [](const auto& name) { return name.param; });

TEST_P(Zoo, Ant4IsWithinOnePercentOfFloat) {
    const Network network = load_network(folder());
    const QuantizeResult result = quantize(network, load_dataset(folder()), {});
    EXPECT_THAT(problems(result.trace.manifest()), testing::ElementsAre());
    EXPECT_GE(result.quantized_accuracy, result.float_accuracy - 0.01);
    EXPECT_NEAR(result.float_accuracy, read_zoo_record(folder()).float_accuracy, 0.002);
}

TEST_P(Zoo, Int8IsWithinHalfAPercentOfFloat) {
    const Network network = load_network(folder());
    const QuantizeResult result = quantize(network, load_dataset(folder()), {.scheme = "int8"});
    EXPECT_GE(result.quantized_accuracy, result.float_accuracy - 0.005);
}

// The noise of all tensors together; accuracy itself is not monotonic without training.
TEST_P(Zoo, WiderUniformTypesLoseLess) {
    const Network network = load_network(folder());
    const Dataset data = load_dataset(folder());
    const auto error = [&](const char* scheme) {
        double sum = 0.0;
        for (const TensorReport& tensor :
             quantize(network, data, {.scheme = scheme, .evaluate = false}).tensors)
            sum += std::isinf(tensor.sqnr_db) ? 0.0 : std::pow(10.0, -tensor.sqnr_db / 10.0);
        return sum;
    };
    double previous = std::numeric_limits<double>::infinity();
    for (const char* scheme : {"w1a1", "w1a2", "w2a2", "w3a3", "w4a4", "w8a8"}) {
        const double now = error(scheme);
        EXPECT_LT(now, previous) << scheme;
        previous = now;
    }
}

TEST_P(Zoo, RandomTracesOfEverySchemeAreWhole) {
    const Network network = load_network(folder());
    std::vector<std::string> names = scheme_names();
    for (const char* uniform : {"w1a1", "w1a2", "w2a8", "w8a8"}) names.push_back(uniform);
    for (const std::string& scheme : names) {
        EXPECT_THAT(problems(random_trace(network, {.scheme = scheme}).manifest()),
                    testing::ElementsAre());
    }
}

class TrainedZoo : public Zoo {};

INSTANTIATE_TEST_SUITE_P(Networks, TrainedZoo, testing::ValuesIn(zoo_names(true)),
                         [](const auto& name) { return name.param; });

// The quantizer lands on the trained grid: weights without loss, and the accuracy that the trainer
// measured. Between them lie the order of float sums, the 16-bit words, the rounding of biases and
// the 8-bit scales of the first and the last layer: half a percent of the test inputs.
TEST_P(TrainedZoo, OwnSchemeHasTheTrainedAccuracy) {
    const Network network = load_network(folder());
    ASSERT_TRUE(network.trained.has_value());
    const TrainedScales& trained = *network.trained;
    const QuantizeResult result =
        quantize(network, load_dataset(folder()), {.scheme = trained.scheme});
    EXPECT_THAT(problems(result.trace.manifest()), testing::ElementsAre());
    EXPECT_NEAR(result.quantized_accuracy, trained.accuracy, 0.005);
    EXPECT_NEAR(result.float_accuracy, read_zoo_record(folder()).float_accuracy, 0.002);
    RecordProperty("quantized_accuracy", fmt::format("{}", result.quantized_accuracy));
    int checked = 0;
    for (const TensorReport& tensor : result.tensors) {
        if (tensor.tensor != "weights" || !trained.weights.contains(tensor.layer)) continue;
        // Scales of nine digits, weights of float: nothing but their rounding is lost.
        EXPECT_GT(tensor.sqnr_db, 100.0) << tensor.layer;
        ++checked;
    }
    EXPECT_EQ(checked, static_cast<int>(trained.weights.size()));
    EXPECT_GE(checked, 9);
}

// A scale that is wrong by a factor would leave most codes empty, or all weights at the ends.
TEST_P(TrainedZoo, MostWeightCodesAreInUse) {
    const Network network = load_network(folder());
    const Trace trace = quantize(network, load_dataset(folder()),
                                 {.scheme = network.trained->scheme, .evaluate = false})
                            .trace;
    for (const Layer& layer : trace.manifest().layers) {
        if (!layer.weights || layer.weights->format == "int8") continue;
        std::set<int> seen;
        for (const std::uint8_t code : trace.weight_codes(layer)) seen.insert(code);
        EXPECT_GT(2 * seen.size(), format(layer.weights->format).code_count()) << layer.name;
    }
}

// The scales belong to one scheme: under another the search decides.
TEST_P(TrainedZoo, OtherSchemesSearchTheirScales) {
    const Network network = load_network(folder());
    const Dataset data = load_dataset(folder());
    const auto provenance = [&](const std::string& scheme) {
        return quantize(network, data, {.scheme = scheme, .evaluate = false})
            .trace.manifest()
            .provenance;
    };
    EXPECT_EQ(provenance(network.trained->scheme).at("trained_scales"), network.trained->scheme);
    EXPECT_EQ(provenance(network.trained->scheme).at("source"), "quantization-aware training");
    EXPECT_FALSE(provenance("w3a3").contains("trained_scales"));
    EXPECT_EQ(provenance("w3a3").at("source"), "post-training quantization");
}

}  // namespace
}  // namespace bitloom
