// SPDX-License-Identifier: Apache-2.0
// Runs the points of a sweep that a database does not have yet, and stores each as it ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "sim/sweep/result_store.h"
#include "sim/sweep/sweep_file.h"

namespace bitloom {

// What one point measured, in the child that ran it.
struct PointMeasure {
    std::map<std::string, Metric> metrics;  // finite
    std::map<std::string, std::string> configuration;
    std::map<std::string, std::string> provenance;
    std::string result_json;
};

struct SweepProgress {
    std::int64_t points = 0;  // of the sweep
    std::int64_t cached = 0;  // done before it began, by this sweep or another
    std::int64_t done = 0;    // now, without the cached
    std::int64_t failed = 0;  // now or, unless tried again, before
};

struct SweepRunOptions {
    std::string program_version;
    std::size_t jobs = 1;        // >= 1
    bool retry_failed = false;   // those of an earlier run
    std::function<bool()> stop;  // asked at least ten times a second; true: leave the rest
    std::function<void(const SweepProgress&)> progress;
};

// Calls `measure` for each missing point in a child of its own (process_pool.h has the rules for
// callers and children), with the sweep's limits of time and memory. A point that throws, crashes,
// hangs or wants too much memory is stored as failed with its message. Returns the last progress:
// done + cached + failed is below `points` when it was stopped. Throws Error of the store.
SweepProgress run_sweep(const SweepFile& file, ResultStore& store, const SweepRunOptions& options,
                        const std::function<PointMeasure(const SweepPoint&)>& measure);

}  // namespace bitloom
