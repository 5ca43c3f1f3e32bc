// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sweep_run.h"

#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "sim/sweep/process_pool.h"

namespace bitloom {

namespace {

// What goes from child to caller. JSON keeps integers apart from reals and writes reals so that
// they read back to the bit.
std::string to_text(const PointMeasure& measure) {
    nlohmann::json metrics = nlohmann::json::object();
    for (const auto& [name, metric] : measure.metrics) {
        if (const double* real = std::get_if<double>(&metric))
            BITLOOM_CHECK(std::isfinite(*real), "the metric {} is finite", name);
        std::visit([&, &key = name](auto number) { metrics[key] = number; }, metric);
    }
    return nlohmann::json{{"metrics", metrics},
                          {"configuration", measure.configuration},
                          {"provenance", measure.provenance},
                          {"result", measure.result_json}}
        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void read_text(const std::string& text, PointRecord& record) {
    const nlohmann::json json = nlohmann::json::parse(text);
    for (const auto& [name, value] : json.at("metrics").items())
        record.metrics.emplace(name, value.is_number_integer() ? Metric(value.get<std::int64_t>())
                                                               : Metric(value.get<double>()));
    record.configuration = json.at("configuration").get<std::map<std::string, std::string>>();
    record.provenance = json.at("provenance").get<std::map<std::string, std::string>>();
    record.result_json = json.at("result").get<std::string>();
}

PointRecord record_of(const SweepPoint& point, const PointOutcome& outcome,
                      const std::string& program_version) {
    PointRecord record;
    record.point = point;
    record.program_version = program_version;
    record.seconds = outcome.seconds;
    record.peak_bytes = outcome.peak_bytes;
    record.finished_unix = static_cast<std::int64_t>(std::time(nullptr));
    if (outcome.end == PointEnd::result) {
        read_text(outcome.result, record);
    } else {
        record.status = PointStatus::failed;
        record.message = outcome.message;
    }
    return record;
}

}  // namespace

SweepProgress run_sweep(const SweepFile& file, ResultStore& store, const SweepRunOptions& options,
                        const std::function<PointMeasure(const SweepPoint&)>& measure) {
    const std::vector<SweepPoint> points = file.points();
    const std::int64_t sweep = store.add_sweep(file, points);
    const std::vector<std::size_t> missing =
        store.missing(sweep, options.program_version, options.retry_failed);
    const SweepCounts before = store.counts(sweep, options.program_version);
    SweepProgress progress;
    progress.points = before.points;
    progress.cached = before.done;
    progress.failed = options.retry_failed ? 0 : before.failed;
    if (options.progress) options.progress(progress);

    PoolOptions pool;
    pool.jobs = options.jobs;
    pool.timeout_s = file.settings.timeout_s;
    pool.memory_bytes = file.settings.memory_bytes;
    pool.stop = options.stop;
    run_points(
        missing, pool, [&](std::size_t index) { return to_text(measure(points[index])); },
        [&](const PointOutcome& outcome) {
            if (outcome.end == PointEnd::stopped) return;  // still to do
            store.record(record_of(points[outcome.index], outcome, options.program_version));
            (outcome.end == PointEnd::result ? progress.done : progress.failed) += 1;
            if (options.progress) options.progress(progress);
        });
    return progress;
}

}  // namespace bitloom
