// SPDX-License-Identifier: Apache-2.0
// Phase-change memory: programming noise, a drift exponent of its own for each device, and read
// noise that grows with time since programming (1/f). With x = g / g_max:
//
//   programming   g_P = max(0, g_T + s_p(x_T) N)
//   exponent      nu = |m(x_T) + s_n(x_T) N|, drawn once, of the target
//   drift         g_D(t) = g_P (t / t_0)^-nu,                t = time since the first read + t_0
//   read noise    g(t) = max(0, g_D (1 + s_r(t) N)),  s_r(t) = Q(x_P) sqrt(ln((t + t_r) / (2 t_r)))
//
// Structure: Nandakumar et al., ICECS 2019; Joshi et al., Nature Communications 11, 2473 (2020),
// Methods; constants: as fitted in the IBM analog hardware acceleration kit (MIT licence). Q is of
// the programmed conductance, as in that kit's program; its documentation says of the target.
#pragma once

#include <vector>

#include "models/cim/device/device_model.h"

namespace bitloom {

struct PcmParameters {
    DeviceFacts facts;
    double t_read_s = 0.0;                  // t_r: duration of a read
    std::vector<double> programming_sigma;  // s_p in uS: sum of c_i x^i
    double (*drift_mean)(double x);         // m
    double (*drift_sigma)(double x);        // s_n
    double (*read_noise)(double x);         // Q
};

// The array of a million doped-Ge2Sb2Te5 mushroom cells of Joshi et al.: g_max 25 uS, t_0 20 s.
PcmParameters joshi_pcm();
// A unit cell of the 64-core chip with one device: g_max 10.35 uS, t_0 200 s.
PcmParameters hermes_one_device();
// The same with two devices side by side, programmed one after the other: 20.7 uS, t_0 300 s.
PcmParameters hermes_two_devices();

class PcmDevice : public DeviceModel {
public:
    explicit PcmDevice(PcmParameters parameters);

    double programming_sigma_uS(double target_uS) const override;
    DeviceState program(double target_uS, double normal_programming,
                        double normal_drift) const override;
    double read(const DeviceState& device, double time_s, double normal_read) const override;

    // m and s_n of a target; nu is their folded normal.
    double drift_mean(double target_uS) const;
    double drift_sigma(double target_uS) const;
    // s_r: standard deviation of a read relative to the drifted conductance, before truncation.
    double read_sigma(double programmed_uS, double time_s) const;

private:
    PcmParameters parameters_;
};

}  // namespace bitloom
