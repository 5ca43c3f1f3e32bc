// SPDX-License-Identifier: Apache-2.0
// The list of checks: one line each. Its names are what users type.
#include <utility>

#include "sim/verify/checks.h"

namespace bitloom {

const std::vector<VerifyEntry>& verify_list() {
    static const std::vector<VerifyEntry> list = {
        {"ant_decoder", "code to (sign, base, exponent): int, flint, power of two, 3..8 bits",
         check_ant_decoder},
        {"ant_pe", "ANT PE: multiply bases, add exponents, shift, accumulate; behind the decoder",
         check_ant_pe},
        {"ant_int8_pe", "8-bit integers on four ANT PEs", check_ant_int8_pe},
        {"int8_mac", "plain signed 8-bit multiply-accumulate", check_int8_mac},
        {"requantizer", "gemmlowp requantization to 16 bits, three stages, valid and ready",
         check_requantizer},
        {"double_buffer", "rules of the two halves of a scratchpad, valid and ready on both sides",
         check_double_buffer},
        {"popcount_unit", "ones of the AND or XOR of two words under a mask", check_popcount_unit},
        {"bit_serial_pe", "bit-serial PE: popcount, and a sum that doubles between diagonals",
         check_bit_serial_pe},
        {"plane_packer", "codes to words of bit planes, valid and ready on both sides",
         check_plane_packer},
        {"bit_serial_array", "array of bit-serial PEs, whole tiles", check_bit_serial_array},
        {"systolic_array",
         "array of ANT PEs, 4x4, 8x8 and 16x16: fidelity rtl against pe and tile, whole commands",
         check_systolic_array},
        {"minifloat_mac_exact", "e4m3, e5m2 and e2m1 products in a fixed-point accumulator",
         check_minifloat_mac_exact},
        {"minifloat_mac_fp32", "e4m3, e5m2 and e2m1 products in a binary32 accumulator",
         check_minifloat_mac_fp32},
        {"binary32_add", "the adder of minifloat_mac_fp32 alone: subnormals, rounding, overflow",
         check_binary32_add},
        {"pwm_driver", "CIM: input code to row pulses: PWM, split PWM, bit-serial",
         check_pwm_driver},
        {"cim_phase_sequencer", "CIM: row tiles, passes and phases; shots overlap conversions",
         check_cim_phase_sequencer},
        {"adc_mux", "CIM: which column each ADC converts in a phase", check_adc_mux},
        {"sar_logic", "CIM: successive approximation, one comparison a cycle", check_sar_logic},
        {"ramp_counter", "CIM: counter of a ramp ADC, one comparison a cycle", check_ramp_counter},
        {"shift_add", "CIM: codes of an ADC added up over passes and row tiles", check_shift_add},
        {"cim_drain", "CIM: slices of weights, fraction bits, bias; one column a cycle",
         check_cim_drain},
        {"cim_digital", "digital half of an analog core, from input codes to 16-bit results",
         check_cim_digital},
    };
    return list;
}

const std::vector<VerifyChip>& verify_chips() {
    static const std::vector<VerifyChip> list = [] {
        std::vector<VerifyChip> chips = {{"ant",
                                          {"ant_decoder", "ant_pe", "ant_int8_pe", "requantizer",
                                           "double_buffer", "systolic_array"}}};
        // One core with different schedules.
        for (const char* chip :
             {"apnn_tc", "bismo", "stripes", "loom", "pragmatic", "bit_tactical"})
            chips.push_back({chip,
                             {"popcount_unit", "bit_serial_pe", "plane_packer", "bit_serial_array",
                              "requantizer", "double_buffer"}});
        // The ADC of the first counts a ramp, that of the second searches.
        for (const auto& [chip, adc] :
             {std::pair{"aon_cim", "ramp_counter"}, std::pair{"isaac", "sar_logic"}})
            chips.push_back({chip,
                             {"pwm_driver", "cim_phase_sequencer", "adc_mux", adc, "shift_add",
                              "cim_drain", "requantizer", "cim_digital"}});
        return chips;
    }();
    return list;
}

}  // namespace bitloom
