// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/sweep_traces.h"

#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "models/base/error.h"
#include "models/base/input_file.h"
#include "sim/cli/locate.h"
#include "sim/cli/thread_limit.h"
#include "sim/sweep/content_hash.h"

namespace bitloom {

namespace {

constexpr const char* checksum_kind = "trace-checksum";

Progress silent() {
    return Progress({}, steady_clock_seconds());
}

// The keys of SimulationOptions say how a trace is run, not what is in it.
bool is_of_trace(const std::string& key) {
    for (const char* other : {"gemm", "layers", "fidelity", "inputs", "dataset"})
        if (key == other) return false;
    return true;
}

}  // namespace

SweepTraces::SweepTraces(const FileCache& cache, const SweepFolders& folders, std::string program)
    : cache_(cache), folders_(folders), program_(std::move(program)) {
}

const std::string& SweepTraces::content_of(const std::filesystem::path& network) const {
    std::string& content = contents_[network];
    if (content.empty()) content = network_content(network);
    return content;
}

CacheKey SweepTraces::content(const PointInput& input) const {
    CacheKey key;
    if (input.simulation.gemm.empty())
        key.emplace_back("network", content_of(input.network));
    else
        key.emplace_back("gemm", input.simulation.gemm);
    if (input.simulation.gemm.empty() && !input.needs_quantization()) return key;
    if (!input.workload.dataset.empty())
        key.emplace_back("dataset", content_of(input.workload.dataset));
    key.emplace_back("program", program_);
    // What is left out may mean another thing than its default: the scheme of a trained network.
    for (const Key& each : input.keys.keys())
        if (is_of_trace(each.name) && !each.place.empty())
            key.emplace_back(each.name, each.print());
    return key;
}

std::filesystem::path SweepTraces::file(const PointInput& input) const {
    return cache_.path("trace", content(input), ".safetensors");
}

// One that a power failure or a hand has damaged is made again.
bool SweepTraces::is_whole(const std::filesystem::path& path, const CacheKey& key) const {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return false;
    const std::optional<std::string> checksum = cache_.find(checksum_kind, key);
    return checksum && *checksum == sha256(read_file(path));
}

void SweepTraces::prepare(std::span<const SweepPoint> points, const PoolOptions& pool) {
    std::vector<std::pair<std::filesystem::path, std::unique_ptr<PointInput>>> missing;
    for (const SweepPoint& point : points) {
        auto input = std::make_unique<PointInput>(point, folders_);
        if (!input->needs_quantization()) continue;
        std::filesystem::path path = file(*input);
        if (whole_.count(path) > 0 || made_for_.count(path) > 0) continue;
        if (is_whole(path, content(*input))) {
            whole_.insert(path);
            continue;
        }
        made_for_[path] = point.hash;
        missing.emplace_back(std::move(path), std::move(input));
    }
    if (missing.empty()) return;
    cache_.make_folder();
    std::vector<std::size_t> indices(missing.size());
    for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = i;
    const auto make = [&](std::size_t index) {
        const auto threads = limit_threads(pool.jobs);
        const auto& [path, input] = missing[index];
        Progress progress = silent();
        make_trace(input->network, input->workload, input->keys, progress).trace.write(path);
        cache_.store(checksum_kind, content(*input), sha256(read_file(path)));
        return std::string();
    };
    run_points(indices, pool, make, [&](const PointOutcome& outcome) {
        const std::filesystem::path& path = missing[outcome.index].first;
        if (outcome.end == PointEnd::stopped)
            made_for_.erase(path);
        else if (outcome.end != PointEnd::result)
            failed_[path] = outcome.message;
    });
}

Trace SweepTraces::open(const PointInput& input) const {
    if (input.needs_quantization()) {
        const std::filesystem::path path = file(input);
        if (const auto failed = failed_.find(path); failed != failed_.end())
            throw Error(failed->second);
        return Trace::open(path);
    }
    Progress progress = silent();
    return simulation_trace(input.network, input.simulation, input.workload, input.keys, progress);
}

bool SweepTraces::is_reused(const PointInput& input, const SweepPoint& point) const {
    if (!input.needs_quantization()) return false;
    const auto first = made_for_.find(file(input));
    return first == made_for_.end() || first->second != point.hash;
}

}  // namespace bitloom
