// SPDX-License-Identifier: Apache-2.0
#include "models/cim/device/pcm_device.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/base/portable_math.h"

namespace bitloom {

namespace {

// The fits take the logarithm of x = g / g_max; all of them are at a limit long before this floor.
double relative(double conductance_uS, double g_max_uS) {
    return std::max(conductance_uS / g_max_uS, 1e-7);
}

}  // namespace

PcmDevice::PcmDevice(PcmParameters parameters)
    : DeviceModel(parameters.facts), parameters_(std::move(parameters)) {
    BITLOOM_CHECK(facts().t_0_s > 0.0 && parameters_.t_read_s > 0.0,
                  "PCM has a first read and a read time");
}

double PcmDevice::programming_sigma_uS(double target_uS) const {
    check_target(target_uS);
    return polynomial(parameters_.programming_sigma, target_uS / facts().g_max_uS);
}

double PcmDevice::drift_mean(double target_uS) const {
    check_target(target_uS);
    return parameters_.drift_mean(relative(target_uS, facts().g_max_uS));
}

double PcmDevice::drift_sigma(double target_uS) const {
    check_target(target_uS);
    return parameters_.drift_sigma(relative(target_uS, facts().g_max_uS));
}

double PcmDevice::read_sigma(double programmed_uS, double time_s) const {
    check_time(time_s);
    const double t = time_s + facts().t_0_s;
    const double t_read = parameters_.t_read_s;
    return parameters_.read_noise(relative(programmed_uS, facts().g_max_uS)) *
           std::sqrt(portable_log((t + t_read) / (2.0 * t_read)));
}

DeviceState PcmDevice::program(double target_uS, double normal_programming,
                               double normal_drift) const {
    const double sigma = programming_sigma_uS(target_uS);
    return {target_uS, std::max(0.0, target_uS + sigma * normal_programming),
            std::abs(drift_mean(target_uS) + drift_sigma(target_uS) * normal_drift)};
}

double PcmDevice::read(const DeviceState& device, double time_s, double normal_read) const {
    const double sigma = read_sigma(device.programmed_uS, time_s);
    const double t_0 = facts().t_0_s;
    const double drifted = device.programmed_uS * portable_pow((time_s + t_0) / t_0, -device.drift);
    return std::max(0.0, drifted + drifted * sigma * normal_read);
}

}  // namespace bitloom
