// SPDX-License-Identifier: Apache-2.0
#include "models/cim/device/reram_cmo_device.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "models/base/portable_math.h"

namespace bitloom {

namespace {

// aihwkit, ReRamCMONoiseModel: coeff_dict, decay_dict, read_dict.
constexpr double t_read_s = 1e-6;

DeviceFacts cmo_facts(CmoAcceptance acceptance) {
    DeviceFacts facts;
    facts.name = acceptance == CmoAcceptance::two_percent ? "reram_cmo_2pct" : "reram_cmo";
    facts.technology = "ReRAM (conductive metal oxide/HfOx)";
    facts.source = acceptance == CmoAcceptance::two_percent
                       ? "Falcone et al.; constants: aihwkit ReRamCMONoiseModel, 2 % acceptance"
                       : "Falcone et al.; constants: aihwkit ReRamCMONoiseModel, 0.2 % acceptance";
    facts.g_min_uS = 8.0;
    facts.g_max_uS = 90.0;
    return facts;
}

}  // namespace

ReramCmoDevice::ReramCmoDevice(CmoAcceptance acceptance)
    : DeviceModel(cmo_facts(acceptance)), acceptance_(acceptance) {
}

double ReramCmoDevice::programming_sigma_uS(double target_uS) const {
    check_target(target_uS);
    return acceptance_ == CmoAcceptance::two_percent ? 0.01129027418 * target_uS + 0.0112185391
                                                     : 0.00106879 * target_uS + 0.00081107;
}

DeviceState ReramCmoDevice::program(double target_uS, double normal_programming,
                                    double normal_drift) const {
    const double sigma = programming_sigma_uS(target_uS);
    return {target_uS, std::max(0.0, target_uS + sigma * normal_programming), normal_drift};
}

double ReramCmoDevice::read(const DeviceState& device, double time_s, double normal_read) const {
    check_time(time_s);
    if (time_s == 0.0) return device.programmed_uS;
    const double t = std::max(time_s, 1.0);
    const double log_t = portable_log(t);
    const double shift = -0.08900206 * log_t;
    const double spread = 0.04201137 * log_t + 0.41183342;
    const double relaxed = device.programmed_uS + shift + spread * device.drift;
    // Below g_min the logarithm is no fit; below 1 uS it would turn negative.
    const double noise = 0.0277316483 * portable_log(std::max(relaxed, facts().g_min_uS)) /
                         std::numbers::ln10 *
                         std::sqrt(portable_log((t + t_read_s) / (2.0 * t_read_s)));
    return std::clamp(relaxed + noise * normal_read, facts().g_min_uS, facts().g_max_uS);
}

}  // namespace bitloom
