// SPDX-License-Identifier: Apache-2.0
// Golden: the trained networks keep their accuracy on the chip, in its integer arithmetic.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "sim/engine/engine.h"
#include "tests/support/in_child.h"
#include "workloads/import/load.h"
#include "workloads/quantize/quantize.h"

namespace bitloom::test {
namespace {

class ZooAccuracy : public testing::TestWithParam<const char*> {};

struct Outcome {
    double float_top1 = 0, recorded_top1 = 0, chip_top1 = 0, least_cosine = 2;
    std::int64_t inputs = 0, data_inputs = 0, compared = 0;
};

Outcome outcome_of(const std::string& folder) {
    const std::string text = in_child([&] {
        const Dataset data = load_dataset(folder);
        const QuantizeResult quantized = quantize(load_network(folder), data, {});
        const RunResult result =
            run_chip(read_chip(BITLOOM_SOURCE_DIR "/models/chip/ant.ini"), quantized.trace, {});
        Outcome o;
        for (const LayerResult& layer : result.layers)
            if (layer.cosine) {
                o.least_cosine = std::min(o.least_cosine, *layer.cosine);
                ++o.compared;
            }
        return fmt::format("{} {} {} {} {} {} {}", result.accuracy.float_top1.value(),
                           read_zoo_record(folder).float_accuracy,
                           result.accuracy.chip_top1.value(), o.least_cosine,
                           result.accuracy.inputs, data.count(), o.compared);
    });
    Outcome o;
    std::istringstream stream(text);
    stream >> o.float_top1 >> o.recorded_top1 >> o.chip_top1 >> o.least_cosine >> o.inputs >>
        o.data_inputs >> o.compared;
    EXPECT_TRUE(stream) << text;
    return o;
}

TEST_P(ZooAccuracy, ChipIsWithinOnePercentOfFloatOverTheWholeTestSet) {
    const Outcome o = outcome_of(std::string(BITLOOM_SOURCE_DIR "/workloads/zoo/") + GetParam());
    EXPECT_GT(o.inputs, 500);
    EXPECT_EQ(o.inputs, o.data_inputs);
    EXPECT_GE(o.chip_top1, o.float_top1 - 0.01);
    EXPECT_NEAR(o.float_top1, o.recorded_top1, 0.002);
    // The layers of the reference input are close to the float network's.
    EXPECT_GE(o.compared, 3);
    EXPECT_GT(o.least_cosine, 0.9);
}

// Networks trained for their scheme, on the chip that it is for.
class TrainedAccuracy : public testing::TestWithParam<const char*> {};

TEST_P(TrainedAccuracy, TheBitSerialChipKeepsWhatWasTrained) {
    const std::string folder = std::string(BITLOOM_SOURCE_DIR "/workloads/zoo/") + GetParam();
    const std::string scheme = folder.substr(folder.rfind('_') + 1);
    const std::string text = in_child([&] {
        const Network network = load_network(folder);
        const QuantizeResult quantized =
            quantize(network, load_dataset(folder), {.scheme = scheme});
        const RunResult result =
            run_chip(read_chip(BITLOOM_SOURCE_DIR "/models/chip/apnn_tc.ini"), quantized.trace, {});
        return fmt::format("{} {}", network.trained->accuracy, result.accuracy.chip_top1.value());
    });
    double trained = 0, chip = 0;
    std::istringstream stream(text);
    ASSERT_TRUE(stream >> trained >> chip) << text;
    EXPECT_GT(trained, 0.85);
    EXPECT_NEAR(chip, trained, 0.005);
}

INSTANTIATE_TEST_SUITE_P(Networks, TrainedAccuracy,
                         testing::Values("digits_w1a2", "digits_w2a2", "digits_w4a4",
                                         "keywords_w1a2"),
                         [](const auto& name) { return std::string(name.param); });

INSTANTIATE_TEST_SUITE_P(Networks, ZooAccuracy,
                         testing::Values("digits", "keywords", "keywords_transformer"),
                         [](const auto& name) { return std::string(name.param); });

}  // namespace
}  // namespace bitloom::test
