// SPDX-License-Identifier: Apache-2.0
// Signed 8-bit multiply-accumulate: the plain processing element others are compared with. The
// accumulator wraps at its width, as its RTL does (definition: the README beside this file).
#pragma once

#include <cstdint>

#include "models/pe/ant_pe/ant_pe.h"

namespace bitloom {

struct Int8Mac {
    struct State {
        std::int64_t accumulator = 0;  // sign-extended from the accumulator's width
        bool operator==(const State&) const = default;
    };

    struct Inputs {
        bool valid = false;  // both operands are present
        bool clear = false;  // start a new sum with this product
        std::int8_t activation = 0;
        std::int8_t weight = 0;
    };

    // The sum is there one cycle after its last operands; operands may come in every cycle.
    static constexpr int latency_cycles = 1;
    static constexpr int interval_cycles = 1;

    // One clock edge. accumulator_bits 16..63.
    static constexpr State next(const State& state, const Inputs& inputs, int accumulator_bits) {
        if (!inputs.valid) return state;
        const std::int64_t start = inputs.clear ? 0 : state.accumulator;
        return {wrap_to_bits(start + std::int64_t{inputs.activation} * inputs.weight,
                             accumulator_bits)};
    }
};

}  // namespace bitloom
