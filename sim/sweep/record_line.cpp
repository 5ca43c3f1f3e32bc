// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/record_line.h"

#include <nlohmann/json.hpp>

#include "sim/sweep/stored_json.h"

namespace bitloom {

std::string to_line(const PointRecord& record) {
    nlohmann::json json = {{"hash", record.point.hash}, {"values", record.point.values}};
    nlohmann::json metrics = nlohmann::json::object();
    for (const auto& [name, metric] : record.metrics)
        std::visit([&, &key = name](auto value) { metrics[key] = value; }, metric);
    json["metrics"] = metrics;
    json["version"] = record.program_version;
    json["done"] = record.status == PointStatus::done;
    json["message"] = record.message;
    json["configuration"] = record.configuration;
    json["provenance"] = record.provenance;
    json["result"] = record.result_json;
    json["seconds"] = record.seconds;
    json["peak_bytes"] = record.peak_bytes;
    json["finished_unix"] = record.finished_unix;
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<PointRecord> record_of_line(std::string_view line) {
    using Map = std::map<std::string, std::string>;
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    try {
        const nlohmann::json json = stored_json(line);
        PointRecord record;
        record.point.hash = json.at("hash").get<std::string>();
        record.point.values = json.at("values").get<Pairs>();
        for (const auto& [name, value] : json.at("metrics").items())
            record.metrics.emplace(name, value.is_number_integer()
                                             ? Metric(value.get<std::int64_t>())
                                             : Metric(value.get<double>()));
        record.program_version = json.at("version").get<std::string>();
        record.status = json.at("done").get<bool>() ? PointStatus::done : PointStatus::failed;
        record.message = json.at("message").get<std::string>();
        record.configuration = json.at("configuration").get<Map>();
        record.provenance = json.at("provenance").get<Map>();
        record.result_json = json.at("result").get<std::string>();
        record.seconds = json.at("seconds").get<double>();
        record.peak_bytes = json.at("peak_bytes").get<std::int64_t>();
        record.finished_unix = json.at("finished_unix").get<std::int64_t>();
        return record;
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

}  // namespace bitloom
