// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/sweep_export.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "sim/cli/sweep_measure.h"
#include "sim/report/csv.h"
#include "sim/sweep/report/metric_info.h"

namespace bitloom {

namespace {

std::string text_of(const Metric& metric) {
    return std::visit([](auto number) { return fmt::format("{}", number); }, metric);
}

const char* status_text(PointStatus status) {
    return status == PointStatus::done ? "done" : "failed";
}

// The numbers of the points on it.
std::set<std::int64_t> on_frontier(const FrontierRule& rule,
                                   const std::vector<PointRecord>& records) {
    std::set<std::int64_t> numbers;
    for (const WorkloadFrontier& each : frontier_of(rule, records).workloads())
        numbers.insert(each.numbers.begin(), each.numbers.end());
    return numbers;
}

// A fraction as percent, to 15 digits: 0.07 * 100 would read 7.000000000000001.
std::string percent_of(const Metric& metric) {
    return fmt::format("{:.15g}", 100.0 * number(metric));
}

}  // namespace

std::string sweep_csv(const FrontierRule& rule, const std::vector<PointRecord>& records) {
    const std::set<std::int64_t> frontier = on_frontier(rule, records);
    std::set<std::string> parameters, metrics;
    for (const PointRecord& record : records) {
        for (const auto& [key, value] : record.point.values) parameters.insert(key);
        for (const auto& [name, value] : record.metrics) metrics.insert(name);
    }
    std::string text = "number,status,frontier,message";
    for (const std::string& name : parameters) text += fmt::format(",{}", csv_field(name));
    for (const std::string& name : metrics)
        text +=
            fmt::format(",{}{}", csv_field(name), metric_info(name).is_fraction ? "_percent" : "");
    text +=
        ",wall_time_s,peak_memory_bytes,finished_unix_s,program_version,commit,host,command\r\n";
    for (const PointRecord& record : records) {
        text += fmt::format("{},{},{},{}", record.number, status_text(record.status),
                            frontier.count(record.number), csv_field(record.message));
        for (const std::string& name : parameters) {
            const std::string* value = record.point.find(name);
            text += fmt::format(",{}", value == nullptr ? std::string() : csv_field(*value));
        }
        for (const std::string& name : metrics) {
            const auto value = record.metrics.find(name);
            text += ",";
            if (value == record.metrics.end()) continue;
            text +=
                metric_info(name).is_fraction ? percent_of(value->second) : text_of(value->second);
        }
        text += fmt::format(",{},{},{},{}", record.seconds, record.peak_bytes, record.finished_unix,
                            csv_field(record.program_version));
        for (const char* key : {"commit", host_key, command_key}) {
            const auto found = record.provenance.find(key);
            text += ',';
            if (found != record.provenance.end()) text += csv_field(found->second);
        }
        text += "\r\n";
    }
    return text;
}

std::string sweep_json(const std::string& sweep, const FrontierRule& rule,
                       const std::vector<PointRecord>& records) {
    using Json = nlohmann::ordered_json;
    const std::set<std::int64_t> frontier = on_frontier(rule, records);
    Json points = Json::array();
    for (const PointRecord& record : records) {
        Json point;
        point["number"] = record.number;
        point["status"] = status_text(record.status);
        point["frontier"] = frontier.count(record.number) > 0;
        point["message"] = record.message;
        for (const auto& [key, value] : record.point.values) point["parameters"][key] = value;
        for (const auto& [name, metric] : record.metrics)
            std::visit([&, &key = name](auto value) { point["metrics"][key] = value; }, metric);
        point["configuration"] = record.configuration;
        point["provenance"] = record.provenance;
        point["wall_time_s"] = record.seconds;
        point["peak_memory_bytes"] = record.peak_bytes;
        point["finished_unix_s"] = record.finished_unix;
        point["program_version"] = record.program_version;
        point["result"] = record.result_json.empty()
                              ? Json(nullptr)
                              : Json::parse(record.result_json, nullptr, false);
        points.push_back(std::move(point));
    }
    const Json all = {{"schema", "bitloom-sweep"},
                      {"schema_version", 1},
                      {"sweep", sweep},
                      {"minimize", metrics_text(rule.objectives, false)},
                      {"maximize", metrics_text(rule.objectives, true)},
                      {"limits", limits_text(rule.limits)},
                      {"points", std::move(points)}};
    return all.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bitloom
