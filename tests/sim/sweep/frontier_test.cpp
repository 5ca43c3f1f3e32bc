// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/frontier.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "models/base/random.h"

namespace bitloom {
namespace {

PointRecord point(const std::string& network, const Metrics& metrics,
                  PointStatus status = PointStatus::done) {
    PointRecord record;
    record.point.values = {{"network", network}};
    record.status = status;
    record.metrics = metrics;
    return record;
}

TEST(SweepFrontier, HoldsWhatNoOtherPointOfTheSameNetworkBeats) {
    Frontier frontier(frontier_rule(SearchSettings()));
    EXPECT_EQ(frontier.objectives_text(), "small latency_s, small energy_pj, large accuracy");
    const auto add = [&](const std::string& network, double latency, double energy,
                         double accuracy) {
        frontier.add(point(
            network, {{"latency_s", latency}, {"energy_pj", energy}, {"accuracy", accuracy}}));
        return frontier.size();
    };
    EXPECT_EQ(add("a", 2, 2, 0.9), 1u);
    EXPECT_EQ(add("a", 2, 3, 0.9), 1u);   // beaten
    EXPECT_EQ(add("a", 3, 1, 0.9), 2u);   // a trade
    EXPECT_EQ(add("a", 4, 4, 0.95), 3u);  // more accurate
    EXPECT_EQ(add("b", 9, 9, 0.1), 4u);   // another network is not compared
    EXPECT_EQ(add("a", 1, 1, 0.95), 2u);  // beats all three of its network
    EXPECT_EQ(add("a", 1, 1, 0.95), 3u);  // equals it
    frontier.add(point("a", {{"latency_s", 0.0}, {"energy_pj", 0.0}, {"accuracy", 1.0}},
                       PointStatus::failed));
    EXPECT_EQ(frontier.size(), 3u);
    // Without an accuracy, which others of its network have, it cannot be compared.
    frontier.add(point("a", {{"latency_s", 5.0}, {"energy_pj", 5.0}}));
    EXPECT_EQ(frontier.size(), 3u);
    EXPECT_EQ(frontier.done(), 8);
    add("b", 1, 20, 0.05);
    const std::vector<WorkloadFrontier> found = frontier.workloads();
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[1].best.at("latency_s").value, 1.0);
    EXPECT_EQ(found[1].best.at("latency_s").accuracy, 0.05);
    EXPECT_EQ(found[1].best.at("accuracy").value, 0.1);
}

// No point of the network has an accuracy: shapes with random codes.
TEST(SweepFrontier, DefaultObjectivesThatANetworkLacksDoNotCount) {
    Frontier frontier(frontier_rule(SearchSettings()));
    frontier.add(point("a", {{"latency_s", 5.0}, {"energy_pj", 5.0}}));
    frontier.add(point("a", {{"latency_s", 6.0}, {"energy_pj", 4.0}}));
    frontier.add(point("a", {{"latency_s", 6.0}, {"energy_pj", 5.0}}));
    EXPECT_EQ(frontier.size(), 2u);
    ASSERT_EQ(frontier.workloads().size(), 1u);
    EXPECT_EQ(frontier.workloads()[0].objectives.size(), 2u);
    EXPECT_EQ(frontier.workloads()[0].best.at("energy_pj").value, 4.0);
    EXPECT_FALSE(frontier.workloads()[0].best.at("energy_pj").accuracy);
    // Now one has: the others cannot be compared with it.
    frontier.add(point("a", {{"latency_s", 9.0}, {"energy_pj", 9.0}, {"accuracy", 0.1}}));
    EXPECT_EQ(frontier.size(), 1u);
}

TEST(SweepFrontier, TakesTheObjectivesAndLimitsOfTheSweep) {
    SearchSettings wanted;
    wanted.objectives = {{"cycles", false}};
    wanted.limits = {{"area_mm2", true, 2.0}};
    Frontier frontier(frontier_rule(wanted));
    frontier.add(point("a", {{"cycles", std::int64_t{5}}, {"area_mm2", 1.0}}));
    frontier.add(point("a", {{"cycles", std::int64_t{1}}, {"area_mm2", 3.0}}));  // too large
    frontier.add(point("a", {{"cycles", std::int64_t{1}}}));  // who knows how large
    frontier.add(point("a", {{"area_mm2", 1.0}}));
    EXPECT_EQ(frontier.size(), 1u);
    frontier.add(point("a", {{"cycles", std::int64_t{4}}, {"area_mm2", 2.0}}));
    EXPECT_EQ(frontier.size(), 1u);
    EXPECT_EQ(frontier.objectives_text(), "small cycles");
}

TEST(SweepFrontier, WorkloadsAreNetworksAndProducts) {
    SweepPoint point;
    EXPECT_EQ(workload_of(point), "");
    point.values = {{"gemm", "8x8x8"}};
    EXPECT_EQ(workload_of(point), "gemm 8x8x8");
    point.values = {{"network", "zoo/digits"}, {"scheme", "int8"}};
    EXPECT_EQ(workload_of(point), "zoo/digits");
}

// Random points against the rule as its header says it: several networks, ties, failed points,
// limits, missing metrics, in any order.
TEST(SweepFrontier, IsTheOneOfTheDefinition) {
    const std::vector<Objective> all = {{"x", false}, {"y", false}, {"z", true}};
    const std::vector<MetricLimit> limits = {{"z", false, 2.0}, {"w", true, 6.0}};
    for (std::uint64_t round = 0; round < 300; ++round) {
        const RandomStream draw(round, "frontier");
        SearchSettings wanted;
        wanted.objectives.assign(all.begin(), all.begin() + 1 + static_cast<int>(draw.below(0, 3)));
        if (draw.below(1, 2) == 0) wanted.limits = limits;
        std::vector<PointRecord> records;
        const std::uint64_t count = draw.below(2, 50);
        for (std::uint64_t i = 0; i < count; ++i) {
            Metrics metrics;
            const char* names[] = {"x", "y", "z", "w"};
            for (std::uint64_t k = 0; k < 4; ++k)
                if (draw.below(100 + i * 10 + k, 12) != 0)
                    metrics[names[k]] = static_cast<double>(draw.below(1000 + i * 10 + k, 8));
            records.push_back(
                point(fmt::format("net{}", draw.below(2000 + i, 3)), metrics,
                      draw.below(3000 + i, 9) == 0 ? PointStatus::failed : PointStatus::done));
            records.back().number = static_cast<std::int64_t>(i * 3);
        }
        const auto value = [](const PointRecord& record, const std::string& name) {
            return number(record.metrics.at(name));
        };
        const auto takes_part = [&](const PointRecord& record) {
            if (record.status == PointStatus::failed) return false;
            for (const Objective& each : wanted.objectives)
                if (record.metrics.count(each.metric) == 0) return false;
            if (wanted.limits.empty()) return true;
            return record.metrics.count("z") && record.metrics.count("w") &&
                   value(record, "z") >= 2.0 && value(record, "w") <= 6.0;
        };
        std::set<std::pair<std::string, std::int64_t>> expected, found;
        for (const PointRecord& one : records) {
            bool beaten = !takes_part(one);
            for (const PointRecord& other : records) {
                if (beaten || !takes_part(other) ||
                    workload_of(one.point) != workload_of(other.point))
                    continue;
                bool no_worse = true, better = false;
                for (const Objective& each : wanted.objectives) {
                    const double sign = each.maximize ? -1.0 : 1.0;
                    const double a = sign * value(other, each.metric);
                    const double b = sign * value(one, each.metric);
                    no_worse = no_worse && a <= b;
                    better = better || a < b;
                }
                beaten = no_worse && better;
            }
            if (!beaten) expected.emplace(workload_of(one.point), one.number);
        }
        const Frontier frontier = frontier_of(frontier_rule(wanted), records);
        for (const WorkloadFrontier& each : frontier.workloads())
            for (const std::int64_t number : each.numbers) found.emplace(each.workload, number);
        ASSERT_EQ(found, expected) << "round " << round;
        ASSERT_EQ(frontier.size(), expected.size()) << "round " << round;
    }
}

}  // namespace
}  // namespace bitloom
