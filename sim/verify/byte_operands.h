// SPDX-License-Identifier: Apache-2.0
// Two bytes as operands: int8 or uint8 each.
#pragma once

#include <array>

#include "models/pe/ant_pe/ant_decoder.h"
#include "sim/verify/mac_check.h"

namespace bitloom {

struct ByteOperands {
    bool activation_signed = true, weight_signed = true;
    std::uint8_t activation = 0, weight = 0;
    std::string describe() const {
        return fmt::format("a {}int8 0x{:02x} w {}int8 0x{:02x}", activation_signed ? "" : "u",
                           activation, weight_signed ? "" : "u", weight);
    }
};

inline ByteOperands byte_pair(bool activation_signed, bool weight_signed, std::int64_t index) {
    return {activation_signed, weight_signed, static_cast<std::uint8_t>(index & 255),
            static_cast<std::uint8_t>((index >> 8) & 255)};
}

// Four PEs on the nibbles; each accumulates and wraps on its own.
struct AntInt8Pe {
    using Operands = ByteOperands;
    using State = std::array<AntPe::State, 4>;

    static const AntDecoder& decoder(bool is_signed) {
        static const AntDecoder int8(format("int8")), uint8(format("uint8"));
        return is_signed ? int8 : uint8;
    }
    static State next(const State& state, bool clear, const Operands& operands) {
        State out = state;
        for (int row = 0; row < 2; ++row)
            for (int column = 0; column < 2; ++column) {
                const auto pe = static_cast<std::size_t>(2 * row + column);
                out[pe] = AntPe::next(
                    state[pe],
                    {true, clear,
                     decoder(operands.activation_signed).operand(operands.activation, row),
                     decoder(operands.weight_signed).operand(operands.weight, column)},
                    32);
            }
        return out;
    }
    static std::int64_t sum(const State& state) {
        std::int64_t sum = 0;
        for (const AntPe::State& pe : state) sum += pe.accumulator;
        return wrap_to_bits(sum, 32);
    }
};

struct DriveBytes {
    using Operands = ByteOperands;
    explicit DriveBytes(VerifyRun&) {}
    template <class V>
    void operator()(V& pins, const Operands& operands) const {
        if constexpr (requires { pins.a_signed_i; }) {
            pins.a_signed_i = operands.activation_signed;
            pins.w_signed_i = operands.weight_signed;
        }
        pins.a_i = operands.activation;
        pins.w_i = operands.weight;
    }
};

}  // namespace bitloom
