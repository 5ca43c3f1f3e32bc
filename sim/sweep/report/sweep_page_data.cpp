// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "models/base/error.h"
#include "models/base/text.h"
#include "sim/sweep/condition_notes.h"
#include "sim/sweep/frontier.h"
#include "sim/sweep/report/layer_blocks.h"
#include "sim/sweep/report/metric_info.h"
#include "sim/sweep/report/sweep_page.h"

namespace bitloom {

namespace {

using Json = nlohmann::ordered_json;
using Points = std::vector<const PointRecord*>;

// Different texts once, and which of them each point has.
class TextColumn {
public:
    explicit TextColumn(std::size_t points) : codes_(points, -1) {}

    void set(std::size_t point, const std::string& text) {
        const auto [entry, is_new] = index_.try_emplace(text, index_.size());
        if (is_new) values_.push_back(text);
        codes_[point] = static_cast<std::int64_t>(entry->second);
    }
    Json to_json(const std::string& name) const {
        Json json;
        json["name"] = name;
        json["values"] = values_;
        const bool constant =
            std::all_of(codes_.begin(), codes_.end(), [](std::int64_t code) { return code == 0; });
        json["codes"] = constant ? Json(nullptr) : Json(codes_);
        return json;
    }

private:
    std::map<std::string, std::size_t> index_;
    std::vector<std::string> values_;
    std::vector<std::int64_t> codes_;
};

// One column a key; `entries_of` gives pairs of key and text of a point.
template <class EntriesOf>
Json text_columns(const Points& points, const EntriesOf& entries_of) {
    std::map<std::string, TextColumn> columns;
    for (std::size_t i = 0; i < points.size(); ++i)
        for (const auto& [key, value] : entries_of(*points[i]))
            columns.try_emplace(key, points.size()).first->second.set(i, value);
    Json json = Json::array();
    for (const auto& [key, column] : columns) json.push_back(column.to_json(key));
    return json;
}

Json number_json(std::int64_t value) {
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    return value >= -exact && value <= exact ? Json(value) : Json(fmt::format("{}", value));
}

Json number_json(double value) {
    return std::isfinite(value) ? Json(value) : Json(value < 0 ? "-inf" : "inf");
}

Json metric_columns(const Points& points, const std::vector<std::string>& names) {
    Json json = Json::array();
    for (const std::string& name : names) {
        const MetricInfo info = metric_info(name);
        Json values = Json::array();
        for (const PointRecord* point : points) {
            const auto found = point->metrics.find(name);
            values.push_back(
                found == point->metrics.end()
                    ? Json(nullptr)
                    : std::visit([](auto value) { return number_json(value); }, found->second));
        }
        json.push_back({{"name", name},
                        {"label", metric_label(name)},
                        {"unit", info.unit},
                        {"higher_is_better", info.higher_is_better},
                        {"is_fraction", info.is_fraction},
                        {"values", std::move(values)}});
    }
    return json;
}

std::vector<std::string> metric_names(const Points& points) {
    std::set<std::string> names;
    for (const PointRecord* point : points)
        for (const auto& [name, value] : point->metrics) names.insert(name);
    return {names.begin(), names.end()};
}

// The first view's axes; empty where there are too few metrics.
std::pair<std::string, std::string> first_axes(const std::vector<std::string>& names,
                                               const FrontierRule& rule,
                                               const SweepPageOptions& options) {
    const auto has = [&names](const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const std::string& asked : {options.x, options.y}) {
        if (asked.empty() || has(asked)) continue;
        std::string known;
        for (const std::string& name : names) known += " " + name;
        fail("no point has a metric '{}'; known:{}{}", asked, known, did_you_mean(asked, names));
    }
    // The objectives first, from the second one on for y, then what else there is.
    const auto choose = [&](std::size_t start, const std::string& taken) {
        std::vector<std::string> wanted;
        for (const Objective& each : rule.objectives) wanted.push_back(each.metric);
        std::rotate(wanted.begin(), wanted.begin() + std::min(start, wanted.size()), wanted.end());
        for (const char* name : {"latency_s", "energy_pj", "cycles", "accuracy"})
            wanted.emplace_back(name);
        wanted.insert(wanted.end(), names.begin(), names.end());
        for (const std::string& name : wanted)
            if (name != taken && has(name)) return name;
        return std::string();
    };
    const std::string x = options.x.empty() ? choose(0, options.y) : options.x;
    return {x, options.y.empty() ? choose(1, x) : options.y};
}

// What the frontier is over, and its objectives of each workload.
Json frontier_json(const Frontier& frontier) {
    const FrontierRule& rule = frontier.rule();
    Json json;
    json["is_default"] = rule.is_default;
    json["objectives"] = Json::array();
    for (const Objective& each : rule.objectives)
        json["objectives"].push_back({{"metric", each.metric}, {"maximize", each.maximize}});
    json["limits"] = Json::array();
    for (const MetricLimit& each : rule.limits)
        json["limits"].push_back(
            {{"metric", each.metric}, {"at_most", each.at_most}, {"bound", each.bound}});
    json["workloads"] = Json::array();
    for (const WorkloadFrontier& each : frontier.workloads()) {
        Json names = Json::array();
        for (const Objective& objective : each.objectives) names.push_back(objective.metric);
        json["workloads"].push_back({{"name", each.workload}, {"objectives", std::move(names)}});
    }
    return json;
}

Json sweep_json(const ReportedSweep& sweep, const Frontier& frontier) {
    return {{"database", sweep.database},
            {"name", sweep.name},
            {"text", sweep.text},
            {"program", sweep.program_version},
            {"other_programs", sweep.other_versions},
            {"points", sweep.counts.points},
            {"done", sweep.counts.done},
            {"failed", sweep.counts.failed},
            {"frontier", frontier_json(frontier)}};
}

template <class ValueOf>
Json column(const Points& points, const ValueOf& value_of) {
    Json json = Json::array();
    for (const PointRecord* point : points) json.push_back(value_of(*point));
    return json;
}

// By point: 1 on the frontier of its sweep, else 0.
std::vector<int> on_frontier(const std::vector<PointRecord>& records, const Frontier& frontier) {
    std::set<std::int64_t> numbers;
    for (const WorkloadFrontier& each : frontier.workloads())
        numbers.insert(each.numbers.begin(), each.numbers.end());
    std::vector<int> is_on;
    for (const PointRecord& record : records)
        is_on.push_back(numbers.count(record.number) > 0 ? 1 : 0);
    return is_on;
}

Json point_json(const Points& points, std::size_t of_first_sweep) {
    Json json;
    json["sweep"] = Json::array();
    json["number"] = Json::array();
    for (std::size_t i = 0; i < points.size(); ++i) {
        json["sweep"].push_back(i < of_first_sweep ? 0 : 1);
        json["number"].push_back(points[i]->number);
    }
    json["hash"] = column(points, [](const PointRecord& p) { return p.point.hash; });
    json["failed"] = column(
        points, [](const PointRecord& p) { return p.status == PointStatus::failed ? 1 : 0; });
    json["seconds"] = column(points, [](const PointRecord& p) { return number_json(p.seconds); });
    json["peak_bytes"] =
        column(points, [](const PointRecord& p) { return number_json(p.peak_bytes); });
    json["finished_unix"] =
        column(points, [](const PointRecord& p) { return number_json(p.finished_unix); });
    return json;
}

}  // namespace

std::string sweep_page_data(const ReportedSweep& sweep, const ReportedSweep* other,
                            const SweepPageOptions& options) {
    Points points;
    for (const PointRecord& record : sweep.records) points.push_back(&record);
    if (other != nullptr)
        for (const PointRecord& record : other->records) points.push_back(&record);
    const std::vector<std::string> names = metric_names(points);
    const auto [x, y] = first_axes(names, sweep.rule, options);
    const Frontier frontier = frontier_of(sweep.rule, sweep.records);
    std::vector<int> is_on = on_frontier(sweep.records, frontier);

    Json json;
    json["schema"] = "bitloom-sweep-page";
    json["sweeps"] = Json::array({sweep_json(sweep, frontier)});
    if (other != nullptr) {
        const Frontier others = frontier_of(other->rule, other->records);
        json["sweeps"].push_back(sweep_json(*other, others));
        const std::vector<int> more = on_frontier(other->records, others);
        is_on.insert(is_on.end(), more.begin(), more.end());
    }
    std::vector<PointRecord> compared = sweep.records;
    if (other != nullptr)
        compared.insert(compared.end(), other->records.begin(), other->records.end());
    json["notes"] = condition_notes(compared);
    json["first"]["x"] = x.empty() ? Json(nullptr) : Json(x);
    json["first"]["y"] = y.empty() ? Json(nullptr) : Json(y);
    json["point"] = point_json(points, sweep.records.size());
    json["point"]["frontier"] = is_on;
    TextColumn workloads(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) workloads.set(i, workload_of(points[i]->point));
    json["workload"] = workloads.to_json("workload");
    TextColumn messages(points.size());
    for (std::size_t i = 0; i < points.size(); ++i)
        if (points[i]->status == PointStatus::failed) messages.set(i, points[i]->message);
    json["message"] = messages.to_json("message");
    json["parameters"] = text_columns(
        points, [](const PointRecord& p) -> const auto& { return p.point.values; });
    json["metrics"] = metric_columns(points, names);
    json["configuration"] = text_columns(
        points, [](const PointRecord& p) -> const auto& { return p.configuration; });
    json["provenance"] = text_columns(
        points, [](const PointRecord& p) -> const auto& { return p.provenance; });
    LayerBlocks layers;
    for (const PointRecord* point : points) layers.add(point->result_json);
    std::vector<std::size_t> first;
    for (std::size_t i = 0; i < points.size(); ++i)
        if (is_on[i] == 1) first.push_back(i);
    json["layers"] = layers.to_json(first, options.most_layer_bytes);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bitloom
