// SPDX-License-Identifier: Apache-2.0
// Where the tensors of a trace lie in memory. Every vector (last axis) starts on a byte; tensors
// start on 64 bytes. A reshape that moves nothing shares its input's place.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "models/memory/memory_bus.h"
#include "sim/mapping/fused_pooling.h"
#include "workloads/trace/trace.h"

namespace bitloom {

struct TensorPlace {
    std::uint64_t address = 0;
    std::int64_t vectors = 1;        // product of the leading axes
    std::int64_t vector_length = 1;  // elements of the last axis
    int bits = 8;                    // of an element
    std::int64_t vector_bytes() const { return (vector_length * bits + 7) / 8; }
    std::int64_t bytes() const { return vectors * vector_bytes(); }
    // Address of element `first` of vector `vector`; first * bits is a multiple of 8.
    std::uint64_t at(std::int64_t vector, std::int64_t first = 0) const;
};

class MemoryMap {
public:
    // global_buffer_bytes: on-chip room for activations that live from one layer to another. The
    // first that fit, in the order of the layers, get a place there while they are needed; external
    // inputs and the network's output stay in memory. `pools`: fused ones write their results when
    // their convolution runs, whose own results need no place.
    explicit MemoryMap(const Trace& trace, std::int64_t global_buffer_bytes = 0,
                       const FusedPools& pools = {});

    const TensorPlace& activation(const std::string& name) const;
    const TensorPlace& weights(const Layer& layer) const;   // [OC] vectors of K codes
    const TensorPlace& constant(const Layer& layer) const;  // int16
    // Bias (int32), multiplier (int32) and shift (int16) of every channel.
    const TensorPlace& parameters(const Layer& layer) const;
    std::int64_t size_bytes() const { return size_bytes_; }
    // The layer is a reshape whose result is its input's bytes.
    static bool is_alias(const Manifest& manifest, const Layer& layer);

    static bool is_on_chip(const TensorPlace& place) { return place.address >= on_chip_address; }

private:
    void place_on_chip(const Manifest& manifest, const std::map<std::string, std::string>& aliases,
                       std::int64_t global_buffer_bytes, const FusedPools& pools);
    void place(const std::string& name, std::int64_t vectors, std::int64_t length, int bits);
    const TensorPlace& find(const std::string& name) const;

    std::map<std::string, TensorPlace> places_;
    std::int64_t size_bytes_ = 0;
};

// Bytes of parameters a channel: bias, multiplier, shift.
inline constexpr std::int64_t parameter_bytes = 10;

}  // namespace bitloom
