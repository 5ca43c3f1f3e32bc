// SPDX-License-Identifier: Apache-2.0
// The requantizer of the vector unit, cycle by cycle: the arithmetic of models/numeric/requantize.h
// in three pipeline stages with valid and ready on both sides (definition: the README beside this
// file).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "models/numeric/requantize.h"
#include "models/numeric/requantize_inline.h"

namespace bitloom {

struct Requantizer {
    // Cycles from an operand to its result when nothing stalls.
    static constexpr int latency_cycles = 3;

    struct Operand {
        std::int32_t value = 0;
        std::int32_t mantissa = 0;  // all 32 bits; a Multiplier's is never negative
        int shift = 0;              // -30..31
        bool operator==(const Operand&) const = default;
    };

    struct Inputs {
        bool valid = false;  // an operand is present
        bool ready = false;  // a result is taken in this cycle
        Operand operand;
    };

    // Combinational: before the clock's edge.
    struct Outputs {
        bool ready = false;  // an operand is taken in this cycle
        bool valid = false;
        std::int16_t value = 0;  // 0 when not valid
        bool operator==(const Outputs&) const = default;
    };

    // Result of the operand in each stage; the arithmetic is spread over the stages in the RTL.
    struct State {
        std::array<std::optional<std::int16_t>, latency_cycles> stages;
        bool operator==(const State&) const = default;
    };

    // Saturating left shift, saturating rounding doubling high multiply, rounding right shift,
    // saturation to 16 bits.
    static std::int16_t result(const Operand& operand) {
        const int left = operand.shift < 0 ? -operand.shift : 0;
        const int right = operand.shift < 0 ? 0 : operand.shift;
        return saturate16(rounding_divide_by_pot(
            saturating_rounding_doubling_high_mul(
                unchecked::saturating_shift_left(operand.value, left), operand.mantissa),
            right));
    }

    // A stage takes a new value when it is empty or passes its own on.
    static bool enabled(const State& state, std::size_t stage, bool ready) {
        for (std::size_t i = stage; i < latency_cycles; ++i)
            if (!state.stages[i]) return true;
        return ready;
    }

    static Outputs outputs(const State& state, const Inputs& inputs) {
        const auto& last = state.stages.back();
        return {enabled(state, 0, inputs.ready), last.has_value(), last.value_or(0)};
    }

    // One clock edge.
    static State next(const State& state, const Inputs& inputs) {
        State out = state;
        for (std::size_t i = 0; i < latency_cycles; ++i) {
            if (!enabled(state, i, inputs.ready)) continue;
            if (i > 0)
                out.stages[i] = state.stages[i - 1];
            else if (inputs.valid)
                out.stages[0] = result(inputs.operand);
            else
                out.stages[0].reset();
        }
        return out;
    }
};

}  // namespace bitloom
