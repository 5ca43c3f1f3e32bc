// SPDX-License-Identifier: Apache-2.0
// A sweep's points as a table for other programs.
#pragma once

#include <span>
#include <string>

#include "sim/sweep/result_store.h"

namespace bitloom {

// RFC 4180: a header, then a record a point in their order. Columns: number, status, message, each
// parameter as the sweep gave it (units in the values, as there), each metric (units in the names),
// then wall_time_s, peak_memory_bytes, finished_unix_s, program_version. What a point does not have
// is an empty field. Doubles read back to the bit.
std::string sweep_csv(std::span<const PointRecord> records);

// One object: schema, schema_version, sweep, points: the same, and of each point its resolved
// configuration, provenance and whole result.
std::string sweep_json(const std::string& sweep, std::span<const PointRecord> records);

}  // namespace bitloom
