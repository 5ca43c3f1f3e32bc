// SPDX-License-Identifier: Apache-2.0
// The report for the terminal.
#pragma once

#include <string>

#include "sim/report/result.h"

namespace bitloom {

// Three parts: time per layer, energy and accuracy per layer, totals with area, accuracy and notes.
// Lines stay within 160 columns (long names are elided in the middle) unless numbers alone need
// more. A value that is not available reads "n/a" and a note says why. Ends with a newline.
std::string to_table(const RunResult& result);

}  // namespace bitloom
