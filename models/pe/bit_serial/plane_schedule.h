// SPDX-License-Identifier: Apache-2.0
// In which order a bit-serial PE meets the pairs of bit planes of two operands.
#pragma once

#include <vector>

#include "models/pe/bit_serial/bit_operand.h"
#include "models/pe/bit_serial/bit_serial_pe.h"

namespace bitloom {

// One pair of planes: all words of the reduction pass before the next pair.
struct PlaneStep {
    int activation_plane = 0;  // 0 is the least significant
    int weight_plane = 0;
    bool clear = false;  // first pair of all
    bool shift = false;  // first pair of a diagonal but the first
    bool negate = false;
    BitSerialMode mode = BitSerialMode::and_binary;

    bool operator==(const PlaneStep&) const = default;

    // Of word 0, 1, ... of the pair: clear and shift act once, with its first word.
    BitSerialPe::Control control(bool first_word) const {
        return {true, clear && first_word, shift && first_word, negate, mode};
    }
};

// All activation.bits * weight.bits pairs: diagonals of equal weight 2^(s+t) from the most
// significant, in a diagonal the activation's plane from its highest. Doubling the accumulator
// between diagonals (Horner) then gives every pair its weight.
std::vector<PlaneStep> plane_schedule(const BitOperand& activation, const BitOperand& weight);

}  // namespace bitloom
