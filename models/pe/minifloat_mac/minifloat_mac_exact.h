// SPDX-License-Identifier: Apache-2.0
// A minifloat multiply-accumulate that never rounds: products are added into a fixed-point
// accumulator that is wide enough for every one of them (Kulisch; definition and widths: the
// README beside this file). NaN and infinities do not enter the sum; they set flags that stay until
// a new sum starts.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/pe/minifloat_mac/minifloat_operand.h"

namespace bitloom {

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

// Keeps the low `bits` of a two's complement number and sign-extends them. bits 2..128.
constexpr Int128 wrap_to_bits_128(Int128 value, int bits) {
    const int unused = 128 - bits;
    return static_cast<Int128>(static_cast<UInt128>(value) << unused) >> unused;
}

struct MinifloatMacExact {
    static constexpr int max_guard_bits = 32;
    static constexpr std::string_view energy_event = "minifloat_mac.mac";  // one a valid edge

    struct State {
        Int128 accumulator = 0;  // in units of 2^unit_exponent, sign-extended from its width
        bool nan = false;        // a product was NaN
        bool positive_infinity = false;  // a product was +infinity
        bool negative_infinity = false;  // a product was -infinity
        bool operator==(const State&) const = default;

        // The sum is not a number: a NaN, or infinities of both signs.
        constexpr bool is_nan() const { return nan || (positive_infinity && negative_infinity); }
    };

    struct Inputs {
        bool valid = false;           // both operands are present
        bool clear = false;           // start a new sum with this product
        std::uint8_t activation = 0;  // a code of the format
        std::uint8_t weight = 0;
    };

    // Product, sign, and guard bits: log2(K) guard bits hold every sum of K products, K a power of
    // two. guard_bits 0..max_guard_bits.
    static constexpr int accumulator_bits(const MinifloatShape& shape, int guard_bits) {
        return shape.product_bits() + 1 + guard_bits;
    }

    // The exact product in units of 2^unit_exponent; 0 for NaN and infinity.
    static constexpr Int128 integer(const MinifloatProduct& product) {
        const Int128 magnitude = static_cast<Int128>(product.significand) << product.shift;
        return product.negative ? -magnitude : magnitude;
    }

    // One clock edge. The sum wraps at accumulator_bits.
    static constexpr State next(const State& state, const Inputs& inputs,
                                const MinifloatShape& shape, int guard_bits) {
        if (!inputs.valid) return state;
        const MinifloatProduct product = multiply_minifloats(
            decode_minifloat(shape, inputs.activation), decode_minifloat(shape, inputs.weight));
        State after = inputs.clear ? State{} : state;
        after.accumulator = wrap_to_bits_128(after.accumulator + integer(product),
                                             accumulator_bits(shape, guard_bits));
        after.nan = after.nan || product.nan;
        after.positive_infinity =
            after.positive_infinity || (product.infinity && !product.negative);
        after.negative_infinity = after.negative_infinity || (product.infinity && product.negative);
        return after;
    }
};

}  // namespace bitloom
