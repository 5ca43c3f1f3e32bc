// SPDX-License-Identifier: Apache-2.0
// The mapper's choice for a conv2d, gemm or matmul.
#pragma once

#include "sim/mapping/map_layer.h"
#include "sim/mapping/program_timing.h"
#include "sim/mapping/tiling_cost.h"

namespace bitloom {

struct GemmPlan {
    GemmView view;
    GemmTiling tiling;
    ProgramTiming timing;
};

// Of the tilings that fit, that whose program takes the fewest cycles by time_program, then moves
// the fewest bytes. The program's commands are written to `program`, whose parameters and pool are
// set already. Throws Error as map_layer.
GemmPlan plan_gemm(const Trace& trace, const Layer& layer, const MemoryMap& memory,
                   const GemmChipConfig& config, const Layer* pool, LayerProgram& program);

}  // namespace bitloom
