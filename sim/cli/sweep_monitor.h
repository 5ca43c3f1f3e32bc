// SPDX-License-Identifier: Apache-2.0
// How far a sweep is: the line that shows it on a terminal.
#pragma once

#include <optional>
#include <string>

#include "sim/cli/progress.h"
#include "sim/sweep/sweep_run.h"

namespace bitloom {

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
