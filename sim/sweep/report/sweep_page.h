// SPDX-License-Identifier: Apache-2.0
// The page of a sweep: fronts, parallel coordinates, sensitivity, layers, comparison, table.
#pragma once

#include <cstddef>
#include <string>

#include "sim/sweep/report/reported_sweep.h"

namespace bitloom {

struct SweepPageOptions {
    std::string x{};  // metrics of the first view; empty: the first objectives that there are
    std::string y{};
    std::size_t most_layer_bytes = std::size_t{24} << 20;  // of JSON about layers
};

// What the page shows, as JSON (one line, ends with a newline); by column, so that thousands of
// points stay small. Points are the records of `sweep`, then those of `other`:
//   schema, sweeps: [{database, name, text, program, other_programs, points, done, failed,
//            frontier: {is_default, objectives: [{metric, maximize}], limits: [{metric, at_most,
//            bound}], workloads: [{name, objectives: [metrics that count there]}]}}]
//   first: {x, y}                     metrics; null where there is none
//   point: {sweep: [0 or 1], number: [0.. within the sweep], hash, failed: [0 or 1],
//           frontier: [0 or 1: on that of its sweep], seconds, peak_bytes, finished_unix}
//   message, workload, parameters, configuration, provenance: texts as {name, values: [different
//   ones],
//           codes: [index into values by point, or -1], or null where all have values[0]}
//   metrics: [{name, label, unit, higher_is_better, is_fraction, values: [number, null, or a
//   text]}]   texts: integers
//           beyond 2^53 and infinities, which a reader of JSON would change
//   layers: of LayerBlocks, those of the points on the frontier first
// Bytes that are not UTF-8 become U+FFFD. Throws Error for a metric that no point has.
std::string sweep_page_data(const ReportedSweep& sweep, const ReportedSweep* other = nullptr,
                            const SweepPageOptions& options = {});

// One self-contained HTML5 page: it holds its style, its scripts, the charts' library and the data,
// and its content security policy forbids every network access.
std::string sweep_page(const ReportedSweep& sweep, const ReportedSweep* other = nullptr,
                       const SweepPageOptions& options = {});

}  // namespace bitloom
