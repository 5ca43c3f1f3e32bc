// SPDX-License-Identifier: Apache-2.0
#include "models/cim/device/program_verify.h"

#include <cmath>

#include "models/base/error.h"

namespace bitloom {

VerifiedDevice program_and_verify(const DeviceModel& model, double target_uS,
                                  const DeviceNoise& noise, std::uint64_t device,
                                  const VerifySettings& settings) {
    BITLOOM_CHECK(settings.tolerance_uS >= 0.0, "tolerance = {} uS is no less than 0",
                  settings.tolerance_uS);
    BITLOOM_CHECK(settings.max_attempts >= 1 && settings.max_attempts < 1 << 24,
                  "max_attempts = {} is 1..2^24 - 1", settings.max_attempts);
    const double drift = noise.drift(device);
    VerifiedDevice result;
    while (!result.accepted && result.attempts < settings.max_attempts) {
        const auto attempt = static_cast<std::uint64_t>(result.attempts);
        result.state = model.program(target_uS, noise.programming(device, attempt), drift);
        const double read = model.read(result.state, 0.0, noise.verify(device, attempt));
        result.accepted = std::abs(read - target_uS) <= settings.tolerance_uS;
        ++result.attempts;
    }
    return result;
}

VerifiedArray program_and_verify(const DeviceModel& model, std::span<const double> targets_uS,
                                 std::uint64_t seed, std::string_view component,
                                 const VerifySettings& settings) {
    const DeviceNoise noise(seed, component);
    std::vector<DeviceState> states;
    states.reserve(targets_uS.size());
    std::int64_t attempts = 0, rejected = 0;
    for (const double target : targets_uS) {
        const VerifiedDevice device =
            program_and_verify(model, target, noise, states.size(), settings);
        states.push_back(device.state);
        attempts += device.attempts;
        rejected += device.accepted ? 0 : 1;
    }
    return {DeviceArray(model, std::move(states), seed, component), attempts, rejected};
}

}  // namespace bitloom
