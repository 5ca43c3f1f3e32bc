// SPDX-License-Identifier: Apache-2.0
#include "models/cim/device/device_noise.h"

#include <fmt/format.h>

#include <bit>

#include "models/base/error.h"

namespace bitloom {

namespace {

// Devices of an array have 40 bits of a stream's index, attempts the 24 above.
constexpr int attempt_shift = 40;

std::uint64_t index_of(std::uint64_t device, std::uint64_t attempt) {
    BITLOOM_CHECK(device >> attempt_shift == 0 && attempt >> (64 - attempt_shift) == 0,
                  "device {} has 40 bits and attempt {} has 24", device, attempt);
    return device | attempt << attempt_shift;
}

}  // namespace

DeviceNoise::DeviceNoise(std::uint64_t seed, std::string_view component)
    : seed_(seed),
      component_(component),
      programming_(seed, component_ + ".programming"),
      drift_(seed, component_ + ".drift"),
      verify_(seed, component_ + ".verify") {
}

double DeviceNoise::programming(std::uint64_t device, std::uint64_t attempt) const {
    return programming_.normal(index_of(device, attempt));
}

double DeviceNoise::verify(std::uint64_t device, std::uint64_t attempt) const {
    return verify_.normal(index_of(device, attempt));
}

double DeviceNoise::drift(std::uint64_t device) const {
    return drift_.normal(device);
}

RandomStream DeviceNoise::reading(double time_s, std::uint64_t reading) const {
    // The bits of the time, with -0 as 0: equal times are one name, however they are printed.
    const auto time = std::bit_cast<std::uint64_t>(time_s + 0.0);
    return RandomStream(seed_, fmt::format("{}.read.{:x}.{}", component_, time, reading));
}

}  // namespace bitloom
