// SPDX-License-Identifier: Apache-2.0
#include "models/array/systolic/systolic_timing.h"

#include <algorithm>

#include "models/base/divide_up.h"
#include "models/base/error.h"

namespace bitloom {

std::int64_t fold_latency(const SystolicConfig& config, std::int64_t depth) {
    const std::int64_t skewed = depth + config.rows + config.columns - 2;
    if (config.dataflow == Dataflow::weight_stationary) return config.rows + skewed;
    return config.drain == Drain::shift ? skewed + config.rows : skewed;
}

std::int64_t fold_interval(const SystolicConfig& config, std::int64_t depth) {
    if (!config.overlap_folds) return fold_latency(config, depth);
    // Weight stationary: the next weights need R steps to shift in behind the swap wave.
    // Bus: a column emits R psums a fold, one a step.
    if (config.dataflow == Dataflow::weight_stationary || config.drain == Drain::bus)
        return std::max(depth, config.rows);
    // Shift: the capture registers are busy from the first psum of a fold (row 0, column 0) to the
    // last shift: R + C - 1 steps of capture and R of shifting, less the shared one.
    return std::max(depth, 2 * config.rows + config.columns - 2);
}

std::int64_t cycles_per_step(const SystolicConfig& config, int activation_bits, int weight_bits) {
    // An 8-bit operand occupies two lines of the edge, so a line never needs more than 4 bits.
    const std::int64_t activations = config.rows * std::min(activation_bits, 4);
    const std::int64_t weights = config.columns * std::min(weight_bits, 4);
    return std::max(divide_up(activations, config.activation_port_bits),
                    divide_up(weights, config.weight_port_bits));
}

ArrayCycles systolic_cycles(const SystolicConfig& config, std::int64_t folds, std::int64_t depth,
                            std::int64_t step_cycles) {
    BITLOOM_CHECK(folds >= 1 && depth >= 1 && step_cycles >= 1, "folds {} depth {} step {}", folds,
                  depth, step_cycles);
    const std::int64_t steps =
        (folds - 1) * fold_interval(config, depth) + fold_latency(config, depth);
    ArrayCycles cycles;
    cycles.streaming = folds * depth;
    cycles.fill_drain = steps - cycles.streaming;
    cycles.bandwidth = steps * (step_cycles - 1);
    return cycles;
}

}  // namespace bitloom
