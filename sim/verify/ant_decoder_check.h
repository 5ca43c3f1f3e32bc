// SPDX-License-Identifier: Apache-2.0
// The check of ant_decoder.sv for any Verilated model with its ports.
#pragma once

#include "models/numeric/flint.h"
#include "models/pe/ant_pe/ant_decoder.h"
#include "sim/verify/ant_operands.h"

namespace bitloom {

// The decode that the C++ models define: the array's own decoder where it takes the format (4 bits
// or fewer), else the format's formula or its value.
inline BaseExponent ant_decode(const AntType& type, int bits, std::uint32_t code) {
    const Format& f = format(fmt::format("{}{}", type.family, bits));
    if (bits <= 4) return AntDecoder(f).operand(code, 0);
    if (type.family.ends_with("flint")) return flint_decode_integer(code, bits, f.is_signed());
    const Value value = f.decode(code);  // of a power of two: mantissa 1, or 0
    const bool is_int = type.family.ends_with("int");
    return {value.negative,
            static_cast<std::uint8_t>(is_int ? value.mantissa << value.exponent : value.mantissa),
            static_cast<std::uint8_t>(is_int ? 0 : value.exponent)};
}

// Every code of every type of one width.
template <class V>
void check_ant_decoder_width(VerifyRun& run, int bits) {
    const auto codes = std::int64_t{1} << bits;
    run.begin(fmt::format("every code of int, flint and pot of {} bits, signed and unsigned", bits),
              true, codes * static_cast<std::int64_t>(ant_types.size()));
    CoverageSet& coverage = run.coverage(fmt::format("{} bits: code x type", bits),
                                         codes * static_cast<std::int64_t>(ant_types.size()));
    VerilatedModel<V> model(run.options().seed, &run.rtl_coverage());
    V& pins = model.pins();
    for (std::size_t t = 0; t < ant_types.size(); ++t)
        for (std::uint32_t code = 0; code < codes; ++code) {
            const BaseExponent expected = ant_decode(ant_types[t], bits, code);
            pins.type_i = static_cast<std::uint8_t>(ant_types[t].number);
            pins.code_i = static_cast<std::uint8_t>(code);
            std::string fault;
            try {
                model.settle();
            } catch (const InternalError& error) {
                fault = error.what();
            }
            const BaseExponent got{pins.negative_o != 0, pins.base_o, pins.exponent_o};
            if (!fault.empty() || !(got == expected))
                run.differ(
                    {fmt::format("{}{} code {:0{}b}", ant_types[t].family, bits, code, bits)},
                    describe(expected), fault.empty() ? describe(got) : fault);
            coverage.mark(static_cast<std::int64_t>(t) * codes + code);
            run.count();
        }
}

}  // namespace bitloom
