// SPDX-License-Identifier: Apache-2.0
// The trained networks of workloads/zoo under the product's own schemes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "workloads/import/load.h"
#include "workloads/quantize/quantize.h"

namespace bitloom {
namespace {

std::vector<std::string> zoo_names() {
    std::vector<std::string> names;
    const std::filesystem::path zoo = std::filesystem::path(BITLOOM_SOURCE_DIR) / "workloads/zoo";
    for (const auto& entry : std::filesystem::directory_iterator(zoo)) {
        if (exists(entry.path() / "zoo.json")) names.push_back(entry.path().filename().string());
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

INSTANTIATE_TEST_SUITE_P(Networks, Zoo, testing::ValuesIn(zoo_names()),
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

TEST_P(Zoo, RandomTracesOfEverySchemeAreWhole) {
    const Network network = load_network(folder());
    for (const std::string& scheme : scheme_names()) {
        EXPECT_THAT(problems(random_trace(network, {.scheme = scheme}).manifest()),
                    testing::ElementsAre());
    }
}

}  // namespace
}  // namespace bitloom
