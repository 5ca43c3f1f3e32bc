// SPDX-License-Identifier: Apache-2.0
// The random numbers of an array of devices: each is a function of (seed, component, purpose,
// device, time, reading) alone, never of other draws.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "models/base/random.h"

namespace bitloom {

class DeviceNoise {
public:
    // `component` names the array, e.g. "core3.crossbar".
    DeviceNoise(std::uint64_t seed, std::string_view component);

    // Standard normal draws of one device. A device that is programmed again has another `attempt`.
    double programming(std::uint64_t device, std::uint64_t attempt = 0) const;
    double drift(std::uint64_t device) const;
    // Read noise of the read that verifies an attempt.
    double verify(std::uint64_t device, std::uint64_t attempt) const;

    // The read noise of one moment, standard normal at the index of a device. Two readings at the
    // same time have different numbers; the same time and number is the same read.
    RandomStream reading(double time_s, std::uint64_t reading = 0) const;

private:
    std::uint64_t seed_;
    std::string component_;
    RandomStream programming_;
    RandomStream drift_;
    RandomStream verify_;
};

}  // namespace bitloom
