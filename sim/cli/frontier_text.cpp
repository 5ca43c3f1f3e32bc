// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/frontier_text.h"

#include <fmt/format.h>

#include "sim/cli/columns.h"
#include "sim/report/quantities.h"
#include "sim/sweep/report/metric_info.h"

namespace bitloom {

namespace {

// "12.5 us", "93.17 %", "5.4 uJ".
std::string value_text(const std::string& metric, double value) {
    const MetricInfo info = metric_info(metric);
    if (info.is_fraction) return fmt::format("{} %", percent(value));
    if (info.unit == "pJ") return with_si_prefix(value * 1e-12, "J");
    if (info.unit == "s" || info.unit == "J\u00b7s") return with_si_prefix(value, info.unit);
    return fmt::format("{:.4g}{}{}", value, info.unit.empty() ? "" : " ", info.unit);
}

}  // namespace

std::string frontier_text(const Frontier& frontier, const TextStyle& style) {
    const FrontierRule& rule = frontier.rule();
    std::string text =
        fmt::format("frontier ({}): {} points\n", frontier.objectives_text(), frontier.size());
    if (!rule.limits.empty()) text += fmt::format("of points with {}\n", limits_text(rule.limits));
    std::vector<TextColumn> columns = {name_column("network"), number_column("done"),
                                       number_column("frontier")};
    for (const Objective& objective : rule.objectives)
        columns.push_back(number_column(fmt::format(
            "{} {}", objective.maximize ? "highest" : "lowest", metric_label(objective.metric))));
    TextTable table(std::move(columns));
    for (const WorkloadFrontier& each : frontier.workloads()) {
        std::vector<std::string> row = {printable(each.workload), fmt::format("{}", each.done),
                                        fmt::format("{}", each.numbers.size())};
        for (const Objective& objective : rule.objectives) {
            const auto best = each.best.find(objective.metric);
            if (best == each.best.end()) {
                row.emplace_back("-");
                continue;
            }
            // A network that guesses is fast, too.
            const auto& [value, accuracy] = best->second;
            const bool is_accuracy = objective.metric == "accuracy";
            row.push_back(
                value_text(best->first, value) +
                (accuracy && !is_accuracy ? fmt::format(" at {} %", percent(*accuracy)) : ""));
        }
        table.add_row(std::move(row));
    }
    return frontier.workloads().empty() ? text : text + table.to_string(style);
}

}  // namespace bitloom
