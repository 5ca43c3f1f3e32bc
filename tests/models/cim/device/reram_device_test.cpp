// SPDX-License-Identifier: Apache-2.0
// ReRAM, Gaussian and ideal devices against the moments of their equations.
#include <gtest/gtest.h>

#include "models/base/error.h"
#include "models/cim/device/device_array.h"
#include "models/cim/device/device_list.h"
#include "models/cim/device/gaussian_device.h"
#include "models/cim/device/reram_cmo_device.h"
#include "models/cim/device/reram_wan_device.h"
#include "tests/models/cim/device/closed_forms.h"

namespace bitloom::test {
namespace {

constexpr std::size_t devices = 100'000;
constexpr double hour = 3600.0, day = 86400.0;

DeviceArray program(const DeviceModel& model, double target) {
    const std::vector<double> targets(devices, target);
    return DeviceArray(model, targets, 1, fmt::format("test.{}", target));
}

void expect_moments(const std::vector<double>& values, double mean, double sd) {
    const Sample found = sample_of(values);
    EXPECT_NEAR(found.mean, mean, accepted_errors * found.mean_error + 1e-12);
    EXPECT_NEAR(found.sd, sd, accepted_errors * found.sd_error + 1e-12);
}

TEST(ReramWan, SpreadIsThatOfTheFitsAtTheirTimes) {
    const ReramWanDevice model;
    for (const double x : {0.0, 0.25, 0.5, 1.0}) {
        const auto fit = [&](double a, double b, double c, double d, double e) {
            return a + b * x + c * x * x + d * x * x * x + e * x * x * x * x;
        };
        const double target = 40.0 * x;
        EXPECT_NEAR(model.sigma_uS(target, 0.0), fit(0.348, 16.030, -43.853, 45.393, -16.815),
                    1e-12);
        EXPECT_EQ(model.sigma_uS(target, 0.5), model.sigma_uS(target, 0.0));
        EXPECT_NEAR(model.sigma_uS(target, day), fit(0.701, 22.086, -50.773, 47.095, -16.458),
                    1e-12);
        EXPECT_NEAR(model.sigma_uS(target, 2 * day), fit(0.782, 20.274, -43.507, 37.062, -11.934),
                    1e-12);
        // Half way in the logarithm of time: the mean of the two.
        EXPECT_NEAR(model.sigma_uS(target, std::sqrt(day)),
                    0.5 * (model.sigma_uS(target, 0.0) + model.sigma_uS(target, day)), 1e-12);
    }
}

TEST(ReramWan, ConductanceIsATruncatedNormalAroundTheTarget) {
    const ReramWanDevice model;
    for (const double target : {0.0, 2.0, 20.0, 40.0}) {
        const DeviceArray array = program(model, target);
        for (const double time : {0.0, hour, day, 2 * day}) {
            const Moments expected = truncated_normal(target, model.sigma_uS(target, time));
            expect_moments(array.read_uS(time), expected.first, expected.sd());
        }
    }
}

TEST(ReramWan, FirstReadIsWhatWasProgrammed) {
    const ReramWanDevice model;
    const DeviceArray array = program(model, 20.0);
    const std::vector<double> read = array.read_uS(0.0);
    for (std::size_t i = 0; i < devices; ++i) ASSERT_EQ(read[i], array.states()[i].programmed_uS);
}

TEST(ReramWan, NothingIsKnownBeyondTwoDays) {
    const ReramWanDevice model;
    try {
        model.read({}, 2 * day + 1, 0.0);
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "device reram_wan: time = 172801 s: must be 0..172800");
    }
}

TEST(ReramCmo, ProgrammingErrorIsLinearInTheTarget) {
    const ReramCmoDevice fine(CmoAcceptance::fifth_percent), coarse(CmoAcceptance::two_percent);
    EXPECT_NEAR(fine.programming_sigma_uS(50.0), 0.05425057, 1e-12);
    EXPECT_NEAR(coarse.programming_sigma_uS(50.0), 0.5757322481, 1e-12);
    for (const ReramCmoDevice* model : {&fine, &coarse}) {
        std::vector<double> values;
        const DeviceArray array = program(*model, 50.0);
        for (const DeviceState& state : array.states()) values.push_back(state.programmed_uS);
        expect_moments(values, 50.0, model->programming_sigma_uS(50.0));
    }
}

// Relaxation shifts every state by the same mean; its spread, the programming error and the read
// noise add up. Far from the limits at 8 and 90 uS nothing is cut.
TEST(ReramCmo, RelaxationAndReadNoiseAddToTheProgrammingError) {
    const ReramCmoDevice model(CmoAcceptance::two_percent);
    for (const double target : {20.0, 50.0, 80.0}) {
        const DeviceArray array = program(model, target);
        for (const double time : {1.0, hour, day}) {
            const double mean = target - 0.08900206 * std::log(time);
            const double relaxation = 0.04201137 * std::log(time) + 0.41183342;
            const double before = std::hypot(relaxation, model.programming_sigma_uS(target));
            const double read = 0.0277316483 * std::sqrt(std::log((time + 1e-6) / 2e-6));
            const double read_variance = normal_mean([&](double z) {
                const double s = read * std::log10(std::max(mean + before * z, 8.0));
                return s * s;
            });
            expect_moments(array.read_uS(time), mean, std::sqrt(before * before + read_variance));
        }
    }
}

TEST(ReramCmo, ConductanceStaysWithinItsLimits) {
    const ReramCmoDevice model(CmoAcceptance::fifth_percent);
    EXPECT_EQ(model.read({8.0, 8.0, -3.0}, day, 0.0), 8.0);
    EXPECT_EQ(model.read({90.0, 90.0, 5.0}, hour, 0.0), 90.0);
    EXPECT_EQ(model.read({30.0, 30.5, 5.0}, 0.0, 3.0), 30.5);
    EXPECT_THROW(model.program(7.9, 0.0, 0.0), Error);
}

TEST(GaussianDevice, ErrorIsAFractionOfGMax) {
    const GaussianDevice model("gaussian5", 0.05);
    for (const double target : {0.0, 1.0, 12.5, 25.0}) {
        const Moments expected = truncated_normal(target, 1.25);
        const DeviceArray array = program(model, target);
        expect_moments(array.read_uS(0.0), expected.first, expected.sd());
        EXPECT_EQ(array.read_uS(0.0), array.read_uS(max_device_time_s));
    }
}

TEST(IdealDevice, EveryReadGivesTheTarget) {
    const DeviceModel& model = device_model("ideal");
    for (const double target : {0.0, 0.1, 25.0})
        for (const double time : {0.0, 1.0, max_device_time_s})
            EXPECT_EQ(model.read(model.program(target, 4.0, -4.0), time, 3.0), target);
}

TEST(DeviceList, EveryModelHasFactsAndPositiveSpread) {
    for (const std::string& name : device_names()) {
        const DeviceModel& model = device_model(name);
        const DeviceFacts& facts = model.facts();
        EXPECT_EQ(facts.name, name);
        EXPECT_FALSE(facts.technology.empty() || facts.source.empty()) << name;
        EXPECT_LT(facts.g_min_uS, facts.g_max_uS) << name;
        if (name == "ideal") continue;
        for (int i = 0; i <= 1000; ++i)
            EXPECT_GT(model.programming_sigma_uS(facts.g_min_uS +
                                                 (facts.g_max_uS - facts.g_min_uS) * i / 1000),
                      0.0)
                << name << " " << i;
    }
}

TEST(DeviceList, UnknownNameIsAMistakeWithTheNearest) {
    try {
        device_model("hermes3");
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "unknown device 'hermes3'; known: pcm hermes1 hermes2 reram_wan reram_cmo "
                     "reram_cmo_2pct gaussian1 gaussian5 ideal; did you mean 'hermes1'?");
    }
}

}  // namespace
}  // namespace bitloom::test
