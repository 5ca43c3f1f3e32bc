// SPDX-License-Identifier: Apache-2.0
// Operands and control of a minifloat MAC, cycle by cycle: for the cross-check and for the exported
// vectors.
#pragma once

#include <cstdint>

#include "models/pe/minifloat_mac/minifloat_operand.h"

namespace bitloom {

struct MinifloatCycle {
    bool reset = false;
    bool valid = false;
    bool clear = false;
    std::uint8_t a = 0;  // codes of the format
    std::uint8_t w = 0;
};

// Cycle `index` of a random run, from 64 random bits. In turns of 64 cycles, one sum each: all
// codes; half of the exponents, without specials, which would end most sums at once; equal
// magnitudes, so that large products cancel; half of the exponents again.
inline MinifloatCycle random_minifloat_cycle(const MinifloatShape& shape, std::int64_t index,
                                             std::uint64_t bits) {
    const std::uint32_t mask = (1u << shape.bits()) - 1;
    const std::uint32_t sign = 1u << (shape.bits() - 1);
    auto a = static_cast<std::uint32_t>(bits) & mask;
    auto w = static_cast<std::uint32_t>(bits >> 8) & mask;
    const auto turn = (index / 64) % 4;
    if (turn != 0) a &= ~(sign >> 1);
    if (turn == 2) w = a ^ (w & sign);
    return {.reset = (bits >> 16) % 1024 == 0,
            .valid = (bits >> 26) % 8 != 0,
            .clear = (bits >> 29) % 64 == 0 || index % 64 == 0,
            .a = static_cast<std::uint8_t>(a),
            .w = static_cast<std::uint8_t>(w)};
}

// Calls cycle(MinifloatCycle) for every pair of codes, each a sum of its own.
template <class Cycle>
void every_minifloat_pair(const MinifloatShape& shape, Cycle cycle) {
    const std::uint32_t codes = 1u << shape.bits();
    for (std::uint32_t a = 0; a < codes; ++a)
        for (std::uint32_t w = 0; w < codes; ++w)
            cycle({.valid = true,
                   .clear = true,
                   .a = static_cast<std::uint8_t>(a),
                   .w = static_cast<std::uint8_t>(w)});
}

}  // namespace bitloom
