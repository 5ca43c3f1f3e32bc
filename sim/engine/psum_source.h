// SPDX-License-Identifier: Apache-2.0
// Who computes the sums of products of a network that the host runs, and in which units. A digital
// array gives integers; an analog one gives sums of its converters' codes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/array/array_body.h"
#include "models/vector/layer_parameters.h"
#include "workloads/trace/trace.h"

namespace bitloom {

class PsumSource {
public:
    virtual ~PsumSource() = default;

    // What the vector unit is programmed with for layer `index` of the manifest, of any operator
    // that computes. Requires the layer's tensors.
    virtual LayerParameters parameters(std::size_t index) const = 0;

    // Psums [output pixels][output channels] of layer `index`: conv2d, gemm or matmul. `second` is
    // the other operand of a matmul, else empty. input_number: which input of the data set it is,
    // for sources with noise of their own. Thread-safe.
    virtual void psums(std::size_t index, std::span<const std::byte> first,
                       std::span<const std::byte> second, std::uint64_t input_number,
                       PsumTile& psums) const = 0;
};

}  // namespace bitloom
