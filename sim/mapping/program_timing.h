// SPDX-License-Identifier: Apache-2.0
// How long a program takes, without values and without SystemC: the chip's four units, the DMAs,
// the memory and the global buffer by the rules that the simulator follows.
#pragma once

#include <cstdint>

#include "models/chip/gemm_chip/gemm_chip_config.h"
#include "models/chip/gemm_chip/layer_program.h"

namespace bitloom {

struct ProgramTiming {
    std::int64_t cycles = 0;
    std::int64_t array_cycles = 0;                // of all commands, fills and drains included
    std::int64_t array_begin = 0, array_end = 0;  // of the first command, of the last one
    std::int64_t vector_cycles = 0;               // of all tasks
    std::int64_t memory_bytes = 0;                // moved, in whole bursts
    std::int64_t requests = 0;                    // that the DMAs issued
    std::int64_t activation_bytes = 0, weight_bytes = 0;  // loaded into their buffers
};

// A program that begins at time 0 with an idle chip and memory. GemmChip takes exactly as many
// cycles where those of the array do not depend on data; refreshes that come at other times make a
// difference where the program begins later. `parameters` and `pool`: of the vector unit.
// Formats: null for a program without array tasks.
ProgramTiming time_program(const LayerProgram& program, const LayerParameters& parameters,
                           const LayerParameters* pool, const GemmChipConfig& config,
                           const Format* activation, const Format* weight);

}  // namespace bitloom
