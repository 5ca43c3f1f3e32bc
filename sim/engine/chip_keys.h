// SPDX-License-Identifier: Apache-2.0
// What each kind of chip adds to a description: its keys, the rules between them, its costs.
// Called by chip_description.
#pragma once

#include "sim/engine/chip_description.h"

namespace bitloom {

void declare_gemm_keys(KeySet& keys, ChipDescription& chip);
void declare_cim_keys(KeySet& keys, ChipDescription& chip);

// Of both kinds.
void declare_point_keys(KeySet& keys, OperatingPoint& point);
// The node and the voltage that were left open. Throws Error for a clock that no voltage of the
// table sustains, a voltage too low for the clock or outside the table's range, and conditions of
// which the tables say nothing.
void finish_point(const KeySet& keys, ChipDescription& chip);
void declare_vector_keys(KeySet& keys, VectorConfig& vector);

// After the keys were read. Throws Error, a line each, for values that do not fit together.
void check_gemm_keys(const KeySet& keys, const GemmChipConfig& config);
void finish_cim_keys(const KeySet& keys, CimChipConfig& config);

ChipCosts gemm_costs(const ChipDescription& chip);
// The arrays that a network takes are not known yet: arrays >= 1 leak.
ChipCosts cim_costs(const ChipDescription& chip, std::int64_t arrays = 1);

// Gives `costs` a buffer of this shape: rows of the SRAM model, one instance.
void add_buffer(ChipCosts& costs, const ChipDescription& chip, const char* name, std::int64_t bytes,
                std::int64_t access_bits);

// "KEY = VALUE: allowed: ..." of the models, with the place of the value where KEY is a key. Throws
// Error when there are any.
void throw_key_problems(const KeySet& keys, std::vector<std::string> problems);

// The names of enumerators, for a key.
template <class Enum, std::size_t count>
std::vector<std::pair<std::string, Enum>> named(const std::array<Enum, count>& values) {
    std::vector<std::pair<std::string, Enum>> names;
    for (const Enum value : values) names.emplace_back(to_string(value), value);
    return names;
}

}  // namespace bitloom
