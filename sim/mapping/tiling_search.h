// SPDX-License-Identifier: Apache-2.0
// The tilings of a layer that are worth a look. Which ones are tried depends on the layer and the
// array alone; a larger buffer admits more of them and takes none away.
#pragma once

#include <string>
#include <vector>

#include "sim/mapping/tiling_cost.h"

namespace bitloom {

struct RatedTiling {
    GemmTiling tiling;
    TilingEstimate estimate;
};

// Estimates that are so much above the best are left out.
inline constexpr double near_best = 1.04;

// The tilings that fit the chip's buffers and are estimated near the best, best first; at least
// one. Throws Error naming the buffer that is too small for the smallest tile.
std::vector<RatedTiling> best_tilings(const GemmView& view, const GemmChipConfig& config,
                                      const TilingCost& cost, const std::string& layer);

}  // namespace bitloom
