// SPDX-License-Identifier: Apache-2.0
// One vector task on the bytes of a vector buffer half.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "models/chip/ant/layer_program.h"

namespace bitloom {

struct VectorTraffic {
    std::int64_t read_bits = 0;    // of the vector buffer
    std::int64_t write_bits = 0;
    std::int64_t psums_read = 0;   // of the output buffer
};

// Reads inputs and writes encoded outputs at the task's offsets in `half`.
VectorTraffic run_vector_task(const LayerProgram& program, const VectorTask& task,
                              std::span<std::byte> half, const std::vector<std::int32_t>& psums);

// out[...] = in[...] with the axes permuted; sizes in the input's order. `Element` words or codes.
template <class Element>
void permute(const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& permutation,
             const Element* in, Element* out) {
    const std::size_t rank = shape.size();
    std::vector<std::int64_t> stride(rank, 1);
    for (std::size_t axis = rank; axis-- > 1;) stride[axis - 1] = stride[axis] * shape[axis];
    std::vector<std::int64_t> index(rank, 0);
    std::int64_t total = 1;
    for (const std::int64_t size : shape) total *= size;
    for (std::int64_t i = 0; i < total; ++i) {
        std::int64_t from = 0;
        for (std::size_t axis = 0; axis < rank; ++axis)
            from += index[axis] * stride[static_cast<std::size_t>(permutation[axis])];
        out[i] = in[from];
        for (std::size_t axis = rank; axis-- > 0;) {
            if (++index[axis] < shape[static_cast<std::size_t>(permutation[axis])]) break;
            index[axis] = 0;
        }
    }
}

}  // namespace bitloom
