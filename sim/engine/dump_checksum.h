// SPDX-License-Identifier: Apache-2.0
// What the bench of a dump recomputes over each file.
#pragma once

#include <bit>
#include <cstdint>

#include "sim/engine/layer_dump.h"

namespace bitloom {

// The bits of an element as they stand in the .hex file.
inline std::uint32_t dump_bits(const DumpedTensor& tensor, std::int64_t value) {
    const auto bits = static_cast<std::uint32_t>(value);
    return tensor.bits == 32 ? bits : bits & ((std::uint32_t{1} << tensor.bits) - 1);
}

// All ones; for each element turned left by one bit and XORed with the element.
inline std::uint32_t dump_checksum(const DumpedTensor& tensor) {
    std::uint32_t sum = 0xffffffff;
    for (const std::int64_t value : tensor.values)
        sum = std::rotl(sum, 1) ^ dump_bits(tensor, value);
    return sum;
}

}  // namespace bitloom
