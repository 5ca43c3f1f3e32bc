// SPDX-License-Identifier: Apache-2.0
// How far a sweep is: its frontier and the line that shows it on a terminal.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/progress.h"
#include "sim/sweep/objectives.h"
#include "sim/sweep/sweep_run.h"

namespace bitloom {

// The points of which no other is better, as they come: within the limits, by the sweep's
// objectives or else by default_objectives(). Points of different networks or products are not
// compared, and neither are those with and without an accuracy where the sweep names no objectives.
class Frontier {
public:
    explicit Frontier(const SearchSettings& wanted);

    void add(const PointRecord& record);
    std::size_t size() const;
    // "small latency_s, large accuracy"
    std::string objectives_text() const;

private:
    std::vector<Objective> objectives_;
    std::vector<MetricLimit> limits_;
    bool default_ = false;
    std::map<std::string, std::vector<std::vector<double>>> fronts_;  // costs, by workload
};

// "34 of 120 points  28 %  3 failed  10 cached  12.3/s  1:07 left  frontier 7"; without the parts
// that are 0 or not known.
std::string sweep_line(const SweepProgress& progress, std::size_t frontier, double per_second,
                       std::optional<double> seconds_left);

// Draws the line, at most ten times a second; nothing without a terminal.
class SweepMonitor {
public:
    SweepMonitor(Progress::Write write, Progress::Clock clock);
    ~SweepMonitor() { clear(); }
    SweepMonitor(const SweepMonitor&) = delete;
    SweepMonitor& operator=(const SweepMonitor&) = delete;

    void update(const SweepProgress& progress, std::size_t frontier);
    void clear();
    double elapsed_s() const { return clock_() - begin_; }

private:
    Progress::Write write_;
    Progress::Clock clock_;
    const double begin_;
    std::optional<double> last_draw_;
    bool drawn_ = false;
};

}  // namespace bitloom
