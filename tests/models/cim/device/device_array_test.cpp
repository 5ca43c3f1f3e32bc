// SPDX-License-Identifier: Apache-2.0
// Arrays of devices: who draws what, and what leaves the array.
#include "models/cim/device/device_array.h"

#include <gtest/gtest.h>

#include <thread>

#include "models/base/error.h"
#include "models/cim/device/conductance.h"
#include "models/cim/device/device_list.h"
#include "models/cim/device/pcm_device.h"
#include "tests/models/cim/device/closed_forms.h"

namespace bitloom::test {
namespace {

constexpr double hour = 3600.0, day = 86400.0;

std::vector<double> some_targets(const DeviceModel& model, std::size_t count) {
    std::vector<double> targets;
    const DeviceFacts& facts = model.facts();
    for (std::size_t i = 0; i < count; ++i)
        targets.push_back(facts.g_min_uS + (facts.g_max_uS - facts.g_min_uS) *
                                               static_cast<double>(i * 37 % 101) / 100.0);
    return targets;
}

class EveryDevice : public testing::TestWithParam<std::string> {
protected:
    const DeviceModel& model = device_model(GetParam());
};

INSTANTIATE_TEST_SUITE_P(All, EveryDevice, testing::ValuesIn(device_names()));

TEST_P(EveryDevice, OrderAndNumberOfReadsDoNotMatter) {
    const std::vector<double> targets = some_targets(model, 500);
    const DeviceArray one(model, targets, 3, "a"), two(model, targets, 3, "a");
    const std::vector<double> early = one.read_uS(hour), late = one.read_uS(day);
    EXPECT_EQ(two.read_uS(day), late);
    EXPECT_EQ(two.read_uS(hour), early);
    EXPECT_EQ(two.read_uS(hour), early);
}

// A device does not depend on how many others there are.
TEST_P(EveryDevice, ASmallerArrayIsTheBeginningOfALargerOne) {
    const std::vector<double> targets = some_targets(model, 500);
    const DeviceArray large(model, targets, 3, "a");
    const DeviceArray small(model, std::span(targets).first(123), 3, "a");
    std::vector<double> beginning = large.read_uS(hour, 2);
    beginning.resize(123);
    EXPECT_EQ(small.read_uS(hour, 2), beginning);
}

TEST_P(EveryDevice, ThreadsDoNotMatter) {
    const DeviceArray array(model, some_targets(model, 2000), 3, "a");
    std::vector<std::vector<std::int32_t>> found(4);
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < found.size(); ++i)
            threads.emplace_back([&, i] { found[i] = array.read_units(hour, i % 2); });
    }
    EXPECT_EQ(found[0], array.read_units(hour, 0));
    EXPECT_EQ(found[2], found[0]);
    EXPECT_EQ(found[1], array.read_units(hour, 1));
    EXPECT_EQ(found[3], found[1]);
}

TEST(DeviceArray, SeedComponentTimeAndReadingAreDrawsOfTheirOwn) {
    const DeviceModel& model = device_model("pcm");
    const std::vector<double> targets(200, 20.0);
    const DeviceArray array(model, targets, 3, "a"), other_seed(model, targets, 4, "a"),
        other_name(model, targets, 3, "b");
    const auto differ = [](const std::vector<double>& a, const std::vector<double>& b) {
        std::size_t different = 0;
        for (std::size_t i = 0; i < a.size(); ++i) different += a[i] != b[i];
        return different;
    };
    EXPECT_EQ(differ(array.read_uS(hour), other_seed.read_uS(hour)), targets.size());
    EXPECT_EQ(differ(array.read_uS(hour), other_name.read_uS(hour)), targets.size());
    EXPECT_EQ(differ(array.read_uS(hour, 0), array.read_uS(hour, 1)), targets.size());
    // The same noise a second later would leave the order of any two devices as it was: the
    // relative change of all devices would be the same to 1e-5.
    const std::vector<double> now = array.read_uS(hour), then = array.read_uS(hour + 1.0);
    EXPECT_GT(std::abs(then[0] / now[0] - then[1] / now[1]), 1e-3);
    for (std::size_t i = 0; i < targets.size(); ++i)
        EXPECT_NE(array.states()[i].drift, other_seed.states()[i].drift);
}

// Numbers of the first devices, so that a change of any draw is noticed.
TEST(DeviceArray, KnownConductances) {
    const DeviceModel& model = device_model("pcm");
    const DeviceArray array(model, std::vector<double>{1.0, 5.0, 12.5, 25.0}, 1, "known");
    EXPECT_EQ(array.read_units(0.0), (std::vector<std::int32_t>{33340, 226919, 521231, 1039592}));
    EXPECT_EQ(array.read_units(day), (std::vector<std::int32_t>{33474, 159701, 318985, 804538}));
}

TEST(Conductance, NearestUnitTiesToEven) {
    const double unit = 25.0 / conductance_units_per_g_max;  // exact: 25 / 2^20
    EXPECT_EQ(conductance_units(0.0, 25.0), 0);
    EXPECT_EQ(conductance_units(25.0, 25.0), 1 << 20);
    EXPECT_EQ(conductance_units(400.0, 25.0), max_conductance_units);
    EXPECT_EQ(conductance_units(0.5 * unit, 25.0), 0);
    EXPECT_EQ(conductance_units(1.5 * unit, 25.0), 2);
    EXPECT_EQ(conductance_units(2.5 * unit, 25.0), 2);
    EXPECT_EQ(conductance_units(std::nextafter(0.5 * unit, 1.0), 25.0), 1);
    EXPECT_EQ(conductance_units(std::nextafter(2.5 * unit, 1.0), 25.0), 3);
    EXPECT_EQ(conductance_units(std::nextafter(1.5 * unit, 0.0), 25.0), 1);
    EXPECT_EQ(conductance_of_units(1 << 19, 25.0), 12.5);
}

TEST(Conductance, TiesGoToTheEvenNumberOfBothSigns) {
    for (const auto& [x, rounded] : {std::pair(-2.5, -2),
                                     {-1.5, -2},
                                     {-0.5, 0},
                                     {0.5, 0},
                                     {1.5, 2},
                                     {2.5, 2},
                                     {-1.4, -1},
                                     {-1.6, -2},
                                     {1.4, 1},
                                     {1.6, 2},
                                     {-3.0, -3}})
        EXPECT_EQ(round_to_even(x), rounded) << x;
}

TEST(Conductance, UnitsComeBackForEveryGMax) {
    for (const double g_max : {10.35, 20.7, 25.0, 40.0, 90.0})
        for (std::int32_t units = 0; units <= max_conductance_units; units += 997)
            ASSERT_EQ(conductance_units(conductance_of_units(units, g_max), g_max), units) << g_max;
}

TEST(Conductance, OutsideTheRangeIsAFault) {
    EXPECT_THROW(conductance_units(-1e-9, 25.0), InternalError);
    EXPECT_THROW(conductance_units(400.1, 25.0), InternalError);
    EXPECT_THROW(conductance_units(std::nan(""), 25.0), InternalError);
    EXPECT_THROW(conductance_units(1.0, 0.0), InternalError);
}

// With one exponent for all devices and without read noise the outputs come back exactly.
TEST(DriftCompensation, RestoresEveryOutputWhenAllDevicesDriftAlike) {
    PcmParameters parameters = joshi_pcm();
    parameters.drift_mean = [](double) { return 0.06; };
    parameters.drift_sigma = [](double) { return 0.0; };
    parameters.read_noise = [](double) { return 0.0; };
    const PcmDevice model(parameters);
    const DeviceArray array(model, some_targets(model, 300), 5, "a");
    const std::vector<double> first = array.read_uS(0.0);
    for (const double time : {hour, day, max_device_time_s}) {
        const std::vector<double> now = array.read_uS(time);
        const double factor = drift_compensation(first, now);
        EXPECT_NEAR(factor, std::pow((time + 20.0) / 20.0, 0.06), 1e-12 * factor);
        for (std::size_t i = 0; i < first.size(); ++i)
            ASSERT_NEAR(factor * now[i], first[i], 1e-12 * (first[i] + 1.0));
    }
}

// For real devices the factor tends to the ratio of the means; its relative error is at most the
// sum of the relative errors of the two.
TEST(DriftCompensation, TendsToTheRatioOfTheMeans) {
    const PcmDevice model(joshi_pcm());
    const DeviceArray array(model, std::vector<double>(100'000, 10.0), 5, "a");
    const std::vector<double> first = array.read_uS(0.0);
    const Sample before = sample_of(first);
    for (const double time : {hour, day, 365 * day}) {
        const std::vector<double> now = array.read_uS(time);
        const Sample after = sample_of(now);
        const double expected =
            pcm_read(model, 10.0, 0.0).first / pcm_read(model, 10.0, time).first;
        const double error = before.mean_error / before.mean + after.mean_error / after.mean;
        EXPECT_NEAR(drift_compensation(first, now), expected, accepted_errors * error * expected);
    }
}

TEST(DriftCompensation, TakesMagnitudesOfDifferences) {
    const std::vector<double> first = {1.0, -3.0}, now = {-0.5, 1.5}, none = {0.0, 0.0};
    EXPECT_EQ(drift_compensation(first, now), 2.0);
    try {
        drift_compensation(first, none);
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "drift compensation: every read-out is 0: no factor restores it");
    }
}

}  // namespace
}  // namespace bitloom::test
