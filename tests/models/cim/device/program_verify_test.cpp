// SPDX-License-Identifier: Apache-2.0
#include "models/cim/device/program_verify.h"

#include <gtest/gtest.h>

#include "models/base/error.h"
#include "models/cim/device/device_list.h"
#include "tests/models/cim/device/closed_forms.h"

namespace bitloom::test {
namespace {

constexpr std::size_t devices = 100'000;

// Expectation over one attempt of `f`(programmed) where the read is accepted: the read is normal
// around the programmed conductance, far from 0.
template <class Function>
double accepted_mean(const PcmDevice& model, double target, double tolerance, const Function& f) {
    const double sigma = model.programming_sigma_uS(target);
    return normal_mean([&](double z) {
        const double programmed = target + sigma * z;
        if (programmed <= 0.0) return 0.0;
        const double noise = programmed * model.read_sigma(programmed, 0.0);
        return f(programmed) * (normal_below((target + tolerance - programmed) / noise) -
                                normal_below((target - tolerance - programmed) / noise));
    });
}

// Attempts until acceptance are geometric, cut at the largest number; what is accepted has the
// distribution of one attempt given that its noisy read was near.
TEST(ProgramVerify, AttemptsAndAcceptedConductancesFollowTheAcceptanceOfOneAttempt) {
    const auto& model = dynamic_cast<const PcmDevice&>(device_model("pcm"));
    for (const double target : {10.0, 22.0})
        for (const double tolerance : {0.25, 1.0}) {
            const auto of_power = [&](int power) {
                return accepted_mean(model, target, tolerance,
                                     [&](double g) { return std::pow(g, power); });
            };
            const double p = of_power(0);
            const Moments accepted{of_power(1) / p, of_power(2) / p};
            const VerifySettings settings{tolerance, 8};
            const DeviceNoise noise(1, fmt::format("{}.{}", target, tolerance));
            std::vector<double> attempts, values;
            double rejected = 0.0;
            for (std::uint64_t i = 0; i < devices; ++i) {
                const VerifiedDevice device = program_and_verify(model, target, noise, i, settings);
                attempts.push_back(device.attempts);
                if (device.accepted)
                    values.push_back(device.state.programmed_uS);
                else
                    rejected += 1.0 / devices;
            }
            const double none = std::pow(1.0 - p, 8);
            const Sample tries = sample_of(attempts), found = sample_of(values);
            EXPECT_NEAR(tries.mean, (1.0 - none) / p, accepted_errors * tries.mean_error);
            EXPECT_NEAR(rejected, none,
                        accepted_errors * std::sqrt(none * (1.0 - none) / devices) + 1e-12);
            EXPECT_NEAR(found.mean, accepted.first, accepted_errors * found.mean_error);
            EXPECT_NEAR(found.sd, accepted.sd(), accepted_errors * found.sd_error);
            EXPECT_LT(found.sd, model.programming_sigma_uS(target));
        }
}

TEST(ProgramVerify, WithoutALimitOrWithOneAttemptItIsPlainProgramming) {
    const std::vector<double> targets{0.0, 1.0, 5.0, 12.5, 25.0, 25.0};
    for (const char* name : {"pcm", "hermes1", "gaussian5", "ideal"}) {
        std::vector<double> within = targets;
        for (double& target : within)
            target = std::min(target, device_model(name).facts().g_max_uS);
        const DeviceArray plain(device_model(name), within, 3, "a");
        for (const VerifySettings& settings : {VerifySettings{1e9, 30}, VerifySettings{0.0, 1}}) {
            const VerifiedArray verified =
                program_and_verify(device_model(name), within, 3, "a", settings);
            EXPECT_EQ(verified.attempts, 6) << name;
            EXPECT_EQ(verified.array.read_uS(3600.0), plain.read_uS(3600.0)) << name;
        }
    }
}

TEST(ProgramVerify, IdealDevicesAreAcceptedAtOnce) {
    const VerifiedArray verified = program_and_verify(
        device_model("ideal"), std::vector<double>{0.0, 0.3, 25.0}, 1, "a", {0.0, 30});
    EXPECT_EQ(verified.attempts, 3);
    EXPECT_EQ(verified.rejected, 0);
}

// Without read noise every accepted device is within the tolerance, and the rejected are counted.
TEST(ProgramVerify, WithoutReadNoiseAcceptedMeansNear) {
    const std::vector<double> targets(5000, 10.0);
    const VerifiedArray verified =
        program_and_verify(device_model("gaussian5"), targets, 1, "a", {0.3, 4});
    std::int64_t far = 0;
    for (const DeviceState& state : verified.array.states())
        far += std::abs(state.programmed_uS - 10.0) > 0.3 ? 1 : 0;
    EXPECT_EQ(far, verified.rejected);
    EXPECT_GT(far, 0);
    EXPECT_LT(far, 5000);
}

TEST(ProgramVerify, SettingsOutOfRangeAreFaults) {
    const DeviceNoise noise(1, "a");
    const DeviceModel& model = device_model("pcm");
    EXPECT_THROW(program_and_verify(model, 1.0, noise, 0, {-0.1, 3}), InternalError);
    EXPECT_THROW(program_and_verify(model, 1.0, noise, 0, {0.1, 0}), InternalError);
    EXPECT_THROW(program_and_verify(model, 1.0, noise, 0, {0.1, 1 << 24}), InternalError);
}

}  // namespace
}  // namespace bitloom::test
