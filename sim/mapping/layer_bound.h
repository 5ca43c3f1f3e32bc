// SPDX-License-Identifier: Apache-2.0
// What no mapping of a layer can beat on a GEMM chip, and what kept one from it.
#pragma once

#include <cstdint>
#include <string>

#include "sim/mapping/gemm_plan.h"

namespace bitloom {

// Cycles, each as if everything else took none.
struct LayerBound {
    // Of the array: every group's product as one command, which fills and drains once. Systolic:
    // folds x depth and the skew; bit-serial: words of all planes (data-dependent: the most).
    std::int64_t array = 0;
    // Of the memory: every byte that must come or go (inputs that some window reads, weights,
    // parameters, residual, results; not those in the global buffer), at the peak of its pins while
    // it does not refresh. What small buffers make the chip move again is not in it.
    std::int64_t memory = 0;
    std::int64_t vector = 0;  // of the vector unit: all results as one task
    std::int64_t memory_bytes = 0;

    std::int64_t cycles() const { return array > memory ? array : memory; }
};
LayerBound layer_bound(const GemmView& view, const GemmChipConfig& config,
                       std::int64_t vector_cycles);

// The unit that is busy the longest: "array", "memory" or "vector unit"; "latency" where none of
// them is busy for half of the time.
std::string limiting_unit(const ProgramTiming& timing, const GemmChipConfig& config);

// The largest cause, in words with its cycles, of what the layer takes beyond its bound.
std::string excess_cause(const GemmPlan& plan, const LayerBound& bound,
                         const GemmChipConfig& config);

}  // namespace bitloom
