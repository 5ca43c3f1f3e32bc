// SPDX-License-Identifier: Apache-2.0
// What must be said beside a comparison of energies.
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/result_store.h"

namespace bitloom {

// Sentences: points that differ in node, temperature or memory transistors (metrics node_nm,
// temperature_k, sram_leakage_mw_per_kb), with the values; points of which leakage is more than
// 30 % of the energy. Failed points do not count.
std::vector<std::string> condition_notes(const std::vector<PointRecord>& records);

}  // namespace bitloom
