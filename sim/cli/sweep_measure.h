// SPDX-License-Identifier: Apache-2.0
// Measures one point of a sweep.
#pragma once

#include <string>

#include "sim/cli/sweep_traces.h"
#include "sim/sweep/sweep_run.h"

namespace bitloom {

// What all points of a sweep share.
struct SweepWorkplace {
    const SweepFolders& folders;
    const FileCache& cache;
    const SweepTraces& traces;
    std::string program_version;
    std::string command;   // that runs the sweep, as a shell reads it
    std::size_t jobs = 1;  // points at a time
};

// Provenance of a point: what it did not have to compute, as "trace, accuracy"; empty: nothing.
inline constexpr const char* reused_key = "reused";

// Provenance that may differ between runs of the same sweep: where and by what a point was
// measured. The commit stands beside them.
inline constexpr const char* host_key = "host";
inline constexpr const char* command_key = "command";

// Simulates the point as `bitloom run` would, in a child made after the traces are prepared.
// Simulations (sim/engine/simulation_cache.h) and accuracies that another point has are taken from
// the cache: an accuracy depends on the trace, the number of inputs and the arithmetic of the
// array, and on no size or speed of the chip. Throws Error for what the point asks for and cannot
// have.
PointMeasure measure_point(const SweepPoint& point, const SweepWorkplace& workplace);

}  // namespace bitloom
