// SPDX-License-Identifier: Apache-2.0
// Many devices of one model: their states after programming, and what they conduct at a time.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/cim/device/device_model.h"
#include "models/cim/device/device_noise.h"

namespace bitloom {

// Device i is programmed to the i-th target and draws at index i: a device's conductance does not
// depend on how many others there are or on when they are read.
class DeviceArray {
public:
    // Programs the devices. `model` must outlive the array. A target outside g_min..g_max: Error.
    DeviceArray(const DeviceModel& model, std::span<const double> targets_uS, std::uint64_t seed,
                std::string_view component);

    // Devices that were programmed before, device i in the i-th state. Reads draw as above.
    DeviceArray(const DeviceModel& model, std::vector<DeviceState> states, std::uint64_t seed,
                std::string_view component);

    const DeviceModel& model() const { return *model_; }
    const std::vector<DeviceState>& states() const { return states_; }

    // Conductances in uS at `time_s` since the first read. The same (time, reading) is the same
    // read; another `reading` at that time has read noise of its own.
    std::vector<double> read_uS(double time_s, std::uint64_t reading = 0) const;
    // The same in units of g_max / 2^20, rounded to nearest, ties to even (conductance.h).
    std::vector<std::int32_t> read_units(double time_s, std::uint64_t reading = 0) const;

private:
    const DeviceModel* model_;
    DeviceNoise noise_;
    std::vector<DeviceState> states_;
};

// Global drift compensation (Joshi et al., Nature Communications 2020, Methods): the factor that
// multiplies every digital output, sum |first| / sum |now| of the same read-outs right after
// programming and now, in any common unit. The spans have the same length; Error when all of `now`
// is zero.
double drift_compensation(std::span<const double> first, std::span<const double> now);

}  // namespace bitloom
