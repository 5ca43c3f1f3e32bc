// SPDX-License-Identifier: Apache-2.0
// Cycles of an R x C systolic array. Timing diagrams: models/array/README.md.
#pragma once

#include <cstdint>
#include <string>

#include "models/array/array_counts.h"

namespace bitloom {

enum class Dataflow { output_stationary, weight_stationary };
enum class Drain {
    bus,    // each column's bus carries a psum in the cycle in which it is complete
    shift,  // psums are captured and shifted out once the whole fold is complete: R cycles more
};

struct SystolicConfig {
    std::int64_t rows = 64;     // R, 4-bit PEs; even, 2..1024
    std::int64_t columns = 64;  // C, 4-bit PEs; even, 2..1024
    Dataflow dataflow = Dataflow::output_stationary;
    Drain drain = Drain::bus;                 // output stationary only
    bool overlap_folds = true;                // the next fold enters behind the last one
    int accumulator_bits = 32;                // 16..32
    std::int64_t activation_port_bits = 256;  // scratchpad read width a cycle, 1..65536
    std::int64_t weight_port_bits = 256;
};

// Steps (array advances) between the starts of two successive folds, and from the start of a fold
// to its last psum.
std::int64_t fold_interval(const SystolicConfig& config, std::int64_t depth);
std::int64_t fold_latency(const SystolicConfig& config, std::int64_t depth);

// Cycles a step takes: 1, or more when a scratchpad port is narrower than the array's edge.
std::int64_t cycles_per_step(const SystolicConfig& config, int activation_bits, int weight_bits);

// The cycles of one command: `folds` folds that stream `depth` operands each (output stationary:
// depth = K; weight stationary: depth = M). folds >= 1, depth >= 1; step_cycles from
// cycles_per_step.
ArrayCycles systolic_cycles(const SystolicConfig& config, std::int64_t folds, std::int64_t depth,
                            std::int64_t step_cycles);

}  // namespace bitloom
