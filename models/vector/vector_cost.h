// SPDX-License-Identifier: Apache-2.0
// Cycles and events of the vector unit. Passes and their order: models/vector/README.md.
#pragma once

#include <cstdint>

#include "models/energy/activity.h"
#include "models/vector/layer_parameters.h"

namespace bitloom {

struct VectorConfig {
    std::int64_t lanes = 64;          // words a cycle and pass, 1..4096
    std::int64_t latency_cycles = 8;  // from the first word in to the first word out, 0..1000
    std::int64_t divide_cycles = 16;  // one division or square root, 1..1000
};

// The work of one command: `rows` vectors of `features` words.
struct VectorWork {
    std::int64_t rows = 0;
    std::int64_t features = 0;
    std::int64_t window_taps = 1;  // pools: kernel_h * kernel_w
    std::int64_t words() const { return rows * features; }
};

std::int64_t vector_cycles(const VectorConfig& config, const LayerParameters& p,
                           const VectorWork& work);

// Adds the arithmetic events ("vector.requantize", ...); buffer traffic is counted where it
// happens.
void count_vector_events(const LayerParameters& p, const VectorWork& work, Activity& activity);

}  // namespace bitloom
