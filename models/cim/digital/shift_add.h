// SPDX-License-Identifier: Apache-2.0
// Adds the codes of one ADC up, over passes and row tiles: one sum for each column that it serves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bitloom {

struct ShiftAdd {
    // A sum of 20 bits holds 15 tiles of 8-bit codes in 8 bit-serial passes: 15 * 255 * 127 < 2^19.
    static constexpr int sum_bits = 20;

    struct State {
        std::vector<std::int32_t> sums;  // one a column of the ADC, within sum_bits
        bool operator==(const State&) const = default;
    };

    struct Inputs {
        bool valid = false;
        bool clear = false;   // this code starts a new sum
        bool negate = false;  // subtracts it
        int shift = 0;        // 0..7
        int select = 0;       // which sum
        int code = 0;
    };

    // The selected sum with this code, in the same cycle. Wraps, as the RTL would if it had no
    // assertion against it.
    static std::int32_t sum(const State& state, const Inputs& inputs) {
        const std::int32_t start =
            inputs.clear ? 0 : state.sums[static_cast<std::size_t>(inputs.select)];
        const std::int32_t addend = inputs.code * (1 << inputs.shift);
        const auto exact = static_cast<std::uint32_t>(start + (inputs.negate ? -addend : addend));
        return static_cast<std::int32_t>(exact << (32 - sum_bits)) >> (32 - sum_bits);
    }

    // One clock edge.
    static State next(const State& state, const Inputs& inputs) {
        State after = state;
        if (inputs.valid) after.sums[static_cast<std::size_t>(inputs.select)] = sum(state, inputs);
        return after;
    }
};

}  // namespace bitloom
