// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/sweep_monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/cli/sweep_metrics.h"
#include "sim/sweep/pareto.h"

namespace bitloom {

Frontier::Frontier(const SearchSettings& wanted)
    : objectives_(wanted.objectives), limits_(wanted.limits), default_(wanted.objectives.empty()) {
    if (default_) objectives_ = default_objectives();
}

void Frontier::add(const PointRecord& record) {
    if (record.status != PointStatus::done || !within(limits_, record.metrics)) return;
    std::vector<Objective> objectives = objectives_;
    if (default_)
        std::erase_if(objectives, [&](const Objective& objective) {
            return record.metrics.count(objective.metric) == 0;
        });
    const std::optional<std::vector<double>> point = costs(objectives, record.metrics);
    if (!point || point->empty()) return;
    std::string workload = fmt::format("{} objectives", point->size());
    for (const char* key : {"network", "gemm"})
        if (const std::string* value = record.point.find(key))
            workload += fmt::format(" {}={}", key, *value);
    std::vector<std::vector<double>>& front = fronts_[workload];
    for (const std::vector<double>& other : front)
        if (dominates(other, *point)) return;
    std::erase_if(front,
                  [&](const std::vector<double>& other) { return dominates(*point, other); });
    front.push_back(*point);
}

std::size_t Frontier::size() const {
    std::size_t size = 0;
    for (const auto& [workload, front] : fronts_) size += front.size();
    return size;
}

std::string Frontier::objectives_text() const {
    std::string text;
    for (const Objective& objective : objectives_)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ",
                            objective.maximize ? "large" : "small", objective.metric);
    return text;
}

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
