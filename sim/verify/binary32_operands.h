// SPDX-License-Identifier: Apache-2.0
// Operands of the binary32 adder alone: for the cross-check and for the exported vectors.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "models/pe/minifloat_mac/binary32.h"

namespace bitloom {

// Corners of the exponent and of the fraction, both signs.
inline std::vector<std::uint32_t> binary32_corners() {
    std::vector<std::uint32_t> corners;
    for (const std::uint32_t field : {0u, 1u, 2u, 24u, 25u, 26u, 127u, 254u, 255u})
        for (const std::uint32_t fraction : {0u, 1u, 2u, 0x400000u, 0x7ffffeu, 0x7fffffu})
            for (const bool negative : {false, true})
                corners.push_back(binary32_sign(negative) | field << 23 | fraction);
    return corners;
}

// Pair `index` of a random run, from 64 random bits; every other one has near exponents, where
// alignment and normalization do something.
inline std::pair<std::uint32_t, std::uint32_t> random_binary32_pair(std::int64_t index,
                                                                    std::uint64_t bits) {
    const auto a = static_cast<std::uint32_t>(bits);
    auto b = static_cast<std::uint32_t>(bits >> 32);
    if (index % 2 == 0) b = (b & 0x80ffffff) | ((a & 0x7f800000) ^ (b & 0x0f000000));
    return {a, b};
}

}  // namespace bitloom
