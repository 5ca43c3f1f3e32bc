// SPDX-License-Identifier: Apache-2.0
// What a sweep keeps of a result as numbers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/report/result.h"
#include "sim/sweep/objectives.h"

namespace bitloom {

struct MetricHelp {
    std::string_view name;  // ends with its unit where it has one
    std::string_view text;
};

// Every metric but the energies by component, energy_pj.NAME, which depend on the chip.
const std::vector<MetricHelp>& metric_help();
std::vector<std::string> metric_names();

// What the result has; a number that is not available is left out.
Metrics metrics_of(const RunResult& result);

}  // namespace bitloom
