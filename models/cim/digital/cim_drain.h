// SPDX-License-Identifier: Apache-2.0
// From the sums of one phase, which are there all at once, to psums one after the other: slices of
// a weight added up, eight fraction bits, bias. One column a cycle.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bitloom {

struct CimDrain {
    struct State {
        std::vector<std::int32_t> sums;  // of the phase, one an ADC
        int index = 0;                   // ADC of the next column
        int left = 0;                    // columns
        int slice = 0;                   // of the next column
        int shift = 0;                   // of that slice
        std::int32_t partial = 0;        // sum of the slices before
        int output = 0;                  // of the position, counted from 0
        bool operator==(const State&) const = default;
    };

    struct Inputs {
        int slices = 1;      // of a weight, 1..7; kept while sums are inside
        int slice_bits = 7;  // 1..7
        // Sums of a phase: ADC `first` has the first of `count` columns, the next one the second.
        bool valid = false;
        std::vector<std::int32_t> sums;
        int first = 0;
        int count = 1;
        bool restart = false;  // first phase of a position
        // Psum.
        bool ready = false;
        std::int32_t bias = 0;  // of output `output`, in units of the LSB / 256
    };

    struct Outputs {
        bool ready = false;  // sums are taken at this edge
        bool valid = false;  // a psum, until it is taken
        int output = 0;
        std::int32_t psum = 0;  // in units of the LSB / 256; without meaning when not `valid`
        bool operator==(const Outputs&) const = default;
    };

    static Outputs outputs(const State& state, const Inputs& inputs) {
        Outputs out;
        out.valid = state.left != 0 && last_slice(state, inputs);
        out.ready = state.left == 0 || (state.left == 1 && steps(state, inputs));
        out.output = state.output;
        if (out.valid)
            out.psum = static_cast<std::int32_t>((static_cast<std::uint32_t>(total(state)) << 8) +
                                                 static_cast<std::uint32_t>(inputs.bias));
        return out;
    }

    // One clock edge. `outputs_of_block` wraps as the RTL's register of the output does: a power of
    // two, at least the outputs of a position.
    static State next(const State& state, const Inputs& inputs, int outputs_of_block) {
        State after = state;
        if (steps(state, inputs)) {
            --after.left;
            after.index = (state.index + 1) % static_cast<int>(state.sums.size());
            const bool last = last_slice(state, inputs);
            after.slice = last ? 0 : state.slice + 1;
            after.shift = last ? 0 : state.shift + inputs.slice_bits;
            after.partial = last ? 0 : total(state);
            if (last) after.output = (state.output + 1) % outputs_of_block;
        }
        if (inputs.valid && outputs(state, inputs).ready) {
            after.sums = inputs.sums;
            after.index = inputs.first;
            after.left = inputs.count;
            if (inputs.restart) after.output = 0;
        }
        return after;
    }

private:
    static bool last_slice(const State& state, const Inputs& inputs) {
        return state.slice == inputs.slices - 1;
    }
    static bool steps(const State& state, const Inputs& inputs) {
        return state.left != 0 && (!last_slice(state, inputs) || inputs.ready);
    }
    static std::int32_t total(const State& state) {
        return state.partial +
               state.sums[static_cast<std::size_t>(state.index)] * (1 << state.shift);
    }
};

}  // namespace bitloom
