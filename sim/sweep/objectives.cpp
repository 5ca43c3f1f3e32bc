// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/objectives.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "sim/sweep/decimal.h"

namespace bitloom {

namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The parts between commas, without the blanks around them; none for a blank text.
std::vector<std::string_view> parts(std::string_view text) {
    std::vector<std::string_view> result;
    if (trimmed(text).empty()) return result;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find(',', start), text.size());
        result.push_back(trimmed(text.substr(start, end - start)));
        start = end + 1;
    }
    return result;
}

bool is_name(std::string_view text) {
    return !text.empty() && text.find_first_not_of(
                                "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_.") == std::string_view::npos;
}

}  // namespace

std::vector<std::string> parse_metrics(std::string_view text) {
    std::vector<std::string> result;
    for (const std::string_view part : parts(text)) {
        if (!is_name(part)) fail("'{}': must be the name of a metric, as latency_s", part);
        if (std::find(result.begin(), result.end(), part) != result.end())
            fail("{} is named twice", part);
        result.emplace_back(part);
    }
    return result;
}

std::vector<MetricLimit> parse_limits(std::string_view text) {
    std::vector<MetricLimit> result;
    for (const std::string_view part : parts(text)) {
        const std::size_t sign = part.find_first_of("<>=");
        const std::string_view relation =
            sign == std::string_view::npos ? "" : part.substr(sign, 2);
        const std::string_view name = trimmed(part.substr(0, std::min(sign, part.size())));
        if (!is_name(name) || (relation != "<=" && relation != ">="))
            fail("'{}': must be METRIC <= NUMBER or METRIC >= NUMBER", part);
        const std::string_view bound = trimmed(part.substr(sign + 2));
        const std::optional<Decimal> value = parse_decimal(bound);
        if (!value || !value->suffix.empty())
            fail("'{}': '{}' must be a number without unit (the metric's name has the unit)", part,
                 bound);
        result.push_back({std::string(name), relation == "<=", value->value()});
    }
    return result;
}

std::string metrics_text(const std::vector<Objective>& objectives, bool maximize) {
    std::string text;
    for (const Objective& objective : objectives)
        if (objective.maximize == maximize)
            text += fmt::format("{}{}", text.empty() ? "" : ", ", objective.metric);
    return text;
}

std::string limits_text(const std::vector<MetricLimit>& limits) {
    std::string text;
    for (const MetricLimit& limit : limits)
        text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", limit.metric,
                            limit.at_most ? "<=" : ">=", limit.bound);
    return text;
}

double violation(const MetricLimit& limit, double value) {
    const double excess = limit.at_most ? value - limit.bound : limit.bound - value;
    if (!(excess > 0.0)) return 0.0;
    return limit.bound == 0.0 ? excess : excess / std::abs(limit.bound);
}

std::optional<std::vector<double>> costs(const std::vector<Objective>& objectives,
                                         const Metrics& metrics) {
    std::vector<double> result;
    for (const Objective& objective : objectives) {
        const auto found = metrics.find(objective.metric);
        if (found == metrics.end()) return std::nullopt;
        const double value = number(found->second);
        result.push_back(objective.maximize ? -value : value);
    }
    return result;
}

bool within(const std::vector<MetricLimit>& limits, const Metrics& metrics) {
    return std::all_of(limits.begin(), limits.end(), [&](const MetricLimit& limit) {
        const auto found = metrics.find(limit.metric);
        return found != metrics.end() && violation(limit, number(found->second)) == 0.0;
    });
}

}  // namespace bitloom
