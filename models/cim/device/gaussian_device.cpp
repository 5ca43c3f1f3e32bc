// SPDX-License-Identifier: Apache-2.0
#include "models/cim/device/gaussian_device.h"

#include <algorithm>

#include "models/base/error.h"

namespace bitloom {

namespace {

DeviceFacts facts(std::string name, double sigma) {
    DeviceFacts facts;
    facts.name = std::move(name);
    facts.technology = "none";
    facts.source = sigma == 0.0 ? "definition: every read gives the target"
                                : fmt::format(
                                      "definition: programming error of standard deviation "
                                      "{:g} % of g_max, no drift, no read noise",
                                      100.0 * sigma);
    facts.g_max_uS = 25.0;  // that of the PCM model, so that the two can be exchanged
    return facts;
}

}  // namespace

GaussianDevice::GaussianDevice(std::string name, double sigma)
    : DeviceModel(bitloom::facts(std::move(name), sigma)),
      sigma_uS_(sigma * this->facts().g_max_uS) {
    BITLOOM_CHECK(sigma >= 0.0 && sigma <= 1.0, "sigma = {} is a fraction of g_max", sigma);
}

double GaussianDevice::programming_sigma_uS(double target_uS) const {
    check_target(target_uS);
    return sigma_uS_;
}

DeviceState GaussianDevice::program(double target_uS, double normal_programming, double) const {
    check_target(target_uS);
    return {target_uS, std::max(0.0, target_uS + sigma_uS_ * normal_programming), 0.0};
}

double GaussianDevice::read(const DeviceState& device, double time_s, double) const {
    check_time(time_s);
    return device.programmed_uS;
}

}  // namespace bitloom
