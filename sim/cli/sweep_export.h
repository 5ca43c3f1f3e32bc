// SPDX-License-Identifier: Apache-2.0
// A sweep's points as a table for other programs.
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/frontier.h"
#include "sim/sweep/result_store.h"

namespace bitloom {

// RFC 4180: a header, then a record a point in their order. Columns: number (of the point in the
// sweep), status, frontier (1: on the frontier of its network), message, each parameter as the
// sweep gave it (units in the values, as there), each metric (units in the names; fractions as
// NAME_percent), then wall_time_s, peak_memory_bytes, finished_unix_s, program_version. What a
// point does not have is an empty field. Doubles read back to the bit, percents to 15 digits.
std::string sweep_csv(const FrontierRule& rule, const std::vector<PointRecord>& records);

// One object: schema, schema_version, sweep, what the frontier is over, points: the same with
// metrics as they are stored (fractions of 1), and of each point its resolved configuration,
// provenance and whole result.
std::string sweep_json(const std::string& sweep, const FrontierRule& rule,
                       const std::vector<PointRecord>& records);

}  // namespace bitloom
