// SPDX-License-Identifier: Apache-2.0
// One layer of a trace -> the program that the ANT chip executes.
#pragma once

#include "models/chip/gemm_chip/gemm_chip_config.h"
#include "models/chip/gemm_chip/layer_program.h"
#include "sim/mapping/memory_map.h"
#include "workloads/trace/trace.h"

namespace bitloom {

// Throws Error when a buffer is too small for the smallest tile ("chip: weight_buffer ... = 512:
// layer 'conv1' needs at least 1152 bytes") or a format does not run on the array.
// pool: fused with this conv2d (fused_pooling.h), or null.
LayerProgram map_layer(const Trace& trace, const Layer& layer, const MemoryMap& memory,
                       const GemmChipConfig& config, const Layer* pool = nullptr);

// conv2d, gemm and matmul; everything else. Called by map_layer.
void map_gemm(const Trace& trace, const Layer& layer, const MemoryMap& memory,
              const GemmChipConfig& config, const Layer* pool, LayerProgram& program);
void map_vector(const Trace& trace, const Layer& layer, const MemoryMap& memory,
                const GemmChipConfig& config, LayerProgram& program);

// Adds a segment, joined to the last one where it continues it.
void append_segment(std::vector<Segment>& segments, std::uint64_t address, std::int64_t bytes);

}  // namespace bitloom
