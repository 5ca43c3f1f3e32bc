// SPDX-License-Identifier: Apache-2.0
#include "models/cim/device/device_model.h"

#include "models/base/error.h"

namespace bitloom {

// Both conditions are written so that a NaN fails them.

void DeviceModel::check_target(double target_uS) const {
    if (!(target_uS >= facts_.g_min_uS && target_uS <= facts_.g_max_uS)) [[unlikely]]
        fail("device {}: target = {} uS: must be {}..{}", facts_.name, target_uS, facts_.g_min_uS,
             facts_.g_max_uS);
}

void DeviceModel::check_time(double time_s) const {
    if (!(time_s >= 0.0 && time_s <= facts_.max_time_s)) [[unlikely]]
        fail("device {}: time = {} s: must be 0..{}", facts_.name, time_s, facts_.max_time_s);
}

}  // namespace bitloom
