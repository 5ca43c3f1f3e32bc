// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "models/base/error.h"
#include "models/base/text.h"
#include "sim/sweep/pareto.h"
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
    const auto choose = [&](std::vector<std::string> wanted, const std::string& taken) {
        wanted.insert(wanted.end(), names.begin(), names.end());
        for (const std::string& name : wanted)
            if (name != taken && has(name)) return name;
        return std::string();
    };
    const std::string x =
        options.x.empty() ? choose({"latency_s", "cycles"}, options.y) : options.x;
    return {x,
            options.y.empty() ? choose({"energy_pj", "tops_per_watt", "accuracy"}, x) : options.y};
}

// Indices of the points that no other beats in both metrics.
std::vector<std::size_t> front_of(const Points& points, const std::string& x,
                                  const std::string& y) {
    std::vector<std::vector<double>> costs;
    std::vector<std::size_t> index;
    const auto cost = [](const PointRecord& point, const std::string& name) {
        const auto found = point.metrics.find(name);
        if (found == point.metrics.end()) return std::nan("");
        return metric_info(name).higher_is_better ? -number(found->second) : number(found->second);
    };
    for (std::size_t i = 0; i < points.size(); ++i) {
        const double cost_x = cost(*points[i], x), cost_y = cost(*points[i], y);
        if (std::isnan(cost_x) || std::isnan(cost_y)) continue;
        costs.push_back({cost_x, cost_y});
        index.push_back(i);
    }
    std::vector<std::size_t> front;
    for (const std::size_t i : pareto_front(costs)) front.push_back(index[i]);
    return front;
}

Json sweep_json(const ReportedSweep& sweep) {
    return {{"database", sweep.database},
            {"name", sweep.name},
            {"text", sweep.text},
            {"program", sweep.program_version},
            {"other_programs", sweep.other_versions},
            {"points", sweep.counts.points},
            {"done", sweep.counts.done},
            {"failed", sweep.counts.failed}};
}

template <class ValueOf>
Json column(const Points& points, const ValueOf& value_of) {
    Json json = Json::array();
    for (const PointRecord* point : points) json.push_back(value_of(*point));
    return json;
}

Json point_json(const Points& points, std::size_t of_first_sweep) {
    Json json;
    json["sweep"] = Json::array();
    json["number"] = Json::array();
    for (std::size_t i = 0; i < points.size(); ++i) {
        const bool first = i < of_first_sweep;
        json["sweep"].push_back(first ? 0 : 1);
        json["number"].push_back(first ? i : i - of_first_sweep);
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
    const auto [x, y] = first_axes(names, options);

    Json json;
    json["schema"] = "bitloom-sweep-page";
    json["sweeps"] = Json::array({sweep_json(sweep)});
    if (other != nullptr) json["sweeps"].push_back(sweep_json(*other));
    json["first"]["x"] = x.empty() ? Json(nullptr) : Json(x);
    json["first"]["y"] = y.empty() ? Json(nullptr) : Json(y);
    json["point"] = point_json(points, sweep.records.size());
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
    json["layers"] = layers.to_json(y.empty() ? std::vector<std::size_t>() : front_of(points, x, y),
                                    options.most_layer_bytes);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bitloom
