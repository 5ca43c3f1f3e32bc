// SPDX-License-Identifier: Apache-2.0
// Sizes and clocks of a GEMM chip. Values are final: defaults applied, ranges checked.
// Defaults: ANT, MICRO'22 (64 x 64 4-bit PEs at 500 MHz; buffers of the published simulator).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "models/array/array_config.h"
#include "models/array/waveform_file.h"
#include "models/vector/vector_cost.h"

namespace bitloom {

struct GemmChipConfig {
    std::int64_t clock_hz = 500'000'000;  // 1 MHz..10 GHz; the period is in whole ps
    ArrayConfig array;
    // Both halves of each buffer together, bytes.
    std::int64_t weight_buffer_bytes = 128 * 1024;
    std::int64_t activation_buffer_bytes = 256 * 1024;
    std::int64_t output_buffer_bytes = 128 * 1024;  // psums, 4 bytes each
    std::int64_t vector_buffer_bytes = 128 * 1024;  // operands and results of the vector unit
    // Activations that fit stay here between layers; 0: none, all pass through the memory.
    std::int64_t global_buffer_bytes = 0;
    std::int64_t global_buffer_port_bits = 1024;  // moved a cycle, reads and writes together
    std::int64_t global_buffer_latency_cycles = 2;
    VectorConfig vector;
    bool fuse_pooling = false;           // sim/mapping/fused_pooling.h
    std::int64_t dma_width_bits = 1024;  // between DMA and buffers, a cycle and direction
    std::int64_t dma_outstanding = 32;   // requests in flight
    std::string dram = "LPDDR4-3200";    // a name of models/memory/dram_parameters
    std::string fidelity = "tile";
    std::shared_ptr<WaveformFile> waveform;  // of the array; null: none
};

// Bytes of a psum in the output buffer, whatever the accumulator's width.
inline constexpr std::int64_t psum_bytes = 4;

}  // namespace bitloom
