// SPDX-License-Identifier: Apache-2.0
// Operands of the ANT processing elements in three forms, how each drives its RTL, and the C++
// model that takes it.
#pragma once

#include <array>
#include <string_view>

#include "models/numeric/format.h"
#include "sim/verify/mac_check.h"

namespace bitloom {

// The types of ant_decoder.sv; a type's number is what type_i takes.
struct AntType {
    int number;               // [1:0] 0 int, 1 flint, 2 power of two; [2] signed
    std::string_view family;  // name of a format without its width: "uflint"
};
inline constexpr std::array<AntType, 6> ant_types = {
    {{0, "uint"}, {1, "uflint"}, {2, "upot"}, {4, "int"}, {5, "flint"}, {6, "pot"}}};

inline std::string describe(const BaseExponent& operand) {
    return fmt::format("{}{}<<{}", operand.negative ? "-" : "+", operand.base, operand.exponent);
}

// What a PE receives: both operands decoded.
struct AntOperands {
    BaseExponent activation, weight;
    std::string describe() const {
        return fmt::format("a {} w {}", bitloom::describe(activation), bitloom::describe(weight));
    }
};

struct DriveAntOperands {
    using Operands = AntOperands;
    explicit DriveAntOperands(VerifyRun&) {}
    template <class V>
    void operator()(V& pins, const Operands& operands) const {
        pins.a_negative_i = operands.activation.negative;
        pins.a_base_i = operands.activation.base;
        pins.a_exponent_i = operands.activation.exponent;
        pins.w_negative_i = operands.weight.negative;
        pins.w_base_i = operands.weight.base;
        pins.w_exponent_i = operands.weight.exponent;
    }
};

template <int acc_bits>
struct AntOperandsPe {
    using Operands = AntOperands;
    using State = AntPe::State;
    static State next(const State& state, bool clear, const Operands& operands) {
        return AntPe::next(state, {true, clear, operands.activation, operands.weight}, acc_bits);
    }
    static std::int64_t sum(const State& state) { return state.accumulator; }
};

// Two 4-bit codes with their types: indices into ant_types.
struct AntCodes {
    int activation_type = 0, weight_type = 0;
    std::uint32_t activation = 0, weight = 0;
    std::string describe() const {
        return fmt::format("a {}4 {:04b} w {}4 {:04b}", ant_types[activation_type].family,
                           activation, ant_types[weight_type].family, weight);
    }
};

// The decoder stands before each operand, as on the boundary of the array.
template <class Decoder>
struct DriveAntCodes {
    using Operands = AntCodes;
    explicit DriveAntCodes(VerifyRun& run) : decoder(run.options().seed, &run.rtl_coverage()) {}
    template <class V>
    void operator()(V& pins, const Operands& operands) {
        decode(operands.activation_type, operands.activation);
        pins.a_negative_i = decoder.pins().negative_o;
        pins.a_base_i = decoder.pins().base_o;
        pins.a_exponent_i = decoder.pins().exponent_o;
        decode(operands.weight_type, operands.weight);
        pins.w_negative_i = decoder.pins().negative_o;
        pins.w_base_i = decoder.pins().base_o;
        pins.w_exponent_i = decoder.pins().exponent_o;
    }
    void decode(int type, std::uint32_t code) {
        decoder.pins().type_i = static_cast<std::uint8_t>(ant_types[type].number);
        decoder.pins().code_i = static_cast<std::uint8_t>(code);
        decoder.settle();
    }
    VerilatedModel<Decoder> decoder;  // one without state serves both operands
};

struct AntCodesPe {
    using Operands = AntCodes;
    using State = AntPe::State;
    static const Format& format_of(int type) {
        static const auto formats = [] {
            std::array<const Format*, ant_types.size()> all{};
            for (std::size_t i = 0; i < all.size(); ++i)
                all[i] = &format(std::string(ant_types[i].family) + "4");
            return all;
        }();
        return *formats[static_cast<std::size_t>(type)];
    }
    static State next(const State& state, bool clear, const Operands& operands) {
        const AntPe::Inputs inputs{
            true, clear,
            format_of(operands.activation_type).decode_base_exponent(operands.activation),
            format_of(operands.weight_type).decode_base_exponent(operands.weight)};
        return AntPe::next(state, inputs, 32);
    }
    static std::int64_t sum(const State& state) { return state.accumulator; }
};

}  // namespace bitloom
