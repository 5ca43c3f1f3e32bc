// SPDX-License-Identifier: Apache-2.0
// The frontier of a sweep as a table for a terminal.
#pragma once

#include <string>

#include "sim/report/text_style.h"
#include "sim/sweep/frontier.h"

namespace bitloom {

// What it is over, then a line a workload: points done, points on the frontier, and the best value
// of each objective among those, with the accuracy of the point that has it. Fractions as percent.
std::string frontier_text(const Frontier& frontier, const TextStyle& style);

}  // namespace bitloom
