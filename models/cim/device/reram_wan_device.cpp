// SPDX-License-Identifier: Apache-2.0
#include "models/cim/device/reram_wan_device.h"

#include <algorithm>
#include <array>

#include "models/base/portable_math.h"

namespace bitloom {

namespace {

struct Fit {
    double time_s;
    std::array<double, 5> sigma;  // uS: sum of c_i (g_T / 40 uS)^i
};

// aihwkit, ReRamWan2022NoiseModel, coeff_dic: read off Wan et al. 2022, the relaxation of
// conductance states after programming.
constexpr std::array<Fit, 3> fits = {{
    {1.0, {0.348, 16.030, -43.853, 45.393, -16.815}},
    {86400.0, {0.701, 22.086, -50.773, 47.095, -16.458}},
    {172800.0, {0.782, 20.274, -43.507, 37.062, -11.934}},
}};

DeviceFacts wan_facts() {
    DeviceFacts facts;
    facts.name = "reram_wan";
    facts.technology = "ReRAM, 130 nm";
    facts.source = "Wan et al., Nature 2022; constants: aihwkit ReRamWan2022NoiseModel";
    facts.g_max_uS = 40.0;
    facts.t_0_s = fits.front().time_s;
    facts.max_time_s = fits.back().time_s;
    return facts;
}

}  // namespace

ReramWanDevice::ReramWanDevice() : DeviceModel(wan_facts()) {
}

double ReramWanDevice::sigma_uS(double target_uS, double time_s) const {
    check_target(target_uS);
    check_time(time_s);
    const double x = target_uS / facts().g_max_uS;
    const double t = std::max(time_s, fits.front().time_s);
    std::size_t later = 1;
    while (later + 1 < fits.size() && fits[later].time_s < t) ++later;
    const Fit& a = fits[later - 1];
    const Fit& b = fits[later];
    const double weight = portable_log(t / a.time_s) / portable_log(b.time_s / a.time_s);
    return (1.0 - weight) * polynomial(a.sigma, x) + weight * polynomial(b.sigma, x);
}

double ReramWanDevice::programming_sigma_uS(double target_uS) const {
    return sigma_uS(target_uS, 0.0);
}

DeviceState ReramWanDevice::program(double target_uS, double normal_programming, double) const {
    const double sigma = programming_sigma_uS(target_uS);
    return {target_uS, std::max(0.0, target_uS + sigma * normal_programming), 0.0};
}

double ReramWanDevice::read(const DeviceState& device, double time_s, double normal_read) const {
    check_time(time_s);
    if (time_s == 0.0) return device.programmed_uS;
    const double sigma = sigma_uS(device.target_uS, time_s);
    return std::max(0.0, device.target_uS + sigma * normal_read);
}

}  // namespace bitloom
