// SPDX-License-Identifier: Apache-2.0
#include "models/cim/device/device_pairs.h"

#include <cstdlib>
#include <string>

#include "models/base/error.h"
#include "models/cim/device/conductance.h"

namespace bitloom {

namespace {

void check_mapping(const WeightMapping& mapping) {
    BITLOOM_CHECK(mapping.max_code >= 1 && mapping.max_code <= 127, "max_code = {} is 1..127",
                  mapping.max_code);
    BITLOOM_CHECK(mapping.g_min_uS >= 0.0 && mapping.g_min_uS < mapping.g_max_uS,
                  "g_min = {} uS is below g_max = {} uS", mapping.g_min_uS, mapping.g_max_uS);
}

std::vector<double> targets_of(const WeightMapping& mapping, std::span<const std::int8_t> codes,
                               double PairTargets::*side) {
    std::vector<double> targets;
    targets.reserve(codes.size());
    for (const std::int8_t code : codes) targets.push_back(pair_targets(mapping, code).*side);
    return targets;
}

}  // namespace

WeightMapping full_range_mapping(const DeviceModel& model, int max_code) {
    const WeightMapping mapping{model.facts().g_min_uS, model.facts().g_max_uS, max_code};
    check_mapping(mapping);
    return mapping;
}

PairTargets pair_targets(const WeightMapping& mapping, int code) {
    check_mapping(mapping);
    const int magnitude = std::abs(code);
    BITLOOM_CHECK(magnitude <= mapping.max_code, "|{}| is at most {}", code, mapping.max_code);
    // g_max itself, not what rounding makes of it: a target above the model's range is refused.
    const double high = magnitude == mapping.max_code
                            ? mapping.g_max_uS
                            : mapping.g_min_uS + magnitude * (mapping.g_max_uS - mapping.g_min_uS) /
                                                     mapping.max_code;
    return code >= 0 ? PairTargets{high, mapping.g_min_uS} : PairTargets{mapping.g_min_uS, high};
}

double units_per_code(const WeightMapping& mapping, const DeviceModel& model) {
    check_mapping(mapping);
    return (mapping.g_max_uS - mapping.g_min_uS) * conductance_units_per_g_max /
           (mapping.max_code * model.facts().g_max_uS);
}

DevicePairs::DevicePairs(const DeviceModel& model, const WeightMapping& mapping,
                         std::span<const std::int8_t> codes, std::uint64_t seed,
                         std::string_view component)
    : plus_(model, targets_of(mapping, codes, &PairTargets::plus_uS), seed,
            std::string(component) + ".plus"),
      minus_(model, targets_of(mapping, codes, &PairTargets::minus_uS), seed,
             std::string(component) + ".minus") {
}

std::vector<std::int32_t> DevicePairs::read_units(double time_s, std::uint64_t reading) const {
    std::vector<std::int32_t> difference = plus_.read_units(time_s, reading);
    const std::vector<std::int32_t> minus = minus_.read_units(time_s, reading);
    for (std::size_t i = 0; i < difference.size(); ++i) difference[i] -= minus[i];
    return difference;
}

}  // namespace bitloom
