// SPDX-License-Identifier: Apache-2.0
// The result as JSON, for programs.
#pragma once

#include <string>

#include "sim/report/result.h"

namespace bitloom {

// One object, indented, ending with a newline. The same result gives the same bytes; what
// differs between equal runs (date, command, host, ...) is in its member "run" alone. A key ends
// with its unit where it has one (energy_pj, dram_bytes); `stalls` are in `stalls_unit`. What is
// not available is null; sqnr_db of a layer without any error is null and its `exact` is true.
// `random_codes_seed` is not null where the weights are random codes; `raised_layers` have wider
// integers than the scheme and its rule (`wide_by_rule`) say.
// Bytes that are not UTF-8 become U+FFFD.
std::string to_json(const RunResult& result);

}  // namespace bitloom
