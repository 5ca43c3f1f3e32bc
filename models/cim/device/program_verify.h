// SPDX-License-Identifier: Apache-2.0
// Program and verify: a device is programmed, read and, while the read is too far from the target,
// programmed again.
//
// Each attempt has the programming noise of the model. The fits of the models are of arrays that
// were programmed by some such loop already; a loop around them says what a tighter one would give.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/cim/device/device_array.h"

namespace bitloom {

struct VerifySettings {
    double tolerance_uS = 0.5;  // accepted |read - target|, >= 0
    int max_attempts = 30;      // 1..2^24 - 1; the 64-core PCM chip has up to 30
};

struct VerifiedDevice {
    DeviceState state;      // of the last attempt, accepted or not: nothing restores an earlier one
    int attempts = 0;       // 1..max_attempts; each is one programming and one read
    bool accepted = false;  // the last read was within the tolerance
};

// The verifying read is at time 0, with read noise of its own for each attempt; the drift draw of a
// device is one. Settings out of range: InternalError.
VerifiedDevice program_and_verify(const DeviceModel& model, double target_uS,
                                  const DeviceNoise& noise, std::uint64_t device,
                                  const VerifySettings& settings);

struct VerifiedArray {
    DeviceArray array;
    std::int64_t attempts = 0;  // of all devices
    std::int64_t rejected = 0;  // devices whose last read was outside the tolerance
};

// The array that DeviceArray makes of the same arguments, with a verify loop for each device. When
// every first read is accepted the two are equal.
VerifiedArray program_and_verify(const DeviceModel& model, std::span<const double> targets_uS,
                                 std::uint64_t seed, std::string_view component,
                                 const VerifySettings& settings);

}  // namespace bitloom
