// SPDX-License-Identifier: Apache-2.0
// The bytes of a layer's weights as they lie in memory: one packed vector of K codes an output
// channel, each starting on a byte.
#pragma once

#include <cstddef>
#include <vector>

#include "workloads/trace/trace.h"

namespace bitloom {

std::vector<std::byte> weight_image(const Trace& trace, const Layer& layer);

// Bias, multiplier and shift of every channel, as the chip loads them.
std::vector<std::byte> parameter_image(const Trace& trace, const Layer& layer);

}  // namespace bitloom
