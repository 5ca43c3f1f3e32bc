// SPDX-License-Identifier: Apache-2.0
// The pins of the array's RTL as one value.
#pragma once

#include <cstdint>

namespace bitloom {

// Inputs of rtl/systolic_array.sv; line i is bits 4i..4i+3 of a code vector, bit i of a valid mask.
struct ArrayPins {
    bool enable = false;
    // static while a command runs
    bool weight_stationary = false;
    bool shift_drain = false;
    bool wide = false;                 // 8-bit mode
    std::uint8_t activation_type = 0;  // of ant_decoder.sv
    std::uint8_t weight_type = 0;
    bool activation_narrow = false;
    bool weight_narrow = false;
    // of one step
    std::uint64_t activation_code = 0;
    std::uint32_t activation_valid = 0;
    bool activation_first = false;
    bool activation_last = false;
    std::uint64_t weight_code = 0;
    std::uint32_t weight_valid = 0;
    bool weight_load = false;
    bool weight_load_first = false;
    bool weight_repeat = false;
    bool shift = false;
};

}  // namespace bitloom
