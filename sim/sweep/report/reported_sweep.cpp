// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/reported_sweep.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/base/error.h"
#include "models/base/text.h"

namespace bitloom {

namespace {

bool is_named(const StoredSweep& sweep, std::string_view which) {
    const std::filesystem::path file(sweep.name);
    return which == sweep.name || which == file.filename().string() ||
           which == file.stem().string() || which == fmt::format("{}", sweep.id);
}

const StoredSweep& select(const std::vector<StoredSweep>& sweeps, std::string_view which,
                          const std::filesystem::path& database) {
    if (sweeps.empty()) fail("{}: has no sweep", database.string());
    if (which.empty()) return sweeps.back();
    const auto found =
        std::find_if(sweeps.rbegin(), sweeps.rend(),
                     [which](const StoredSweep& sweep) { return is_named(sweep, which); });
    if (found != sweeps.rend()) return *found;
    std::string known;
    std::vector<std::string> names;
    for (const StoredSweep& sweep : sweeps) {
        known += fmt::format("{} {} '{}'", known.empty() ? "" : ",", sweep.id, sweep.name);
        names.push_back(sweep.name);
        names.push_back(std::filesystem::path(sweep.name).stem().string());
    }
    fail("{}: has no sweep '{}'; it has:{}{}", database.string(), which, known,
         did_you_mean(which, names));
}

}  // namespace

ReportedSweep read_reported_sweep(const std::filesystem::path& database, std::string_view which) {
    ResultStore store(database, {.mode = ResultStore::Mode::existing});
    const std::vector<StoredSweep> sweeps = store.sweeps();
    const StoredSweep& sweep = select(sweeps, which, database);
    if (sweep.program_versions.empty())
        fail("{}: no point of sweep '{}' has ended yet", database.string(), sweep.name);
    ReportedSweep reported;
    reported.database = database.string();
    reported.id = sweep.id;
    reported.name = sweep.name;
    reported.text = sweep.text;
    reported.program_version = sweep.program_versions.back();
    reported.other_versions.assign(sweep.program_versions.begin(),
                                   sweep.program_versions.end() - 1);
    reported.rule = frontier_rule(parse_sweep(sweep.name, sweep.text).search);
    reported.counts = store.counts(sweep.id, reported.program_version);
    reported.records = store.records(sweep.id, reported.program_version);
    return reported;
}

}  // namespace bitloom
