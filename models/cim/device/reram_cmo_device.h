// SPDX-License-Identifier: Apache-2.0
// Filamentary conductive-metal-oxide/HfOx ReRAM (Falcone et al., IBM Research Europe - Zurich), as
// fitted in aihwkit (ReRamCMONoiseModel). With t in seconds since the first read:
//
//   programming  g_P = g_T + (a g_T + b) N               a, b of the accepted range of the verify
//   relaxation   g_D = g_P - 0.0890 ln t + (0.0420 ln t + 0.4118) N      independent of the state
//   read noise   g = g_D + 0.0277 log10(g_D) sqrt(ln((t + t_r) / (2 t_r))) N,         t_r = 1 us
//
// in uS, then limited to g_min..g_max. The relaxation's N is drawn once a device (there: anew at
// every time; the distribution at each time is the same). At time 0 a read gives g_P; up to 1 s it
// is that of 1 s, where ln t would change its sign.
#pragma once

#include "models/cim/device/device_model.h"

namespace bitloom {

// The range around the target within which the programming loop stops, relative to the target.
enum class CmoAcceptance { fifth_percent, two_percent };

class ReramCmoDevice : public DeviceModel {
public:
    explicit ReramCmoDevice(CmoAcceptance acceptance);

    double programming_sigma_uS(double target_uS) const override;
    DeviceState program(double target_uS, double normal_programming,
                        double normal_drift) const override;
    double read(const DeviceState& device, double time_s, double normal_read) const override;

private:
    CmoAcceptance acceptance_;
};

}  // namespace bitloom
