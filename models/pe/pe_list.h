// SPDX-License-Identifier: Apache-2.0
// The processing elements: what each has to have. A test (tests/cosim/pe_list_test.cpp) names every
// piece that is missing: the folder models/pe/FOLDER with its README, rtl/MODULE.sv, the rows of
// its energy component, its line in the list of cross-checks. To add one: models/README.md.
#pragma once

#include <span>
#include <string_view>

namespace bitloom {

struct PeEntry {
    std::string_view name;              // of the cross-check: `bitloom verify NAME`
    std::string_view folder;            // in models/pe
    std::string_view module;            // rtl/MODULE.sv
    std::string_view energy_component;  // has the rows energy_action, leakage and area
    std::string_view description;
    std::string_view energy_action = "mac";
};

inline constexpr PeEntry pe_entries[] = {
    {"ant_pe", "ant_pe", "ant_pe", "array", "base times base, shifted by the sum of exponents"},
    {"int8_mac", "int8_mac", "int8_mac", "int8_mac", "signed 8-bit multiply-accumulate"},
    {"bit_serial_pe", "bit_serial", "bit_serial_pe", "bit_serial",
     "popcount of bit planes, a sum that doubles between diagonals", "popcount_bits"},
};

inline std::span<const PeEntry> pe_list() {
    return pe_entries;
}

}  // namespace bitloom
