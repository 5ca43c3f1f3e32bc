// SPDX-License-Identifier: Apache-2.0
// What a sweep wants of the metrics: which to have small or large, and limits.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/sweep/metric.h"

namespace bitloom {

struct Objective {
    std::string metric;  // "energy_pj"
    bool maximize = false;
};

// metric <= bound, or >= bound; in the metric's unit.
struct MetricLimit {
    std::string metric;
    bool at_most = true;
    double bound = 0.0;  // finite
};

// "latency_s, energy_pj" and "area_mm2 <= 10, accuracy >= 0.9"; both may be empty. Throw Error that
// says what is wrong and what is allowed, without the place.
std::vector<std::string> parse_metrics(std::string_view text);
std::vector<MetricLimit> parse_limits(std::string_view text);

// The same texts of parsed ones: of the objectives that are minimized, or of those maximized.
std::string metrics_text(const std::vector<Objective>& objectives, bool maximize);
std::string limits_text(const std::vector<MetricLimit>& limits);

// By how much a metric misses its limit, as a part of the bound (of 1 where that is 0): 0 when met.
double violation(const MetricLimit& limit, double value);

using Metrics = std::map<std::string, Metric>;

// The objectives of a point, in their order, all to be minimized: a maximized one is negated.
// Nothing when the point lacks one of them.
std::optional<std::vector<double>> costs(const std::vector<Objective>& objectives,
                                         const Metrics& metrics);
// Whether it has all limited metrics and all keep their limit.
bool within(const std::vector<MetricLimit>& limits, const Metrics& metrics);

}  // namespace bitloom
