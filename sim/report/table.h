// SPDX-License-Identifier: Apache-2.0
// The report for the terminal.
#pragma once

#include <string>

#include "sim/report/result.h"
#include "sim/report/text_style.h"

namespace bitloom {

// Three parts: time per layer, energy and accuracy per layer, totals with area, accuracy and notes.
// Lines stay within the width of the style (tables are folded, texts wrapped). A value that is not
// available reads "n/a" and a note says why. Ends with a newline.
std::string to_table(const RunResult& result, const TextStyle& style = {});

}  // namespace bitloom
