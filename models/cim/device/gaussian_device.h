// SPDX-License-Identifier: Apache-2.0
// A device with additive Gaussian programming error and nothing else: no drift, no read noise. With
// an error of 0 it is the ideal device: every read gives the target.
#pragma once

#include "models/cim/device/device_model.h"

namespace bitloom {

class GaussianDevice : public DeviceModel {
public:
    // `sigma` is a fraction of g_max = 25 uS, 0..1. A conductance below 0 becomes 0.
    GaussianDevice(std::string name, double sigma);

    double programming_sigma_uS(double target_uS) const override;
    DeviceState program(double target_uS, double normal_programming,
                        double normal_drift) const override;
    double read(const DeviceState& device, double time_s, double normal_read) const override;

private:
    double sigma_uS_;
};

}  // namespace bitloom
