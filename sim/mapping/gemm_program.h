// SPDX-License-Identifier: Apache-2.0
// A tiling of a conv2d, gemm or matmul -> the chip's commands.
#pragma once

#include "models/chip/gemm_chip/layer_program.h"
#include "sim/mapping/gemm_tiling.h"
#include "sim/mapping/memory_map.h"

namespace bitloom {

// What the commands refer to.
struct GemmPlaces {
    const Layer& layer;
    const Layer& stored;  // whose results leave: the layer's, or its fused pooling's
    const MemoryMap& memory;
};

// Adds loads, array tasks, vector tasks and stores to `program`. The loop over the inner operand's
// tiles, and that over the slices of K, turn around each time, so that what the halves hold last is
// used first. The tiling fits the chip's buffers.
void write_gemm_program(const GemmView& view, const GemmTiling& tiling, const GemmPlaces& places,
                        LayerProgram& program);

}  // namespace bitloom
