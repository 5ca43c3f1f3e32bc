// SPDX-License-Identifier: Apache-2.0
// The networks of the zoo, imported and run in float, do what their trainer measured with another
// program (onnxruntime).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "workloads/import/float_executor.h"
#include "workloads/import/load.h"

namespace bitloom {
namespace {

class ZooNetwork : public testing::TestWithParam<std::string> {
protected:
    std::filesystem::path folder() const {
        return std::filesystem::path(BITLOOM_SOURCE_DIR) / "workloads" / "zoo" / GetParam();
    }
};

TEST_P(ZooNetwork, HasTheAccuracyItsTrainerMeasured) {
    const ZooRecord record = read_zoo_record(folder());
    const Network network = load_network(folder());
    EXPECT_EQ(network.name, GetParam());
    const Dataset dataset = load_dataset(folder());
    EXPECT_EQ(network.shapes.at(network.input), dataset.input_shape);
    EXPECT_EQ(network.shapes.at(network.output),
              Shape{static_cast<std::int64_t>(record.classes.size())});
    EXPECT_GE(dataset.calibration.size(),
              static_cast<std::size_t>(element_count(dataset.input_shape)));
    const double accuracy = FloatExecutor(network).accuracy(dataset);
    const double count = static_cast<double>(dataset.count());
    // Sums in another order may turn one close decision.
    EXPECT_LE(std::abs(accuracy - record.float_accuracy) * count, 1.001) << "accuracy " << accuracy;
}

// The exported graphs need no data movement but that of attention heads.
TEST_P(ZooNetwork, TransposesOnlyAttentionHeads) {
    const Network network = load_network(folder());
    std::size_t transposes = 0, products = 0;
    for (const Node& node : network.nodes) {
        transposes += node.op == Operator::transpose;
        products += node.op == Operator::matmul;
    }
    EXPECT_EQ(transposes, 2 * products);  // q, k, v and the result of each head's two products
}

std::vector<std::string> zoo_networks() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(
             std::filesystem::path(BITLOOM_SOURCE_DIR) / "workloads" / "zoo"))
        if (std::filesystem::exists(entry.path() / "zoo.json"))
            names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

INSTANTIATE_TEST_SUITE_P(Zoo, ZooNetwork, testing::ValuesIn(zoo_networks()),
                         [](const auto& item) { return item.param; });

}  // namespace
}  // namespace bitloom
