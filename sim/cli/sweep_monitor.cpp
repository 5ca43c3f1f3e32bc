// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/sweep_monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace bitloom {

std::string sweep_line(const SweepProgress& progress, std::size_t frontier, double per_second,
                       std::optional<double> seconds_left) {
    const std::int64_t ended = progress.cached + progress.done + progress.failed;
    const double part = progress.points > 0
                            ? static_cast<double>(ended) / static_cast<double>(progress.points)
                            : 1.0;
    std::string line = fmt::format("{} of {} points  {:.0f} %", ended, progress.points,
                                   std::floor(std::min(part, 1.0) * 100.0));
    if (progress.failed > 0) line += fmt::format("  {} failed", progress.failed);
    if (progress.cached > 0) line += fmt::format("  {} cached", progress.cached);
    if (per_second > 0.0) line += fmt::format("  {:.3g}/s", per_second);
    if (seconds_left) line += fmt::format("  {} left", duration_text(*seconds_left));
    return line + fmt::format("  frontier {}", frontier);
}

SweepMonitor::SweepMonitor(Progress::Write write, Progress::Clock clock)
    : write_(std::move(write)), clock_(std::move(clock)), begin_(clock_()) {
}

void SweepMonitor::update(const SweepProgress& progress, std::size_t frontier) {
    if (!write_) return;
    const double now = clock_();
    if (last_draw_ && now - *last_draw_ < Progress::redraw_interval_s) return;
    last_draw_ = now;
    // What failed in an earlier run is counted with what failed now: the rate is of this run's.
    const double ran = static_cast<double>(progress.done);
    const double per_second = now > begin_ ? ran / (now - begin_) : 0.0;
    std::optional<double> left;
    if (per_second > 0.0)
        left = static_cast<double>(std::max<std::int64_t>(
                   0, progress.points - progress.cached - progress.done - progress.failed)) /
               per_second;
    write_(fmt::format("\r{}\x1b[K", sweep_line(progress, frontier, per_second, left)));
    drawn_ = true;
}

void SweepMonitor::clear() {
    if (drawn_) write_("\r\x1b[K");
    drawn_ = false;
    last_draw_.reset();
}

}  // namespace bitloom
