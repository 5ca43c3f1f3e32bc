// SPDX-License-Identifier: Apache-2.0
// The run as a trace for chrome://tracing and ui.perfetto.dev.
#pragma once

#include <string>

#include "sim/report/result.h"

namespace bitloom {

// Trace Event Format, JSON object form ("Trace Event Format", Google, section "Complete Events").
// One process, named after the chip; thread 0 holds the layers, each unit of the timeline has a
// thread of its own in order of first appearance. `ts` and `dur` are microseconds of simulated time
// from the start of the run; `args` has the exact cycles. Requires clock_hz > 0.
std::string to_chrome_trace(const RunResult& result);

}  // namespace bitloom
