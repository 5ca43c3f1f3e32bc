// SPDX-License-Identifier: Apache-2.0
// Cycles and events of one command from closed forms and, where they depend on the data, from the
// codes: what the `tile` body counts and the `pe` body finds by stepping.
#pragma once

#include <vector>

#include "models/array/array_counts.h"
#include "models/array/bit_serial/bit_serial_steps.h"
#include "models/array/bit_serial/bit_serial_timing.h"

namespace bitloom {

// Whether the dataflow's cycles depend on the activations' codes.
bool counts_need_activations(const BitSerialConfig& config);

struct BitCommandCodes {
    BitOperand activation, weight;
    const CodeMatrix* activations = nullptr;  // [M][K]; null unless counts_need_activations
    const CodeMatrix* mask = nullptr;         // null: every position takes part
    // One a fold of columns; bit_tactical only.
    const std::vector<TacticalSchedule>* schedules = nullptr;
};

// Overflows excluded: they depend on the sums. `accumulate`: as in ConvolutionTile.
ArrayCounts count_bit_command(const BitSerialConfig& config, const BitGemmShape& shape,
                              bool accumulate, const BitCommandCodes& codes);

}  // namespace bitloom
