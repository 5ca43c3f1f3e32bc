// SPDX-License-Identifier: Apache-2.0
// One vector task on the bytes of a vector buffer half.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "models/chip/gemm_chip/layer_program.h"
#include "models/vector/permute.h"

namespace bitloom {

struct VectorTraffic {
    std::int64_t read_bits = 0;  // of the vector buffer
    std::int64_t write_bits = 0;
    std::int64_t psums_read = 0;  // of the output buffer
};

// Reads inputs and writes encoded outputs at the task's offsets in `half`.
VectorTraffic run_vector_task(const LayerProgram& program, const VectorTask& task,
                              std::span<std::byte> half, const std::vector<std::int32_t>& psums);

}  // namespace bitloom
