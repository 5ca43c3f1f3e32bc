// SPDX-License-Identifier: Apache-2.0
// The frontier of a sweep: the points of which no other is better. This is its only definition;
// terminal, database, exported files, page and Python show what it gives.
//
// Points are compared within their workload: those of one network, or of one product. A point takes
// part when it is done, keeps every limit of the sweep and has every objective; a metric that is
// missing keeps no limit. It is on the frontier unless another one is no worse in all objectives
// and better in one: points with equal objectives are all on it. A sweep that names no objectives
// has the default ones, less those that no point of the workload has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/objectives.h"
#include "sim/sweep/result_store.h"

namespace bitloom {

struct FrontierRule {
    std::vector<Objective> objectives;  // minimized ones first
    std::vector<MetricLimit> limits;
    bool is_default = false;  // the sweep names no objectives
};

// Of a sweep's settings; small latency_s and energy_pj and large accuracy where it names none.
FrontierRule frontier_rule(const SearchSettings& search);

// "zoo/digits"; "gemm 64x64x64" of a product; both where a point names both, empty where neither.
std::string workload_of(const SweepPoint& point);

struct WorkloadFrontier {
    // The best value of an objective, and what the point that has it is worth.
    struct Best {
        double value = 0.0;
        std::optional<double> accuracy;  // 0..1; the highest of equally good points
    };

    std::string workload;
    std::int64_t done = 0;              // points that did not fail
    std::vector<Objective> objectives;  // that count here
    std::vector<std::int64_t> numbers;  // of the points on it, rising
    std::map<std::string, Best> best;   // of its points, by objective
};

// Takes points as they come, each once.
class Frontier {
public:
    explicit Frontier(FrontierRule rule);

    void add(const PointRecord& record);

    const FrontierRule& rule() const { return rule_; }
    std::int64_t done() const { return done_; }       // points taken that did not fail
    std::size_t size() const;                         // over all workloads
    std::vector<WorkloadFrontier> workloads() const;  // by name
    // "small latency_s, large accuracy"
    std::string objectives_text() const;

private:
    struct Member {
        std::int64_t number = -1;
        std::vector<double> costs;
        std::optional<double> accuracy;
    };
    using Present = std::vector<bool>;  // by objective
    struct Workload {
        std::int64_t done = 0;
        Present present;                                 // in any of its points within the limits
        std::map<Present, std::vector<Member>> members;  // by the objectives that they have
    };
    const std::vector<Member>& members_of(const Workload& workload) const;

    FrontierRule rule_;
    std::int64_t done_ = 0;
    std::map<std::string, Workload> workloads_;
};

Frontier frontier_of(const FrontierRule& rule, const std::vector<PointRecord>& records);

}  // namespace bitloom
