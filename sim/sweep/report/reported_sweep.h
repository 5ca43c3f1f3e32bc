// SPDX-License-Identifier: Apache-2.0
// A sweep as a report sees it: what one version of the program found for its points.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sim/sweep/frontier.h"
#include "sim/sweep/result_store.h"

namespace bitloom {

struct ReportedSweep {
    std::string database;  // the file
    std::int64_t id = 0;
    std::string name;             // of the sweep's file
    std::string text;             // of the sweep's file
    std::string program_version;  // that finished a point last: the records are all of it
    std::vector<std::string> other_versions;  // with points of the same sweep, left out
    SweepCounts counts;
    FrontierRule rule = frontier_rule(SearchSettings());  // of the sweep's text
    std::vector<PointRecord> records;                     // in the order of the sweep's points
};

// `which`: the sweep's file as it was given, its name without folder or ending, or its number in
// the database; the last one of several; empty: the last of all. Throws Error for a file that is no
// results database, one without sweeps, an unknown sweep, a sweep of which nothing has ended, a
// text of the sweep that is none.
ReportedSweep read_reported_sweep(const std::filesystem::path& database, std::string_view which);

}  // namespace bitloom
