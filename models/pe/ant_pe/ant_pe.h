// SPDX-License-Identifier: Apache-2.0
// The ANT processing element: multiply two 4-bit base integers, add the exponents, shift the
// product, accumulate in an integer (ANT, MICRO'22, section 5; definition: the README beside this
// file). No floating point, no rounding; the accumulator wraps at its width.
#pragma once

#include <cstdint>

#include "models/numeric/format.h"

namespace bitloom {

// Keeps the low `bits` of a two's complement number and sign-extends them. bits 2..64.
constexpr std::int64_t wrap_to_bits(std::int64_t value, int bits) {
    const int unused = 64 - bits;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << unused) >> unused;
}

struct AntPe {
    struct State {
        std::int64_t accumulator = 0;  // sign-extended from the accumulator's width
        bool operator==(const State&) const = default;
    };

    struct Inputs {
        bool valid = false;  // both operands are present
        bool clear = false;  // start a new sum with this product
        BaseExponent activation;
        BaseExponent weight;
    };

    // base * base is at most 225; the shift is at most 28 (two unsigned power-of-two operands).
    static constexpr std::int64_t product(const BaseExponent& a, const BaseExponent& b) {
        const std::int64_t magnitude = static_cast<std::int64_t>(a.base * b.base)
                                       << (a.exponent + b.exponent);
        return a.negative != b.negative ? -magnitude : magnitude;
    }

    // One clock edge.
    static constexpr State next(const State& state, const Inputs& inputs, int accumulator_bits) {
        if (!inputs.valid) return state;
        const std::int64_t start = inputs.clear ? 0 : state.accumulator;
        return {wrap_to_bits(start + product(inputs.activation, inputs.weight), accumulator_bits)};
    }
};

}  // namespace bitloom
