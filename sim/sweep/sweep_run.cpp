// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sweep_run.h"

#include <cmath>
#include <ctime>
#include <numeric>
#include <optional>

#include "models/base/error.h"
#include "sim/sweep/process_pool.h"
#include "sim/sweep/record_line.h"
#include "sim/sweep/search/search.h"

namespace bitloom {

namespace {

// What goes from child to caller.
std::string line_of(const PointMeasure& measure) {
    for (const auto& [name, metric] : measure.metrics)
        BITLOOM_CHECK(std::isfinite(number(metric)), "the metric {} is finite", name);
    PointRecord record;
    record.metrics = measure.metrics;
    record.configuration = measure.configuration;
    record.provenance = measure.provenance;
    record.result_json = measure.result_json;
    return to_line(record);
}

PointRecord record_of(const SweepPoint& point, const PointOutcome& outcome,
                      const std::string& program_version) {
    PointRecord record;
    if (outcome.end == PointEnd::result) {
        const std::optional<PointRecord> measured = record_of_line(outcome.result);
        BITLOOM_CHECK(measured.has_value(), "what a child wrote can be read");
        record = *measured;
    } else {
        record.status = PointStatus::failed;
        record.message = outcome.message;
    }
    record.point = point;
    record.program_version = program_version;
    record.seconds = outcome.seconds;
    record.peak_bytes = outcome.peak_bytes;
    record.finished_unix = static_cast<std::int64_t>(std::time(nullptr));
    return record;
}

// Thrown through a search that is not to go on.
struct Stopped {};

class Run {
public:
    Run(const SweepFile& file, ResultStore& store, const SweepRunOptions& options,
        const RunPoints& run_points)
        : file_(file), store_(store), options_(options), run_points_(run_points) {}

    const SweepProgress& progress() const { return progress_; }

    void all() {
        const std::vector<SweepPoint> points = file_.points();
        const std::int64_t sweep = store_.add_sweep(file_, points);
        const std::vector<std::size_t> missing =
            store_.missing(sweep, options_.program_version, options_.retry_failed);
        const SweepCounts before = store_.counts(sweep, options_.program_version);
        progress_.points = before.points;
        progress_.cached = before.done;
        progress_.failed = options_.retry_failed ? 0 : before.failed;
        std::vector<SweepPoint> to_do;
        for (const std::size_t index : missing) to_do.push_back(points[index]);
        progress_.complete = run(to_do);
    }

    void search() {
        const std::int64_t sweep = store_.add_sweep(file_, {});
        progress_.points = file_.search.population * (file_.search.generations + 1);
        try {
            const SearchResult found = bitloom::search(
                file_, [&](std::span<const SweepPoint> points) { return answer(sweep, points); });
            progress_.points = std::ssize(found.points);
            progress_.complete = true;
        } catch (const Stopped&) {
            return;
        }
        report();
    }

private:
    void report() const {
        if (options_.progress) options_.progress(progress_);
    }

    std::vector<std::optional<Metrics>> answer(std::int64_t sweep,
                                               std::span<const SweepPoint> points) {
        store_.add_points(sweep, points);
        std::vector<SweepPoint> to_do;
        for (const SweepPoint& point : points) {
            const auto known = store_.find(point.hash, options_.program_version);
            if (!known || (known->status == PointStatus::failed && options_.retry_failed))
                to_do.push_back(point);
            else
                (known->status == PointStatus::done ? progress_.cached : progress_.failed) += 1;
        }
        if (!run(to_do)) throw Stopped{};
        std::vector<std::optional<Metrics>> answers;
        for (const SweepPoint& point : points) {
            const auto known = store_.find(point.hash, options_.program_version);
            BITLOOM_CHECK(known.has_value(), "a point that ended is in the store");
            answers.emplace_back();
            if (known->status == PointStatus::done) answers.back() = known->metrics;
        }
        return answers;
    }

    // Whether all were run.
    bool run(const std::vector<SweepPoint>& points) {
        report();
        if (points.empty()) return true;
        return run_points_(points, [&](const PointRecord& record) {
            store_.record(record);
            (record.status == PointStatus::done ? progress_.done : progress_.failed) += 1;
            if (options_.recorded) options_.recorded(record);
            report();
        });
    }

    const SweepFile& file_;
    ResultStore& store_;
    const SweepRunOptions& options_;
    const RunPoints& run_points_;
    SweepProgress progress_;
};

}  // namespace

RunPoints run_here(LocalOptions options, std::function<PointMeasure(const SweepPoint&)> measure) {
    return [options = std::move(options), measure = std::move(measure)](
               std::span<const SweepPoint> points, const RecordDone& done) {
        if (options.prepare) options.prepare(points);
        PoolOptions pool;
        pool.jobs = options.jobs;
        pool.timeout_s = options.timeout_s;
        pool.memory_bytes = options.memory_bytes;
        pool.stop = options.stop;
        pool.drain = options.drain;
        std::vector<std::size_t> indices(points.size());
        std::iota(indices.begin(), indices.end(), std::size_t{0});
        return run_points(
            indices, pool, [&](std::size_t index) { return line_of(measure(points[index])); },
            [&](const PointOutcome& outcome) {
                if (outcome.end != PointEnd::stopped)
                    done(record_of(points[outcome.index], outcome, options.program_version));
            });
    };
}

SweepProgress run_sweep(const SweepFile& file, ResultStore& store, const SweepRunOptions& options,
                        const RunPoints& run_points) {
    Run run(file, store, options, run_points);
    if (file.is_search())
        run.search();
    else
        run.all();
    return run.progress();
}

}  // namespace bitloom
