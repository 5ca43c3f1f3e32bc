// SPDX-License-Identifier: Apache-2.0
// Runs the points of a sweep that a database does not have yet, and stores each as it ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
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
    bool complete = false;    // nothing is left to do
    std::int64_t points = 0;  // of the sweep
    std::int64_t cached = 0;  // done before it began, by this sweep or another
    std::int64_t done = 0;    // now, without the cached
    std::int64_t failed = 0;  // now or, unless tried again, before
};

// Runs points somewhere, each once, and hands over the record of each as it ends. Returns whether
// all were run; false: it was told to stop.
using RecordDone = std::function<void(const PointRecord&)>;
using RunPoints = std::function<bool(std::span<const SweepPoint>, const RecordDone&)>;

struct LocalOptions {
    std::string program_version;
    std::size_t jobs = 1;           // >= 1
    double timeout_s = 0.0;         // of one point; 0: none
    std::int64_t memory_bytes = 0;  // of one point; 0: no limit
    // Asked at least ten times a second. stop: kills the running points; drain: leaves them to
    // end. Either leaves the rest.
    std::function<bool()> stop, drain;
    // Called here with points that are about to run, before the first of them does.
    std::function<void(std::span<const SweepPoint>)> prepare;
};

// Runs points on this machine: calls `measure` for each in a child of its own (process_pool.h has
// the rules for callers and children). A point that throws, crashes, hangs or wants too much memory
// is recorded as failed with its message.
RunPoints run_here(LocalOptions options, std::function<PointMeasure(const SweepPoint&)> measure);

struct SweepRunOptions {
    std::string program_version;
    bool retry_failed = false;                         // those of an earlier run
    std::function<void(const PointRecord&)> recorded;  // a point of this run is in the store
    std::function<void(const SweepProgress&)> progress;
};

// Runs the points that are missing in the store and records each as it ends. Returns the last
// progress. Of a search, `points` is what it asks for at most, until it has ended. Throws Error of
// the store, the search and `run`.
SweepProgress run_sweep(const SweepFile& file, ResultStore& store, const SweepRunOptions& options,
                        const RunPoints& run);

}  // namespace bitloom
