// SPDX-License-Identifier: Apache-2.0
// Transposition of any rank: what the vector unit's address generator does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bitloom {

// out[...] = in[...] with the axes permuted: axis a of the result is axis permutation[a] of `in`,
// as in ONNX. `shape`: sizes of `in`. `Element` words or codes.
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
