// SPDX-License-Identifier: Apache-2.0
// The traces of a sweep's networks: each is quantized once and then shared by all points.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>

#include "sim/cli/sweep_point.h"
#include "sim/sweep/file_cache.h"
#include "sim/sweep/process_pool.h"

namespace bitloom {

class SweepTraces {
public:
    // program: that makes the traces; one of another may make others.
    SweepTraces(const FileCache& cache, const SweepFolders& folders, std::string program);

    // Makes those that the points need and the cache lacks or has damaged, each in a child of its
    // own, with the limits and the stop of `pool`. What went wrong is kept for open(). Called again
    // for further points.
    void prepare(std::span<const SweepPoint> points, const PoolOptions& pool);

    // In a child made after prepare(). Throws Error, also that of its quantization.
    Trace open(const PointInput& input) const;

    // Names what is in the trace.
    CacheKey content(const PointInput& input) const;
    // Whether the trace was there already, or is made for another point.
    bool is_reused(const PointInput& input, const SweepPoint& point) const;

private:
    bool is_whole(const std::filesystem::path& path, const CacheKey& key) const;
    std::filesystem::path file(const PointInput& input) const;
    const std::string& content_of(const std::filesystem::path& network) const;

    const FileCache& cache_;
    const SweepFolders& folders_;
    const std::string program_;
    mutable std::map<std::filesystem::path, std::string> contents_;  // of networks
    std::set<std::filesystem::path> whole_;                          // in the cache
    std::map<std::filesystem::path, std::string> made_for_;          // hash of the first point
    std::map<std::filesystem::path, std::string> failed_;            // why
};

}  // namespace bitloom
