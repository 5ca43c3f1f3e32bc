// SPDX-License-Identifier: Apache-2.0
// The check of ant_pe.sv for any Verilated model with its ports: the module itself, other
// parameters, deliberately broken copies.
#pragma once

#include "sim/verify/ant_operands.h"

namespace bitloom {

// Every pair of operands: 2 signs x 16 bases x 16 exponents, twice.
inline constexpr int ant_operand_count = 512;
inline BaseExponent ant_operand(int index) {
    return {(index & 1) != 0, static_cast<std::uint8_t>((index >> 1) & 15),
            static_cast<std::uint8_t>(index >> 5)};
}

template <class V, int acc_bits>
void check_ant_pe_operands(VerifyRun& run, const std::string& name) {
    MacCheck<MacRtl<V, DriveAntOperands, acc_bits>, MacModel<AntOperandsPe<acc_bits>, acc_bits>>
        check(run, name);
    constexpr std::int64_t pairs = std::int64_t{ant_operand_count} * ant_operand_count;
    check.begin("every pair of operands", true, pairs);
    for (int a = 0; a < ant_operand_count; ++a)
        for (int w = 0; w < ant_operand_count; ++w) check.product({ant_operand(a), ant_operand(w)});
    check.end();

    // Largest and smallest products, each sign; -0; and sums that wrap at once or slowly.
    std::vector<AntOperands> corners;
    for (const BaseExponent a :
         {BaseExponent{false, 15, 15}, BaseExponent{true, 15, 15}, BaseExponent{false, 15, 0},
          BaseExponent{true, 0, 15}, BaseExponent{false, 1, 14}, BaseExponent{true, 8, 4}})
        for (const BaseExponent w :
             {BaseExponent{false, 15, 15}, BaseExponent{true, 15, 15}, BaseExponent{false, 1, 14},
              BaseExponent{true, 1, 0}, BaseExponent{false, 15, 8}})
            corners.push_back({a, w});
    check.accumulate(corners, 4096);
    check.random([](Draws& draws) {
        return AntOperands{ant_operand(static_cast<int>(draws.below(ant_operand_count))),
                           ant_operand(static_cast<int>(draws.below(ant_operand_count)))};
    });
}

// The PE behind the 4-bit decoder, as on the boundary of the array.
template <class Decoder, class V>
void check_ant_pe_codes(VerifyRun& run, const std::string& name) {
    MacCheck<MacRtl<V, DriveAntCodes<Decoder>, 32>, MacModel<AntCodesPe, 32>> check(run, name);
    constexpr int types = static_cast<int>(ant_types.size());
    CoverageSet& pairs = run.coverage(name + ": code x code x type x type", types * types * 256);
    const auto codes = [&pairs](std::int64_t index) {
        pairs.mark(index);
        return AntCodes{static_cast<int>(index >> 8) / types, static_cast<int>(index >> 8) % types,
                        static_cast<std::uint32_t>(index & 15),
                        static_cast<std::uint32_t>((index >> 4) & 15)};
    };
    check.begin("every pair of codes, every pair of types and signs", true, types * types * 256);
    for (std::int64_t i = 0; i < types * types * 256; ++i) check.product(codes(i));
    check.end();
    // The largest magnitudes: 2^14 of upot4, and 2^6 and -2^6 of pot4.
    check.accumulate({{2, 2, 15, 15}, {2, 5, 15, 7}, {2, 5, 15, 15}}, 8192);
    check.random([&](Draws& draws) { return codes(draws.below(types * types * 256)); });
}

}  // namespace bitloom
