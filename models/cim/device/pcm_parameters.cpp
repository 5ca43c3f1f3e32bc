// SPDX-License-Identifier: Apache-2.0
// Fitted constants of the three phase-change models. x is conductance / g_max, 1e-7 <= x; a
// programmed conductance may be a little above g_max.
#include <algorithm>

#include "models/base/portable_math.h"
#include "models/cim/device/pcm_device.h"

namespace bitloom {

namespace {

// a ln(x) + b within low..high: the form of most fits.
double clipped_log(double x, double a, double b, double low, double high) {
    return std::clamp(a * portable_log(x) + b, low, high);
}

// The million-cell array: drift and read noise of aihwkit PCMLikeNoiseModel.

double joshi_drift_mean(double x) {
    return clipped_log(x, -0.0155, 0.0244, 0.049, 0.1);
}

double joshi_drift_sigma(double x) {
    return clipped_log(x, -0.0125, -0.0059, 0.008, 0.045);
}

double joshi_read_noise(double x) {
    return std::min(0.0088 / std::max(portable_pow(x, 0.65), 1e-3), 0.2);
}

// The 64-core chip: piecewise fits of the hardware acceleration kit's HERMES model. The mean of the
// exponent is that of one device for both kinds of cell.

double hermes_drift_mean(double x) {
    if (x < 0.0945) return clipped_log(x, -0.0387, -0.0182, 0.0720, 0.13);
    return (-0.0436 * x - 0.0126) * x + 0.0736;
}

double hermes_one_drift_sigma(double x) {
    if (x < 0.3039) return clipped_log(x, -0.0120, -0.0023, 0.0124, 0.04);
    return (-0.0165 * x + 0.0116) * x + 0.0104;
}

double hermes_two_drift_sigma(double x) {
    if (x < 0.3055) return clipped_log(x, -0.0117, -0.0057, 0.0091, 0.04);
    return (-0.0118 * x + 0.0093) * x + 0.0073;
}

double hermes_one_read_noise(double x) {
    if (x < 0.1591) return clipped_log(x, -0.0078, 0.0038, 0.0179, 0.04);
    return ((0.0664 * x - 0.1352) * x + 0.0768) * x + 0.0088;
}

double hermes_two_read_noise(double x) {
    if (x < 0.16) return clipped_log(x, -0.0117, -0.0069, 0.015, 0.04);
    return ((0.0069 * x - 0.0280) * x + 0.0211) * x + 0.0123;
}

constexpr const char* hermes_technology = "PCM, 14 nm";
constexpr const char* hermes_source =
    "Le Gallo et al., Nature Electronics 2023; constants: aihwkit HermesNoiseModel";

}  // namespace

PcmParameters joshi_pcm() {
    PcmParameters p;
    p.facts.name = "pcm";
    p.facts.technology = "PCM (doped Ge2Sb2Te5, mushroom)";
    p.facts.source =
        "Joshi et al., Nature Communications 2020, Methods; constants: aihwkit PCMLikeNoiseModel";
    p.facts.g_max_uS = 25.0;
    p.facts.t_0_s = 20.0;
    p.t_read_s = 250e-9;
    p.programming_sigma = {0.26348, 1.9650, -1.1731};
    p.drift_mean = joshi_drift_mean;
    p.drift_sigma = joshi_drift_sigma;
    p.read_noise = joshi_read_noise;
    return p;
}

PcmParameters hermes_one_device() {
    PcmParameters p;
    p.facts.name = "hermes1";
    p.facts.technology = hermes_technology;
    p.facts.source = hermes_source;
    p.facts.g_max_uS = 10.35;
    p.facts.t_0_s = 200.0;
    p.t_read_s = 512e-9;
    p.programming_sigma = {0.15781817, 2.32443916, -2.16310839, 0.68841818};
    p.drift_mean = hermes_drift_mean;
    p.drift_sigma = hermes_one_drift_sigma;
    p.read_noise = hermes_one_read_noise;
    return p;
}

PcmParameters hermes_two_devices() {
    PcmParameters p;
    p.facts.name = "hermes2";
    p.facts.technology = hermes_technology;
    p.facts.source = hermes_source;
    p.facts.g_max_uS = 20.7;
    p.facts.t_0_s = 300.0;
    p.t_read_s = 512e-9;
    p.programming_sigma = {0.16603222, 4.71806468, -8.48101252, 4.68961419};
    p.drift_mean = hermes_drift_mean;
    p.drift_sigma = hermes_two_drift_sigma;
    p.read_noise = hermes_two_read_noise;
    return p;
}

}  // namespace bitloom
