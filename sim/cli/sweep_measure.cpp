// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/sweep_measure.h"

#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "models/array/array_config.h"
#include "models/base/error.h"
#include "sim/cli/run_provenance.h"
#include "sim/cli/sweep_metrics.h"
#include "sim/cli/thread_limit.h"
#include "sim/cli/version.h"
#include "sim/engine/chip_description.h"
#include "sim/engine/simulation_cache.h"
#include "sim/report/json.h"
#include "sim/sweep/content_hash.h"

namespace bitloom {

namespace {

// "command line: --array.rows = 3: ..." is of no command line here.
std::string without_command_line(std::string text) {
    for (const std::string_view place : {"command line: --", "command line: "})
        for (std::size_t at = 0; (at = text.find(place, at)) != std::string::npos;)
            text.erase(at, place.size());
    return text;
}

// Simulations among the files that points share.
class SharedSimulations : public SimulationCache {
public:
    SharedSimulations(const FileCache& cache, const std::string& program)
        : cache_(cache), program_(program) {}

    std::optional<std::string> find(const Key& key) override {
        std::optional<std::string> value = cache_.find("simulation", with_program(key));
        found_ = value.has_value();
        return value;
    }
    void store(const Key& key, const std::string& value) override {
        cache_.store("simulation", with_program(key), value);
    }
    bool found() const { return found_; }

private:
    Key with_program(Key key) const {
        key.emplace_back("program", program_);
        return key;
    }

    const FileCache& cache_;
    const std::string& program_;
    bool found_ = false;
};

// What the share of right answers follows from; nothing where that is not known.
std::optional<CacheKey> accuracy_key(const PointInput& input, const SweepWorkplace& workplace,
                                     const ChipDescription& chip, const RunOptions& options,
                                     const Trace& trace) {
    if (!options.accuracy || !input.simulation.gemm.empty() ||
        !trace.has_tensor("dataset/labels") || chip.is_analog())
        return std::nullopt;
    CacheKey key = {{"program", workplace.program_version},
                    {"trace", sha256_of_pairs(workplace.traces.content(input))},
                    {"inputs", fmt::format("{}", options.max_inputs)},
                    {"accumulator_bits", fmt::format("{}", accumulator_bits(chip.gemm().array))}};
    return key;
}

// In JSON a double reads back to the bit.
std::string to_text(const AccuracyResult& accuracy) {
    return nlohmann::json{{"inputs", accuracy.inputs}, {"top1", *accuracy.chip_top1}}.dump();
}

void read_text(const std::string& text, AccuracyResult& accuracy) {
    const nlohmann::json json = nlohmann::json::parse(text);
    accuracy.inputs = json.at("inputs").get<std::int64_t>();
    accuracy.chip_top1 = json.at("top1").get<double>();
}

PointMeasure measure(const SweepPoint& point, const SweepWorkplace& workplace) {
    const PointInput input(point, workplace.folders);
    const ChipDescription chip = read_chip(input.chip, input.chip_keys);
    refuse_chip_options(chip, input.keys);
    const Trace trace = workplace.traces.open(input);
    RunOptions options = run_options(input.simulation, input.workload, trace);
    options.check = false;

    std::vector<std::string> reused;
    if (workplace.traces.is_reused(input, point)) reused.emplace_back("trace");
    const auto key = accuracy_key(input, workplace, chip, options, trace);
    const auto known = key ? workplace.cache.find("accuracy", *key) : std::nullopt;
    if (known) options.accuracy = false;
    SharedSimulations simulations(workplace.cache, workplace.program_version);
    options.simulations = &simulations;
    options.trace_content = sha256_of_pairs(workplace.traces.content(input));
    RunResult result = run_chip(chip, trace, options);
    if (simulations.found()) reused.emplace_back("simulation");
    if (known) {
        read_text(*known, result.accuracy);
        reused.emplace_back("accuracy");
    } else if (key && result.accuracy.chip_top1) {
        workplace.cache.store("accuracy", *key, to_text(result.accuracy));
    }

    result.provenance["version"] = workplace.program_version;
    result.provenance["commit"] = program_commit();
    const std::string json = to_json(result);  // what was reused says nothing about the result
    result.provenance[reused_key] = fmt::format("{}", fmt::join(reused, ", "));
    result.provenance[host_key] = host_text();
    result.provenance[command_key] = workplace.command;
    return {metrics_of(result), result.configuration, result.provenance, json};
}

}  // namespace

PointMeasure measure_point(const SweepPoint& point, const SweepWorkplace& workplace) {
    const auto threads = limit_threads(workplace.jobs);
    try {
        return measure(point, workplace);
    } catch (const Error& error) {
        throw Error(without_command_line(error.what()));
    }
}

}  // namespace bitloom
