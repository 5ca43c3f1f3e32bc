// SPDX-License-Identifier: Apache-2.0
// The thresholds of a converter with static errors.
#pragma once

#include <cstdint>
#include <vector>

#include "models/cim/converter/adc.h"

namespace bitloom {

// Thresholds of codes -largest..largest + 1, rounded up to whole charges. With c' = c - 1/2
// (nearest) or c (floor), gain g and offset o of this converter:
//
//   threshold(c) = lsb (level(c') - o) / (1 + g)
//
//   ideal  level(c') = c'
//   sar    binary-weighted capacitors of 2^i units, each unit with relative spread s, and a dummy
//          unit: level = 2^bits * (sum of the kept ones) / (sum of all) - 2^(bits-1), less 1/2 for
//          nearest. Spread of the step at mid-scale s sqrt(2^bits - 1), of the level there
//          s sqrt(2^bits) / 2, in LSB.
//   ramp   level(c') = c' (1 + 4 d (1 - |c'| / Q)), Q = largest + 1/2: a count rate that is linear
//   in
//          the charge to second order; |departure| is at most d Q, at half scale
std::vector<std::int64_t> adc_thresholds(const AdcConfig& config, std::int64_t lsb,
                                         std::uint64_t seed, std::uint64_t index);

}  // namespace bitloom
