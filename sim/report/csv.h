// SPDX-License-Identifier: Apache-2.0
// The result as CSV, for spreadsheets and data frames.
#pragma once

#include <string>
#include <string_view>

#include "sim/report/result.h"

namespace bitloom {

// A header (each name ends with its unit), one record a layer, and a last record named "total" with
// the run's totals. RFC 4180: CRLF, quotes where needed. The four known stall causes always have a
// column; energy has one a component; `raised` is 1 for a layer raised beyond the scheme's rule,
// and their number in the total. Scheme, random codes, accuracies and what made the file (commit,
// date, command, ...) stand in the total. An analog chip has five columns a time, in the last
// record. What is not available is an empty field; an SQNR without any error is "inf" and its
// `exact` is 1.
std::string to_csv(const RunResult& result);

// A field as RFC 4180 section 2 wants it: quoted when it holds a comma, a quote, CR or LF.
std::string csv_field(std::string_view text);

}  // namespace bitloom
