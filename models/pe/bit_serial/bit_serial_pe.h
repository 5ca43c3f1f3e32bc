// SPDX-License-Identifier: Apache-2.0
// The bit-serial processing element: AND or XOR of two words of bits, popcount, and an accumulator
// that doubles between diagonals of bit planes (BISMO; algebra and sources: the README beside this
// file). No multiplier, no barrel shifter; the accumulator wraps at 32 bits.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "models/pe/bit_serial/bit_operand.h"

namespace bitloom {

// What one popcount makes of two planes; `x` of the activation, `w` of the weight, `m` the mask:
// a position of the reduction takes part where its bit is set. Numbers as the port mode_i has them.
enum class BitSerialMode : std::uint8_t {
    and_binary = 0,              // {0,1} x {0,1}:     popc(x & w & m)
    xor_bipolar = 1,             // {-1,1} x {-1,1}:   popc(m) - 2 * popc((x ^ w) & m)
    and_bipolar_weight = 2,      // {0,1} x {-1,1}:    2 * popc(x & w & m) - popc(x & m)
    xor_bipolar_activation = 3,  // {-1,1} x {0,1}:    popc(x & m) - popc((x ^ w) & m)
};

constexpr BitSerialMode bit_serial_mode(BitEncoding activation, BitEncoding weight) {
    const bool a = activation == BitEncoding::bipolar, w = weight == BitEncoding::bipolar;
    return a ? (w ? BitSerialMode::xor_bipolar : BitSerialMode::xor_bipolar_activation)
             : (w ? BitSerialMode::and_bipolar_weight : BitSerialMode::and_binary);
}

// Words of 64 bits, the lowest first; bits beyond the PE's word have to be 0 in the mask.
using BitWords = std::span<const std::uint64_t>;

struct BitSerialPe {
    struct State {
        std::int32_t accumulator = 0;
        bool operator==(const State&) const = default;
    };

    // What is the same for every PE of an array in a cycle.
    struct Control {
        bool valid = false;   // both words are present
        bool clear = false;   // start a new sum with these words; wins over shift
        bool shift = false;   // double the sum before: the first words of a new diagonal
        bool negate = false;  // subtract: exactly one of the planes counts negatively
        BitSerialMode mode = BitSerialMode::and_binary;

        bool operator==(const Control&) const = default;
    };

    // Spans of the same length.
    struct Inputs {
        Control control;
        BitWords activation;
        BitWords weight;
        BitWords mask;
    };

    // The sum is there one cycle after its last words; words may come in every cycle.
    static constexpr int latency_cycles = 1;
    static constexpr int interval_cycles = 1;

    static constexpr bool is_xor(BitSerialMode mode) {
        return mode == BitSerialMode::xor_bipolar || mode == BitSerialMode::xor_bipolar_activation;
    }

    // What the PE's popcount unit gives for one 64-bit word.
    static constexpr int count(BitSerialMode mode, std::uint64_t activation, std::uint64_t weight,
                               std::uint64_t mask) {
        return std::popcount((is_xor(mode) ? activation ^ weight : activation & weight) & mask);
    }
    // The positions whose number corrects the count. It does not depend on the weight, so a row of
    // PEs shares one popcount unit for it. Not used in mode and_binary.
    static constexpr int reference(BitSerialMode mode, std::uint64_t activation,
                                   std::uint64_t mask) {
        return std::popcount(mode == BitSerialMode::xor_bipolar ? mask : activation & mask);
    }
    // The dot product of the two words from both counts, the sign of the planes left out:
    // -D..D for words of D bits.
    static constexpr int contribution(BitSerialMode mode, int count, int reference) {
        switch (mode) {
            case BitSerialMode::xor_bipolar:
                return reference - 2 * count;
            case BitSerialMode::and_bipolar_weight:
                return 2 * count - reference;
            case BitSerialMode::xor_bipolar_activation:
                return reference - count;
            default:
                return count;
        }
    }
    static constexpr int contribution(const Inputs& inputs) {
        int ones = 0, corrected = 0;
        const BitSerialMode mode = inputs.control.mode;
        for (std::size_t i = 0; i < inputs.mask.size(); ++i) {
            ones += count(mode, inputs.activation[i], inputs.weight[i], inputs.mask[i]);
            corrected += reference(mode, inputs.activation[i], inputs.mask[i]);
        }
        return contribution(mode, ones, corrected);
    }

    // One clock edge; `contribution` as above.
    static constexpr State next(const State& state, const Control& control, int contribution) {
        if (!control.valid) return state;
        // Unsigned arithmetic wraps, as the register does.
        const auto before = static_cast<std::uint32_t>(state.accumulator);
        const std::uint32_t start = control.clear ? 0 : (control.shift ? before << 1 : before);
        const auto term = static_cast<std::uint32_t>(contribution);
        return {static_cast<std::int32_t>(control.negate ? start - term : start + term)};
    }
    static constexpr State next(const State& state, const Inputs& inputs) {
        return next(state, inputs.control, inputs.control.valid ? contribution(inputs) : 0);
    }
};

}  // namespace bitloom
