// SPDX-License-Identifier: Apache-2.0
// Counter of a ramp ADC, one comparison a cycle. With thresholds in order it finds the code of
// Adc::convert.
#pragma once

namespace bitloom {

struct RampCounter {
    struct State {
        int code = 0;
        int left = 0;           // cycles of the ramp, 2^(bits-1) at first
        bool down = false;      // the first comparison failed: the reference falls
        bool counting = false;  // no comparison has ended the search
        bool done = false;
        bool operator==(const State&) const = default;
    };

    struct Inputs {
        bool start = false;    // the charge is held from the next cycle on
        bool compare = false;  // it is at least the threshold of `trial`
    };

    struct Outputs {
        int trial = 0;
        bool done = false;  // `code` is the charge's, until the next start
        int code = 0;       // |code| < 2^(bits-1)
        bool operator==(const Outputs&) const = default;
    };

    // From the cycle of `start` to that of `done`: a conversion may start every so many cycles.
    static constexpr int cycles(int bits) { return (1 << (bits - 1)) + 1; }

    static constexpr Outputs outputs(const State& state) {
        return {state.down || !state.counting ? state.code : state.code + 1, state.done,
                state.code};
    }

    // One clock edge. bits 2..8.
    static constexpr State next(const State& state, const Inputs& inputs, int bits) {
        const int window = 1 << (bits - 1);
        const int largest = window - 1;
        if (inputs.start) return {0, window, false, true, false};
        if (state.left == 0) return state;
        State after = state;
        --after.left;
        after.done = after.left == 0;
        if (!state.counting) return after;
        if (state.down != inputs.compare) {  // further up, or further down
            after.code += state.down ? -1 : 1;
            // Downwards the ramp itself ends at the lowest code.
            after.counting = after.code != largest;
        } else if (!state.down && state.left == window) {
            after.down = true;
        } else {
            after.counting = false;
        }
        return after;
    }
};

}  // namespace bitloom
