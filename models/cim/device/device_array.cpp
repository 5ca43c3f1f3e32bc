// SPDX-License-Identifier: Apache-2.0
#include "models/cim/device/device_array.h"

#include <cmath>

#include "models/base/error.h"
#include "models/cim/device/conductance.h"

namespace bitloom {

DeviceArray::DeviceArray(const DeviceModel& model, std::span<const double> targets_uS,
                         std::uint64_t seed, std::string_view component)
    : model_(&model), noise_(seed, component) {
    states_.reserve(targets_uS.size());
    for (const double target : targets_uS) {
        const std::uint64_t device = states_.size();
        states_.push_back(model.program(target, noise_.programming(device), noise_.drift(device)));
    }
}

DeviceArray::DeviceArray(const DeviceModel& model, std::vector<DeviceState> states,
                         std::uint64_t seed, std::string_view component)
    : model_(&model), noise_(seed, component), states_(std::move(states)) {
}

std::vector<double> DeviceArray::read_uS(double time_s, std::uint64_t reading) const {
    const RandomStream noise = noise_.reading(time_s, reading);
    std::vector<double> conductances;
    conductances.reserve(states_.size());
    for (std::uint64_t i = 0; i < states_.size(); ++i)
        conductances.push_back(model_->read(states_[i], time_s, noise.normal(i)));
    return conductances;
}

std::vector<std::int32_t> DeviceArray::read_units(double time_s, std::uint64_t reading) const {
    std::vector<std::int32_t> units;
    units.reserve(states_.size());
    for (const double conductance : read_uS(time_s, reading))
        units.push_back(conductance_units(conductance, model_->facts().g_max_uS));
    return units;
}

double drift_compensation(std::span<const double> first, std::span<const double> now) {
    BITLOOM_CHECK(first.size() == now.size(), "{} and {} read-outs are the same ones", first.size(),
                  now.size());
    double before = 0.0, after = 0.0;
    for (const double each : first) before += std::abs(each);
    for (const double each : now) after += std::abs(each);
    if (after == 0.0) fail("drift compensation: every read-out is 0: no factor restores it");
    return before / after;
}

}  // namespace bitloom
