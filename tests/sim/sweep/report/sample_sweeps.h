// SPDX-License-Identifier: Apache-2.0
// Made-up sweeps for the tests of their page.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "sim/sweep/report/reported_sweep.h"

namespace bitloom::testing {

// About what ANT, bit-serial and analog chips would do on two networks: points of `count` random
// parameters, a few of them failed, the CIM chip without SQNR and buffer; every point with its
// layers. `better` makes all of them that much faster.
ReportedSweep plausible_sweep(std::size_t count, std::uint64_t seed = 1, double better = 1.0);

// Names, values and messages that try to leave the script, markup, quotes, odd bytes; integers
// beyond 2^53, infinities; metrics that only some points have.
ReportedSweep hostile_sweep();

// One point, and one with no metric at all.
ReportedSweep single_point();
ReportedSweep without_metrics();

// Enters the sweep and its records into a database, as a sweep would have left it.
void write_database(const std::filesystem::path& database, const ReportedSweep& sweep);

}  // namespace bitloom::testing
