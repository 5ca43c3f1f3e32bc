// SPDX-License-Identifier: Apache-2.0
// What the analog chip does for one layer.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/chip/cim_chip/cim_chip_config.h"
#include "models/chip/cim_chip/im2col.h"
#include "models/chip/gemm_chip/layer_program.h"

namespace bitloom {

// The product of a layer with weights.
struct CimProduct {
    std::size_t matrix = 0;  // index of the layer in the crossbars' snapshot
    Im2col im2col;
    std::int64_t activations = 0;  // address of the operand in the activation memory
    std::int64_t outputs = 0;      // N
    int fraction_bits = 0;         // psum = sum of codes * 2^fraction_bits
};

// One pass of the vector unit over the whole result; offsets of the task are addresses in the
// activation memory.
struct CimLayerProgram {
    LayerProgram vector;  // operator, window, parameters; its queues are empty
    VectorTask task;
    std::optional<CimProduct> product;
};

// The blocks of a layer by the array that they are on: arrays work side by side, the blocks of one
// array one after another, in this order.
std::vector<std::vector<std::size_t>> blocks_by_array(const Placement& placement,
                                                      std::size_t matrix);

// The time of a layer, by the law of cim_timing.h: with a product its pipeline, else one position
// of the vector unit alone.
LayerStages layer_stages(const CimChipConfig& config, const Placement& placement,
                         const CimLayerProgram& program);

// Bits that the vector unit reads from and writes to the activation memory for a task of so many
// rows: residuals, inputs, every stored encoding.
struct VectorBits {
    std::int64_t read = 0, write = 0;
};
VectorBits vector_bits(const CimLayerProgram& program, std::int64_t rows);

// Adds the events of a layer that follow from its shape alone, without those of the crossbars.
void count_layer_events(const CimLayerProgram& program, Activity& activity);

// Adds the events of the crossbars: what they did and for how long, from the exact counts.
void count_array_events(const CimChipConfig& config, const Placement& placement,
                        const CimLayerProgram& program, const CimCounts& counts,
                        Activity& activity);

}  // namespace bitloom
