// SPDX-License-Identifier: Apache-2.0
// The result as a page for people.
#pragma once

#include <string>

#include "sim/report/result.h"

namespace bitloom {

// One self-contained HTML5 page: it holds its style, its script and the result (as of to_json), and
// its content security policy forbids every network access. Charts: roofline, energy, cycles,
// utilization, SQNR by layer, energy and area by component, accuracy; each can be saved as SVG. A
// reader without JavaScript sees the table of to_table. With "#selftest" in its address the page
// tests itself and leaves the outcome in the attribute data-selftest of <html>.
std::string to_html(const RunResult& result);

}  // namespace bitloom
