// SPDX-License-Identifier: Apache-2.0
// The driver of one row, cycle by cycle: a code becomes a pulse of as many ticks as the pass asks
// for (pulse_ticks of models/cim/converter/dac.h), a tick a clock cycle.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "models/cim/converter/dac.h"

namespace bitloom {

struct PwmDriver {
    struct State {
        int size = 0;           // |code|, clamped
        bool sign = false;      // of the code
        int ticks = 0;          // left of the pulse
        bool negative = false;  // polarity of the last pulse
        bool operator==(const State&) const = default;
    };

    struct Inputs {
        bool load = false;
        std::int8_t code = 0;
        // Looked at with `start`.
        InputMode mode = InputMode::pwm;
        int low_bits = 1;  // split_pwm: of pass 0, 1..bits-2
        int pass = 0;      // 0..7
        bool start = false;
    };

    struct Outputs {
        bool pulse = false;  // first in the cycle after `start`
        bool negative = false;
        bool operator==(const Outputs&) const = default;
    };

    static constexpr int largest(int bits) { return (1 << (bits - 1)) - 1; }

    // Ticks of the pulse that a start now would begin.
    static constexpr int ticks(const State& state, const Inputs& inputs) {
        switch (inputs.mode) {
            case InputMode::pwm:
                return state.size;
            case InputMode::split_pwm:
                return inputs.pass == 0 ? state.size & ((1 << inputs.low_bits) - 1)
                                        : state.size >> inputs.low_bits;
            case InputMode::bit_serial:
                break;
        }
        return ((state.sign ? -state.size : state.size) >> inputs.pass) & 1;
    }

    static constexpr Outputs outputs(const State& state) {
        return {state.ticks != 0, state.negative};
    }

    // One clock edge. bits 2..8, of the converter; in bit-serial mode pass < bits.
    static constexpr State next(const State& state, const Inputs& inputs, int bits) {
        State after = state;
        if (inputs.load) {
            after.sign = inputs.code < 0;
            after.size = std::min(after.sign ? -inputs.code : inputs.code, largest(bits));
        }
        if (inputs.start) {
            after.ticks = ticks(state, inputs);
            after.negative = state.sign && inputs.mode != InputMode::bit_serial;
        } else if (state.ticks != 0) {
            --after.ticks;
        }
        return after;
    }
};

}  // namespace bitloom
