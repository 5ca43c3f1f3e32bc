// SPDX-License-Identifier: Apache-2.0
// A minifloat multiply-accumulate with a binary32 accumulator: the product is exact, and each step
// rounds once, to nearest even, when it is added (definition: the README beside this file).
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "models/pe/minifloat_mac/binary32.h"
#include "models/pe/minifloat_mac/minifloat_operand.h"

namespace bitloom {

struct MinifloatMacFp32 {
    static constexpr std::string_view energy_event = "minifloat_mac.mac";  // one a valid edge

    struct State {
        std::uint32_t accumulator = 0;  // a binary32 pattern; never -0
        bool operator==(const State&) const = default;
    };

    struct Inputs {
        bool valid = false;           // both operands are present
        bool clear = false;           // start a new sum with this product: +0 plus the product
        std::uint8_t activation = 0;  // a code of the format
        std::uint8_t weight = 0;
    };

    // Exact: a product has at most 8 significant bits and an exponent far inside binary32's range.
    static constexpr std::uint32_t binary32(const MinifloatShape& shape,
                                            const MinifloatProduct& product) {
        if (product.nan) return binary32_nan;
        const std::uint32_t sign = binary32_sign(product.negative);
        if (product.infinity) return sign | binary32_infinity;
        if (product.significand == 0) return sign;
        const int leading = std::bit_width(product.significand) - 1;
        const int exponent = 127 + shape.unit_exponent() + product.shift + leading;
        const std::uint32_t fraction = (product.significand << (23 - leading)) & 0x7fffff;
        return sign | (static_cast<std::uint32_t>(exponent) << 23) | fraction;
    }

    // One clock edge.
    static constexpr State next(const State& state, const Inputs& inputs,
                                const MinifloatShape& shape) {
        if (!inputs.valid) return state;
        const MinifloatProduct product = multiply_minifloats(
            decode_minifloat(shape, inputs.activation), decode_minifloat(shape, inputs.weight));
        return {binary32_add(inputs.clear ? 0 : state.accumulator, binary32(shape, product))};
    }
};

}  // namespace bitloom
