// SPDX-License-Identifier: Apache-2.0
// The plane packer: codes come in one a cycle, words of bit planes go out one a cycle, so that a
// memory of bytes can feed a bit-serial array. Two buffers of 8 x Word bits: one fills while the
// other empties, so with words of at least as many codes as there are planes no code ever waits.
#pragma once

#include <array>
#include <cstdint>

namespace bitloom {

struct PlanePacker {
    struct Buffer {
        std::array<std::uint64_t, 8> planes{};  // bit k is of the word's code k
        std::uint64_t mask = 0;                 // bit k is set: there is a code k
        bool operator==(const Buffer&) const = default;
    };

    struct State {
        Buffer filling;
        int codes = 0;      // in `filling`, 0..word-1; 0 when full
        bool full = false;  // `filling` is complete and waits for `emptying`
        Buffer emptying;
        int plane = 0;  // of `emptying`, the next to leave
        int left = 0;   // planes of `emptying` still to leave, 0..8; 0: it is free
        bool operator==(const State&) const = default;
    };

    struct Inputs {
        bool valid = false;     // a code
        std::uint8_t code = 0;  // bits from `planes` on do not matter
        bool last = false;      // the word ends with this code, even when it is not full
        bool ready = false;     // the word that goes out is taken
        int planes = 1;         // 1..8, of the tensor: kept while codes of it are inside
    };

    // `word` and the others mean something only while `valid`.
    struct Outputs {
        bool ready = false;  // the code is taken in this cycle; depends on the input ready
        bool valid = false;  // a word of a plane; stays until taken
        std::uint64_t word = 0;
        std::uint64_t mask = 0;  // the same for all planes of a word
        int plane = 0;           // from 0, the least significant, upwards
        bool operator==(const Outputs&) const = default;
    };

    // From a word's last code to its first plane.
    static constexpr int latency_cycles = 2;

    // The filled buffer may move: the other one is free, or becomes free with this edge.
    static constexpr bool moves(const State& state, const Inputs& inputs) {
        return state.full && (state.left == 0 || (state.left == 1 && inputs.ready));
    }

    static constexpr Outputs outputs(const State& state, const Inputs& inputs) {
        const bool valid = state.left != 0;
        return {!state.full || moves(state, inputs), valid,
                valid ? state.emptying.planes[static_cast<std::size_t>(state.plane)] : 0,
                valid ? state.emptying.mask : 0, valid ? state.plane : 0};
    }

    // One clock edge. word_bits 2..64: codes of a full word.
    static constexpr State next(const State& state, const Inputs& inputs, int word_bits) {
        State after = state;
        if (state.left != 0 && inputs.ready) {
            ++after.plane;
            --after.left;
        }
        if (moves(state, inputs)) {
            after.emptying = state.filling;
            after.plane = 0;
            after.left = inputs.planes;
            after.full = false;
        }
        if (inputs.valid && outputs(state, inputs).ready) {
            if (state.codes == 0) after.filling = {};
            const std::uint64_t bit = std::uint64_t{1} << state.codes;
            for (std::size_t s = 0; s < 8; ++s)
                if (((inputs.code >> s) & 1) != 0) after.filling.planes[s] |= bit;
            after.filling.mask |= bit;
            const bool complete = inputs.last || state.codes == word_bits - 1;
            after.codes = complete ? 0 : state.codes + 1;
            after.full = complete;
        }
        return after;
    }
};

}  // namespace bitloom
