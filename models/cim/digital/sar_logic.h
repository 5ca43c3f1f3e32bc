// SPDX-License-Identifier: Apache-2.0
// Logic of a successive-approximation ADC, one comparison a cycle: the search of Adc::convert.
#pragma once

namespace bitloom {

struct SarLogic {
    struct State {
        int code = 0;  // while it runs, with the bits that are decided; -2^(bits-1) at first
        int bit = 0;   // on trial: 2^(bits-1) down to 1; 0: the search is over
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
        int code = 0;       // |code| < 2^(bits-1) when done
        bool operator==(const Outputs&) const = default;
    };

    // From the cycle of `start` to that of `done`: a conversion may start every so many cycles.
    static constexpr int cycles(int bits) { return bits + 1; }

    static constexpr Outputs outputs(const State& state) {
        return {state.code + state.bit, state.done, state.code};
    }

    // One clock edge. bits 2..8.
    static constexpr State next(const State& state, const Inputs& inputs, int bits) {
        const int span = 1 << (bits - 1);
        if (inputs.start) return {-span, span, false};
        if (state.bit == 0) return state;
        const int trial = state.code + state.bit;
        const bool lowest = trial == 1 - span;  // there is no threshold below the lowest code
        return {inputs.compare || lowest ? trial : state.code, state.bit / 2, state.bit == 1};
    }
};

}  // namespace bitloom
