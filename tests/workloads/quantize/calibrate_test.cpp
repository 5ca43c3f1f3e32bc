// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/calibrate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/base/error.h"
#include "tests/workloads/quantize/small_networks.h"

namespace bitloom {
namespace {

using testing_networks::NetworkBuilder;

constexpr double infinity = std::numeric_limits<double>::infinity();

Network identity(Shape shape) {
    return NetworkBuilder(std::move(shape)).clamp("y", "x", -infinity, infinity).build();
}

TEST(Calibrate, SmallActivationsAreKeptWhole) {
    const Network network = identity({5});
    const std::vector<float> values = {1, 2, 3, 4, 5, -7, 6, 0, 2, 2};
    const auto statistics = calibrate(FloatExecutor(network), {values, 2, ""}, 1, {});
    EXPECT_EQ(statistics.at("x").samples, values);
    EXPECT_EQ(statistics.at("y").samples, values);
    EXPECT_EQ(statistics.at("y").low, -7.0);
    EXPECT_EQ(statistics.at("y").high, 6.0);
    EXPECT_EQ(statistics.at("y").max_magnitude(), 7.0);
}

// Every value is its own place, so that a sample tells where it came from.
TEST(Calibrate, LargeActivationsAreSampledOnceInEachOfEqualParts) {
    constexpr std::size_t size = 300'000;
    const Network network = identity({static_cast<std::int64_t>(size)});
    std::vector<float> values;
    for (std::size_t i = 0; i < 2 * size; ++i) values.push_back(static_cast<float>(i % size));
    values[size - 1] = 1e6f;  // the largest counts, sampled or not
    const auto statistics = calibrate(FloatExecutor(network), {values, 2, ""}, 1, {});
    const auto& seen = statistics.at("y");
    EXPECT_EQ(seen.high, 1e6);
    EXPECT_EQ(seen.low, 0.0);
    ASSERT_EQ(static_cast<std::int64_t>(seen.samples.size()), max_samples);
    const std::size_t kept = seen.samples.size() / 2;
    const double part = static_cast<double>(size) / static_cast<double>(kept);
    std::size_t equal = 0;
    for (std::size_t j = 0; j + 1 < kept; ++j) {
        for (const std::size_t input : {0u, 1u}) {
            const double place = seen.samples[input * kept + j];
            ASSERT_GE(place, std::floor(static_cast<double>(j) * part));
            ASSERT_LT(place, static_cast<double>(j + 1) * part);
        }
        equal += seen.samples[j] == seen.samples[kept + j] ? 1 : 0;
    }
    // Two inputs are not sampled at the same places: parts of 2.3 values agree in less than half.
    EXPECT_LT(equal, kept * 6 / 10);
    const auto other = calibrate(FloatExecutor(network), {values, 2, ""}, 2, {});
    EXPECT_NE(other.at("y").samples, seen.samples);
}

TEST(Calibrate, InputsAreTheFirstOfTheCalibrationData) {
    const Network network = identity({2});
    Dataset data;
    data.input_shape = {2};
    data.inputs = {9, 9};
    data.labels = {0};
    data.calibration = {1, 2, 3, 4, 5, 6};
    const CalibrationInputs two = calibration_inputs(network, data, 2);
    EXPECT_EQ(two.count, 2);
    EXPECT_EQ(std::vector<float>(two.values.begin(), two.values.end()),
              (std::vector<float>{1, 2, 3, 4}));
    EXPECT_EQ(calibration_inputs(network, data, 99).count, 3);
    data.calibration.pop_back();
    try {
        calibration_inputs(network, data, 2);
        FAIL() << "an incomplete input is an error";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "network 'small': data set has 5 calibration values: must be a multiple of 2");
    }
}

}  // namespace
}  // namespace bitloom
