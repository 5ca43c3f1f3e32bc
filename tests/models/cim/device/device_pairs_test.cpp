// SPDX-License-Identifier: Apache-2.0
// Weights on pairs of devices.
#include "models/cim/device/device_pairs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "models/base/error.h"
#include "models/base/random.h"
#include "models/cim/device/device_list.h"
#include "tests/models/cim/device/closed_forms.h"

namespace bitloom::test {
namespace {

std::vector<std::int8_t> every_code(int max_code) {
    std::vector<std::int8_t> codes(static_cast<std::size_t>(2 * max_code + 1));
    std::iota(codes.begin(), codes.end(), static_cast<std::int8_t>(-max_code));
    return codes;
}

TEST(DevicePairs, IdealDevicesGiveEveryCodeBack) {
    const DeviceModel& model = device_model("ideal");
    for (const int max_code : {1, 7, 127})
        for (const double g_min : {0.0, 0.1, 5.0}) {
            const WeightMapping mapping{g_min, 25.0, max_code};
            const std::vector<std::int8_t> codes = every_code(max_code);
            const std::vector<std::int32_t> read =
                DevicePairs(model, mapping, codes, 1, "a").read_units(86400.0);
            const double step = units_per_code(mapping, model);
            for (std::size_t i = 0; i < codes.size(); ++i) {
                ASSERT_EQ(std::lround(read[i] / step), codes[i]);
                // Two roundings of half a unit each.
                ASSERT_LE(std::abs(read[i] - codes[i] * step), 1.0 + 1e-6);
            }
        }
}

TEST(DevicePairs, TheSignChoosesTheSide) {
    const WeightMapping mapping{1.0, 25.0, 6};
    for (int code = -6; code <= 6; ++code) {
        const PairTargets targets = pair_targets(mapping, code);
        EXPECT_DOUBLE_EQ(targets.plus_uS, code > 0 ? 1.0 + 4.0 * code : 1.0) << code;
        EXPECT_DOUBLE_EQ(targets.minus_uS, code < 0 ? 1.0 - 4.0 * code : 1.0) << code;
    }
    EXPECT_THROW(pair_targets(mapping, 7), InternalError);
    EXPECT_THROW(pair_targets(mapping, -7), InternalError);
    EXPECT_THROW(pair_targets({25.0, 25.0, 7}, 1), InternalError);
}

// Every model takes the targets of its full range: none is pushed out of it by rounding.
TEST(DevicePairs, EveryModelTakesEveryCodeOfItsRange) {
    for (const std::string& name : device_names()) {
        const DeviceModel& model = device_model(name);
        const std::vector<std::int8_t> codes = every_code(127);
        const DevicePairs pairs(model, full_range_mapping(model, 127), codes, 1, "a");
        EXPECT_EQ(pairs.plus().states().back().target_uS, model.facts().g_max_uS) << name;
        EXPECT_EQ(pairs.read_units(0.0).size(), codes.size()) << name;
    }
}

TEST(DevicePairs, TheTwoSidesDrawOfTheirOwn) {
    const std::vector<std::int8_t> codes(100, 0);
    const DeviceModel& model = device_model("hermes1");
    const DevicePairs pairs(model, full_range_mapping(model, 127), codes, 1, "a");
    for (std::size_t i = 0; i < codes.size(); ++i)
        EXPECT_NE(pairs.plus().states()[i].drift, pairs.minus().states()[i].drift);
}

// Of one weight, G+ - G- has the difference of the means and the sum of the variances.
TEST(DevicePairs, DifferenceHasTheMomentsOfItsDevices) {
    const auto& model = dynamic_cast<const PcmDevice&>(device_model("pcm"));
    const WeightMapping mapping = full_range_mapping(model, 127);
    for (const int code : {-90, 0, 40}) {
        const std::vector<std::int8_t> codes(100'000, static_cast<std::int8_t>(code));
        const DevicePairs pairs(model, mapping, codes, 1, "a");
        const PairTargets targets = pair_targets(mapping, code);
        for (const double time : {0.0, 86400.0}) {
            std::vector<double> values;
            for (const std::int32_t units : pairs.read_units(time))
                values.push_back(units * 25.0 / (1 << 20));
            const Moments plus = pcm_read(model, targets.plus_uS, time);
            const Moments minus = pcm_read(model, targets.minus_uS, time);
            const Sample found = sample_of(values);
            EXPECT_NEAR(found.mean, plus.first - minus.first, accepted_errors * found.mean_error);
            EXPECT_NEAR(found.sd, std::hypot(plus.sd(), minus.sd()),
                        accepted_errors * found.sd_error);
        }
    }
}

// Gaussian weights clipped at 2.5 standard deviations: error of a weight as a share of the largest
// after drift compensation, and the factor of that, as an independent simulation gave them (two
// digits; it redistributed pairs as aihwkit's tile does, which differs by up to 4.5 %).
TEST(DevicePairs, WeightErrorOverAYearIsAsKnown) {
    struct Row {
        double time, factor, error;
    };
    const DeviceModel& model = device_model("pcm");
    const RandomStream gauss(1, "weights");
    std::vector<std::int8_t> codes;
    for (std::uint64_t i = 0; i < 100'000; ++i)
        codes.push_back(static_cast<std::int8_t>(
            std::lround(std::clamp(gauss.normal(i) / 2.5, -1.0, 1.0) * 127.0)));
    const WeightMapping mapping = full_range_mapping(model, 127);
    const DevicePairs pairs(model, mapping, codes, 1, "a");
    const auto weights = [&](double time) {
        std::vector<double> list;
        for (const std::int32_t units : pairs.read_units(time))
            list.push_back(units / (127.0 * units_per_code(mapping, model)));
        return list;
    };
    const std::vector<double> first = weights(0.0);
    for (const Row& row :
         {Row{0.0, 1.0, 0.039}, Row{3600.0, 1.29, 0.045}, Row{86400.0, 1.51, 0.051},
          Row{30 * 86400.0, 1.78, 0.060}, Row{365 * 86400.0, 2.00, 0.067}}) {
        const std::vector<double> now = weights(row.time);
        const double factor = drift_compensation(first, now);
        EXPECT_NEAR(factor, row.factor, 0.02 * row.factor) << row.time;
        double square = 0.0;
        for (std::size_t i = 0; i < codes.size(); ++i) {
            const double error = factor * now[i] - codes[i] / 127.0;
            square += error * error;
        }
        const double error = std::sqrt(square / static_cast<double>(codes.size()));
        EXPECT_NEAR(error, row.error, 0.05 * row.error) << row.time;
    }
}

}  // namespace
}  // namespace bitloom::test
