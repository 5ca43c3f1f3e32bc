// SPDX-License-Identifier: Apache-2.0
// Filamentary ReRAM of NeuRRAM (Wan et al., Nature 608, 2022): the spread around the target at 1 s,
// one day and two days after programming, fitted with polynomials of fourth order by aihwkit
// (ReRamWan2022NoiseModel) for g_max = 40 uS.
//
// The three fits say nothing of one device at two times. As there, a device at a later time is a
// fresh draw around its target, without memory of what it was. Time 0 is the measurement at 1 s; in
// between, the standard deviation is interpolated in the logarithm of time (ours: no source says
// how it grows). There is no model beyond two days, and no separate read noise.
#pragma once

#include "models/cim/device/device_model.h"

namespace bitloom {

class ReramWanDevice : public DeviceModel {
public:
    ReramWanDevice();

    double programming_sigma_uS(double target_uS) const override;
    DeviceState program(double target_uS, double normal_programming,
                        double normal_drift) const override;
    double read(const DeviceState& device, double time_s, double normal_read) const override;

    // Standard deviation around the target at a time, in uS, before truncation at 0.
    double sigma_uS(double target_uS, double time_s) const;
};

}  // namespace bitloom
