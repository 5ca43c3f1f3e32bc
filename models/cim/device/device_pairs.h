// SPDX-License-Identifier: Apache-2.0
// Weights as pairs of devices: w > 0 is on the plus device and w < 0 on the minus device, the other
// one holding g_min. A column's charge is the sum of inputs times (G+ - G-).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/cim/device/device_array.h"

namespace bitloom {

// Integer weights -max_code..max_code onto the conductances of a model:
// G = g_min + |w| (g_max - g_min) / max_code on the side of the sign. A weight of 0 is g_min twice.
struct WeightMapping {
    double g_min_uS = 0.0;   // below g_max
    double g_max_uS = 25.0;  // at most the model's
    int max_code = 127;      // 1..127
};

// From the model's lowest to its highest target.
WeightMapping full_range_mapping(const DeviceModel& model, int max_code);

struct PairTargets {
    double plus_uS = 0.0;
    double minus_uS = 0.0;
};

// A code beyond max_code: InternalError.
PairTargets pair_targets(const WeightMapping& mapping, int code);

// Conductance units (g_max of the model / 2^20) of one step of weight: what a difference of units
// is divided by to give codes.
double units_per_code(const WeightMapping& mapping, const DeviceModel& model);

// A matrix of weights, one pair each, in the order of `codes`.
class DevicePairs {
public:
    // The devices draw as "component.plus" and "component.minus".
    DevicePairs(const DeviceModel& model, const WeightMapping& mapping,
                std::span<const std::int8_t> codes, std::uint64_t seed, std::string_view component);

    const DeviceArray& plus() const { return plus_; }
    const DeviceArray& minus() const { return minus_; }

    // G+ - G- in units of the model's g_max / 2^20, each rounded before the difference; |.| is at
    // most 16 g_max. `time_s` and `reading` as in DeviceArray.
    std::vector<std::int32_t> read_units(double time_s, std::uint64_t reading = 0) const;

private:
    DeviceArray plus_;
    DeviceArray minus_;
};

}  // namespace bitloom
