// SPDX-License-Identifier: Apache-2.0
// Phase-change models against the moments of their equations. Seeds are fixed; a comparison fails
// beyond five standard errors of its sample.
#include "models/cim/device/pcm_device.h"

#include <gtest/gtest.h>

#include "models/base/error.h"
#include "models/cim/device/device_array.h"
#include "tests/models/cim/device/closed_forms.h"

namespace bitloom::test {
namespace {

constexpr std::size_t devices = 100'000;
constexpr double hour = 3600.0, day = 86400.0, year = 365 * day;

DeviceArray program(const DeviceModel& model, double target, std::uint64_t seed = 1) {
    const std::vector<double> targets(devices, target);
    return DeviceArray(model, targets, seed, fmt::format("test.{}", target));
}

void expect_moments(const std::vector<double>& values, const Moments& expected,
                    const std::string& what) {
    const Sample found = sample_of(values);
    EXPECT_NEAR(found.mean, expected.first, accepted_errors * found.mean_error + 1e-12) << what;
    EXPECT_NEAR(found.sd, expected.sd(), accepted_errors * found.sd_error + 1e-12) << what;
}

class PcmModels : public testing::TestWithParam<PcmParameters (*)()> {
protected:
    const PcmDevice model{GetParam()()};
    // 0, the corners of the fits and all in between.
    std::vector<double> targets(int count) const {
        std::vector<double> list;
        for (int i = 0; i <= count; ++i) list.push_back(model.facts().g_max_uS * i / count);
        return list;
    }
};

INSTANTIATE_TEST_SUITE_P(All, PcmModels,
                         testing::Values(joshi_pcm, hermes_one_device, hermes_two_devices));

TEST_P(PcmModels, ProgrammedConductanceIsATruncatedNormal) {
    for (const double target : targets(25)) {
        std::vector<double> values;
        const DeviceArray array = program(model, target);
        for (const DeviceState& state : array.states()) values.push_back(state.programmed_uS);
        expect_moments(values, truncated_normal(target, model.programming_sigma_uS(target)),
                       fmt::format("target {} uS", target));
    }
}

TEST_P(PcmModels, DriftExponentIsAFoldedNormalOfTheTarget) {
    for (const double target : targets(25)) {
        std::vector<double> values;
        const DeviceArray array = program(model, target);
        for (const DeviceState& state : array.states()) values.push_back(state.drift);
        expect_moments(values, folded_normal(model.drift_mean(target), model.drift_sigma(target)),
                       fmt::format("target {} uS", target));
    }
}

// Without read noise ln g falls by nu ln(t / t_0): the mean is -E[nu] ln(t / t_0), the standard
// deviation sd[nu] ln(t / t_0).
TEST_P(PcmModels, LogarithmOfConductanceDriftsByTheExponent) {
    const double target = 0.6 * model.facts().g_max_uS;
    const Moments exponent = folded_normal(model.drift_mean(target), model.drift_sigma(target));
    const DeviceArray array = program(model, target);
    for (const double time : {5.0, hour, day, year, max_device_time_s}) {
        const double log_time = std::log1p(time / model.facts().t_0_s);
        std::vector<double> falls;
        for (const DeviceState& state : array.states())
            falls.push_back(std::log(model.read(state, time, 0.0) / state.programmed_uS));
        const Sample found = sample_of(falls);
        EXPECT_NEAR(found.mean, -exponent.first * log_time, accepted_errors * found.mean_error);
        EXPECT_NEAR(found.sd, exponent.sd() * log_time, accepted_errors * found.sd_error);
    }
}

TEST_P(PcmModels, FirstReadHasNoDriftYet) {
    const DeviceArray array = program(model, 0.4 * model.facts().g_max_uS);
    for (const DeviceState& state : array.states())
        ASSERT_EQ(model.read(state, 0.0, 0.0), state.programmed_uS);
}

TEST_P(PcmModels, ConductanceWithoutReadNoiseHasTheLaplaceMoments) {
    for (const double target : targets(5)) {
        const DeviceArray array = program(model, target);
        for (const double time : {hour, year}) {
            std::vector<double> values;
            for (const DeviceState& state : array.states())
                values.push_back(model.read(state, time, 0.0));
            expect_moments(values, pcm_drifted(model, target, time),
                           fmt::format("target {} uS, {} s", target, time));
        }
    }
}

TEST_P(PcmModels, ReadConductanceHasTheMomentsOfTheWholeModel) {
    for (const double target : targets(5)) {
        const DeviceArray array = program(model, target);
        for (const double time : {0.0, 5.0, hour, day, year, max_device_time_s})
            expect_moments(array.read_uS(time), pcm_read(model, target, time),
                           fmt::format("target {} uS, {} s", target, time));
    }
}

// At small conductances the noise is as large as the signal and the cut at 0 shifts the mean.
TEST_P(PcmModels, ReadNoiseIsCutAtZero) {
    const double small = 0.002 * model.facts().g_max_uS;
    const RandomStream noise(7, "read");
    for (const double time : {0.0, day}) {
        std::vector<double> values;
        for (std::uint64_t i = 0; i < devices; ++i)
            values.push_back(model.read({small, small, 0.0}, time, noise.normal(i)));
        const Moments factor = truncated_normal(1.0, model.read_sigma(small, time));
        expect_moments(values, {small * factor.first, small * small * factor.second},
                       fmt::format("{} s", time));
        EXPECT_GE(*std::min_element(values.begin(), values.end()), 0.0);
    }
}

// Two reads at one time share what was programmed and differ in read noise: their correlation is
// the share of the variance that the states have.
TEST_P(PcmModels, TwoReadsAtOneTimeShareTheStateOnly) {
    const double target = 0.8 * model.facts().g_max_uS;
    const DeviceArray array = program(model, target);
    const std::vector<double> one = array.read_uS(day, 0), two = array.read_uS(day, 1);
    const Sample a = sample_of(one), b = sample_of(two);
    double correlation = 0.0;
    for (std::size_t i = 0; i < devices; ++i)
        correlation += (one[i] - a.mean) * (two[i] - b.mean) / (a.sd * b.sd * devices);
    const double all = pcm_read(model, target, day).sd();
    const double shared = pcm_drifted(model, target, day).sd();
    const double expected = shared * shared / (all * all);
    EXPECT_GT(expected, 0.1);
    EXPECT_LT(expected, 0.95);
    EXPECT_NEAR(correlation, expected,
                accepted_errors * (1.0 - expected * expected) / std::sqrt(double{devices}));
}

// The published constants at some targets, worked out by hand from the fits.
TEST(PcmDevice, ConstantsOfTheMillionCellArray) {
    struct Row {
        double target, programming, mean, sigma, read_day, read_year;
    };
    const PcmDevice model(joshi_pcm());
    for (const Row& row : std::vector<Row>{{0, 0.2635, 0.1000, 0.0450, 1.017, 1.127},
                                           {1, 0.3402, 0.0743, 0.0343, 0.363, 0.402},
                                           {2.5, 0.4482, 0.0601, 0.0229, 0.200, 0.222},
                                           {5, 0.6096, 0.0493, 0.0142, 0.127, 0.141},
                                           {10, 0.8618, 0.0490, 0.0080, 0.081, 0.090},
                                           {25, 1.0554, 0.0490, 0.0080, 0.045, 0.050}}) {
        EXPECT_NEAR(model.programming_sigma_uS(row.target), row.programming, 0.00006);
        EXPECT_NEAR(model.drift_mean(row.target), row.mean, 0.00006);
        EXPECT_NEAR(model.drift_sigma(row.target), row.sigma, 0.00006);
        EXPECT_NEAR(model.read_sigma(row.target, day), row.read_day, 0.0006);
        EXPECT_NEAR(model.read_sigma(row.target, year), row.read_year, 0.0006);
    }
}

// The same for the cells of the 64-core chip, at shares of g_max on both sides of every piece.
TEST(PcmDevice, ConstantsOfTheHermesCells) {
    struct Row {
        int cell_devices;
        double share, programming, mean, sigma, read_day;
    };
    const PcmDevice one(hermes_one_device()), two(hermes_two_devices());
    for (const Row& row : std::vector<Row>{{1, 0, 0.157818, 0.130000, 0.040000, 0.200642},
                                           {1, 0.05, 0.268718, 0.097735, 0.033649, 0.136270},
                                           {1, 0.2, 0.541689, 0.069336, 0.017013, 0.096726},
                                           {1, 0.5, 0.865313, 0.056400, 0.012075, 0.108848},
                                           {1, 1, 1.007567, 0.017400, 0.005500, 0.084270},
                                           {2, 0, 0.166032, 0.130000, 0.040000, 0.200647},
                                           {2, 0.05, 0.381319, 0.097735, 0.029350, 0.141206},
                                           {2, 0.2, 0.807922, 0.069336, 0.013130, 0.077526},
                                           {2, 0.5, 0.991013, 0.056400, 0.009000, 0.083833},
                                           {2, 1, 1.092699, 0.017400, 0.004800, 0.061699}}) {
        const PcmDevice& model = row.cell_devices == 1 ? one : two;
        const double target = row.share * model.facts().g_max_uS;
        EXPECT_NEAR(model.programming_sigma_uS(target), row.programming, 6e-7) << target;
        EXPECT_NEAR(model.drift_mean(target), row.mean, 6e-7) << target;
        EXPECT_NEAR(model.drift_sigma(target), row.sigma, 6e-7) << target;
        EXPECT_NEAR(model.read_sigma(target, day), row.read_day, 6e-7) << target;
    }
}

// Mean and standard deviation in uS after 0 s, 1 h, 1 d, 30 d and 365 d, as an independent
// calculation of the same equations gave them; Monte-Carlo runs of the published implementation
// agreed with it.
TEST(PcmDevice, MomentsOverAYear) {
    struct Row {
        double target, mean[5], sd[5];
    };
    const PcmDevice model(joshi_pcm());
    const double times[5] = {0.0, hour, day, 30 * day, year};
    for (const Row& row : std::vector<Row>{
             {1, {1.001, 0.689, 0.557, 0.449, 0.386}, {0.450, 0.354, 0.324, 0.302, 0.289}},
             {5, {5.000, 3.879, 3.331, 2.836, 2.524}, {0.804, 0.723, 0.713, 0.709, 0.706}},
             {10, {10.00, 7.758, 6.650, 5.642, 5.002}, {1.090, 0.949, 0.906, 0.873, 0.849}},
             {15, {15.00, 11.64, 9.975, 8.463, 7.503}, {1.278, 1.151, 1.140, 1.136, 1.129}},
             {20, {20.00, 15.52, 13.30, 11.28, 10.00}, {1.379, 1.301, 1.339, 1.379, 1.394}},
             {25, {25.00, 19.40, 16.63, 14.10, 12.50}, {1.400, 1.409, 1.514, 1.608, 1.650}}})
        for (int i = 0; i < 5; ++i) {
            const Moments found = pcm_read(model, row.target, times[i]);
            EXPECT_NEAR(found.first, row.mean[i], row.mean[i] >= 10 ? 0.006 : 0.0006)
                << row.target << " uS, " << times[i] << " s";
            EXPECT_NEAR(found.sd(), row.sd[i], 0.0006) << row.target << " uS, " << times[i] << " s";
        }
}

// The pieces of the fits meet within 2 %: a wrong digit in one of them would show.
TEST(PcmDevice, PiecesOfTheHermesFitsMeet) {
    for (const PcmParameters& parameters : {hermes_one_device(), hermes_two_devices()}) {
        const bool two = parameters.facts.name == "hermes2";
        const auto gap = [](double (*fit)(double), double x) {
            return std::abs(fit(x - 1e-9) / fit(x) - 1.0);
        };
        EXPECT_LT(gap(parameters.drift_mean, 0.0945), 0.02);
        EXPECT_LT(gap(parameters.drift_sigma, two ? 0.3055 : 0.3039), 0.02);
        EXPECT_LT(gap(parameters.read_noise, two ? 0.16 : 0.1591), 0.02);
    }
}

TEST(PcmDevice, TargetAndTimeOutsideTheModelAreMistakes) {
    const PcmDevice model(joshi_pcm());
    const auto message = [](const auto& action) {
        try {
            action();
        } catch (const std::exception& error) {
            return std::string(error.what());
        }
        return std::string("none");
    };
    EXPECT_EQ(message([&] { model.program(25.5, 0, 0); }),
              "device pcm: target = 25.5 uS: must be 0..25");
    EXPECT_EQ(message([&] { model.program(-1, 0, 0); }),
              "device pcm: target = -1 uS: must be 0..25");
    EXPECT_EQ(message([&] { model.program(std::nan(""), 0, 0); }),
              "device pcm: target = nan uS: must be 0..25");
    EXPECT_EQ(message([&] { model.read({}, -1, 0); }),
              "device pcm: time = -1 s: must be 0..315360000");
    EXPECT_EQ(message([&] { model.read({}, 4e8, 0); }),
              "device pcm: time = 400000000 s: must be 0..315360000");
}

}  // namespace
}  // namespace bitloom::test
