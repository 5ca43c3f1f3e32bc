// SPDX-License-Identifier: Apache-2.0
// Vectors of the ANT decoder and PEs and of the plain int8 MAC.
#include <fmt/format.h>

#include <array>

#include "models/base/random.h"
#include "models/numeric/flint.h"
#include "models/numeric/format.h"
#include "models/pe/ant_pe/ant_decoder.h"
#include "models/pe/ant_pe/ant_pe.h"
#include "models/pe/int8_mac/int8_mac.h"
#include "sim/verify/export_case.h"

namespace bitloom {

namespace {

UInt128 bits_of(std::int64_t value) {
    return static_cast<UInt128>(Int128{value});
}

// Types as the port type_i numbers them.
enum AntType : std::uint32_t { type_int = 0, type_flint = 1, type_pot = 2, type_signed = 4 };

// The operand by the definition of its type, for every width, also those that the array's 4-bit
// operands cannot hold.
BaseExponent ant_operand(std::uint32_t type, std::uint32_t code, int bits) {
    const bool is_signed = (type & type_signed) != 0;
    const std::uint32_t sign = 1u << (bits - 1);
    BaseExponent operand;
    operand.negative = is_signed && (code & sign) != 0;
    switch (type & 3) {
        case type_int:
            operand.base = static_cast<std::uint8_t>(operand.negative ? 2 * sign - code : code);
            return operand;
        case type_flint:
            return flint_decode_integer(code, bits, is_signed);
        default: {
            const std::uint32_t magnitude = is_signed ? code & (sign - 1) : code;
            operand.base = magnitude != 0 ? 1 : 0;
            operand.exponent = static_cast<std::uint8_t>(magnitude != 0 ? magnitude - 1 : 0);
            return operand;
        }
    }
}

ExportCase decoder_case(int bits) {
    ExportCase rows(fmt::format("ant_decoder{}", bits), "ant_decoder", {{"Bits", bits}}, false,
                    {{"type_i", 3}, {"code_i", bits}},
                    {{"negative_o"}, {"base_o", bits}, {"exponent_o", bits}});
    for (const std::uint32_t type : {type_int, type_flint, type_pot})
        for (const std::uint32_t is_signed : {0u, std::uint32_t{type_signed}})
            for (std::uint32_t code = 0; code < 1u << bits; ++code) {
                const BaseExponent o = ant_operand(type | is_signed, code, bits);
                rows.add_row({type | is_signed, code}, {o.negative, o.base, o.exponent});
            }
    return rows;
}

// One cycle of a PE with the ports valid_i, clear_i, valid_o and acc_o.
struct Control {
    bool reset = false;
    bool valid = true;
    bool clear = true;
};

// Valid in seven of eight cycles; a new sum every 64 cycles or so; a reset now and then.
Control random_control(std::uint64_t bits) {
    return {(bits & 1023) == 0, ((bits >> 10) & 7) != 0, ((bits >> 13) & 63) == 0};
}

ExportCase ant_pe_case(int acc_bits, std::uint64_t seed, std::int64_t vectors) {
    const std::string name = acc_bits == 32 ? "ant_pe" : fmt::format("ant_pe{}", acc_bits);
    ExportCase rows(name, "ant_pe", {{"AccBits", acc_bits}}, true,
                    {{"rst_ni"},
                     {"valid_i"},
                     {"clear_i"},
                     {"a_negative_i"},
                     {"a_base_i", 4},
                     {"a_exponent_i", 4},
                     {"w_negative_i"},
                     {"w_base_i", 4},
                     {"w_exponent_i", 4}},
                    {{"valid_o"}, {"acc_o", acc_bits}});
    AntPe::State state;
    bool was_valid = false;
    const auto cycle = [&](const Control& c, const BaseExponent& a, const BaseExponent& w) {
        if (c.reset) {
            state = {};
            was_valid = false;
        }
        rows.add_row({!c.reset, c.valid, c.clear, a.negative, a.base, a.exponent, w.negative,
                      w.base, w.exponent},
                     {was_valid, bits_of(state.accumulator)});
        if (c.reset) return;
        state = AntPe::next(state, {c.valid, c.clear, a, w}, acc_bits);
        was_valid = c.valid;
    };
    const auto operand = [](std::uint64_t bits) {
        return BaseExponent{(bits & 1) != 0, static_cast<std::uint8_t>((bits >> 1) & 15),
                            static_cast<std::uint8_t>((bits >> 5) & 15)};
    };
    cycle({.reset = true}, {}, {});
    const RandomStream random(seed, name);
    for (std::int64_t i = 0; i < vectors; ++i) {
        const std::uint64_t bits = random.bits(static_cast<std::uint64_t>(i));
        cycle(random_control(bits), operand(bits >> 24), operand(bits >> 40));
    }
    // Every pair of bases with both signs, then every pair of exponents, each a sum of its own.
    for (std::uint32_t pair = 0; pair < 1024; ++pair)
        cycle({}, {(pair & 256) != 0, static_cast<std::uint8_t>(pair & 15), 0},
              {(pair & 512) != 0, static_cast<std::uint8_t>((pair >> 4) & 15), 0});
    for (std::uint32_t pair = 0; pair < 256; ++pair)
        for (const std::uint8_t base : {std::uint8_t{1}, std::uint8_t{15}})
            cycle({}, {base == 15, base, static_cast<std::uint8_t>(pair & 15)},
                  {false, base, static_cast<std::uint8_t>(pair >> 4)});
    cycle({.valid = false}, {}, {});
    return rows;
}

// Random sums, then every pair of codes of every sign as a sum of its own.
template <class Cycle>
void byte_cycles(const RandomStream& random, std::int64_t vectors, int signs, Cycle cycle) {
    cycle(Control{.reset = true}, 0u, 0u, 0u);
    std::uint32_t sign = 0;
    for (std::int64_t i = 0; i < vectors; ++i) {
        const std::uint64_t bits = random.bits(static_cast<std::uint64_t>(i));
        const Control control = random_control(bits);
        // The signs are of whole tensors: they change with a new sum only.
        if (control.valid && control.clear) sign = static_cast<std::uint32_t>(bits >> 20) % signs;
        cycle(control, sign, static_cast<std::uint32_t>(bits >> 32) & 255,
              static_cast<std::uint32_t>(bits >> 40) & 255);
    }
    for (std::uint32_t a = 0; a < 256; ++a)
        for (std::uint32_t w = 0; w < 256; ++w)
            cycle(Control{}, (a + w) % static_cast<std::uint32_t>(signs), a, w);
    cycle(Control{.valid = false}, 0u, 0u, 0u);
}

// Four AntPe on the nibbles, as the array arranges them.
ExportCase int8_pe_case(std::uint64_t seed, std::int64_t vectors) {
    constexpr int acc_bits = 32;
    ExportCase rows("ant_int8_pe", "ant_int8_pe", {}, true,
                    {{"rst_ni"},
                     {"a_signed_i"},
                     {"w_signed_i"},
                     {"valid_i"},
                     {"clear_i"},
                     {"a_i", 8},
                     {"w_i", 8}},
                    {{"valid_o"}, {"acc_o", acc_bits}});
    const std::array decoders = {AntDecoder(format("uint8")), AntDecoder(format("int8"))};
    std::array<AntPe::State, 4> state{};
    bool was_valid = false;
    const auto cycle = [&](const Control& c, std::uint32_t sign, std::uint32_t a, std::uint32_t w) {
        if (c.reset) {
            state = {};
            was_valid = false;
        }
        std::int64_t sum = 0;
        for (const AntPe::State& pe : state) sum += pe.accumulator;
        rows.add_row({!c.reset, sign & 1, sign >> 1, c.valid, c.clear, a, w},
                     {was_valid, bits_of(sum)});
        if (c.reset) return;
        was_valid = c.valid;
        for (int line = 0; line < 4; ++line)
            state[line] = AntPe::next(state[line],
                                      {c.valid, c.clear, decoders[sign & 1].operand(a, line / 2),
                                       decoders[sign >> 1].operand(w, line % 2)},
                                      acc_bits);
    };
    byte_cycles(RandomStream(seed, "ant_int8_pe"), vectors, 4, cycle);
    // The pairs above give each pair one combination of signs; the rest follows.
    for (std::uint32_t turn = 1; turn < 4; ++turn)
        for (std::uint32_t a = 0; a < 256; a += 17)
            for (std::uint32_t w = 0; w < 256; ++w) cycle(Control{}, (a + w + turn) % 4, a, w);
    cycle(Control{.valid = false}, 0, 0, 0);
    return rows;
}

ExportCase int8_mac_case(int acc_bits, std::uint64_t seed, std::int64_t vectors) {
    const std::string name = acc_bits == 32 ? "int8_mac" : fmt::format("int8_mac{}", acc_bits);
    ExportCase rows(name, "int8_mac", {{"AccBits", acc_bits}}, true,
                    {{"rst_ni"}, {"valid_i"}, {"clear_i"}, {"a_i", 8}, {"w_i", 8}},
                    {{"valid_o"}, {"acc_o", acc_bits}});
    Int8Mac::State state;
    bool was_valid = false;
    byte_cycles(
        RandomStream(seed, name), vectors, 1,
        [&](const Control& c, std::uint32_t, std::uint32_t a, std::uint32_t w) {
            if (c.reset) {
                state = {};
                was_valid = false;
            }
            rows.add_row({!c.reset, c.valid, c.clear, a, w},
                         {was_valid, bits_of(state.accumulator)});
            if (c.reset) return;
            was_valid = c.valid;
            state = Int8Mac::next(
                state, {c.valid, c.clear, static_cast<std::int8_t>(a), static_cast<std::int8_t>(w)},
                acc_bits);
        });
    return rows;
}

}  // namespace

std::vector<ExportCase> ant_export_cases(std::uint64_t seed, std::int64_t vectors) {
    std::vector<ExportCase> cases;
    for (int bits = 3; bits <= 8; ++bits) cases.push_back(decoder_case(bits));
    for (const int acc_bits : {32, 16}) cases.push_back(ant_pe_case(acc_bits, seed, vectors));
    cases.push_back(int8_pe_case(seed, vectors));
    for (const int acc_bits : {32, 20}) cases.push_back(int8_mac_case(acc_bits, seed, vectors));
    return cases;
}

}  // namespace bitloom
