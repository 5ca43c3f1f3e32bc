// SPDX-License-Identifier: Apache-2.0
// Test vectors for other simulators: what the C++ models say, as text files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/verify/export_case.h"

namespace bitloom {

// Every module with vectors, in a fixed order.
std::vector<ExportCase> export_cases(std::uint64_t seed, std::int64_t vectors);

// Writes into `dir`, which is made when absent: for each case NAME.hex and NAME_tb.sv, and
// all_tb.sv (one module that holds every bench) and README.txt with the commands that run them.
// vectors: random rows a case, 1..10^7. Returns the names of the cases. Throws Error when `vectors`
// is out of range or a file cannot be written.
std::vector<std::string> export_vectors(const std::filesystem::path& dir, std::uint64_t seed,
                                        std::int64_t vectors);

}  // namespace bitloom
