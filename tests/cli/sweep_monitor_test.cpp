// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/sweep_monitor.h"

#include <gtest/gtest.h>

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
    Frontier frontier{SearchSettings()};
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
    frontier.add(point("a", {{"latency_s", 0.0}, {"energy_pj", 0.0}, {"accuracy", 1.0}},
                       PointStatus::failed));
    EXPECT_EQ(frontier.size(), 2u);
    // Without an accuracy it is compared with its like alone.
    frontier.add(point("a", {{"latency_s", 5.0}, {"energy_pj", 5.0}}));
    EXPECT_EQ(frontier.size(), 3u);
}

TEST(SweepFrontier, TakesTheObjectivesAndLimitsOfTheSweep) {
    SearchSettings wanted;
    wanted.objectives = {{"cycles", false}};
    wanted.limits = {{"area_mm2", true, 2.0}};
    Frontier frontier(wanted);
    frontier.add(point("a", {{"cycles", std::int64_t{5}}, {"area_mm2", 1.0}}));
    frontier.add(point("a", {{"cycles", std::int64_t{1}}, {"area_mm2", 3.0}}));  // too large
    EXPECT_EQ(frontier.size(), 1u);
    frontier.add(point("a", {{"cycles", std::int64_t{4}}, {"area_mm2", 2.0}}));
    EXPECT_EQ(frontier.size(), 1u);
    EXPECT_EQ(frontier.objectives_text(), "small cycles");
}

TEST(SweepLine, SaysWhatIsKnownAndFitsATerminal) {
    SweepProgress progress;
    progress.points = 120;
    EXPECT_EQ(sweep_line(progress, 0, 0.0, {}), "0 of 120 points  0 %  frontier 0");
    progress.cached = 10;
    progress.done = 21;
    progress.failed = 3;
    EXPECT_EQ(sweep_line(progress, 7, 12.3, 66.2),
              "34 of 120 points  28 %  3 failed  10 cached  12.3/s  1:07 left  frontier 7");
    progress = {.points = 99999, .cached = 9999, .done = 9999, .failed = 999};
    EXPECT_LE(sweep_line(progress, 99, 12.34, 3599.0).size(), 90u);
}

// The rate is of the points that ran now, not of those found in the store.
TEST(SweepMonitorTest, DrawsAtMostTenTimesASecondAndClearsTheLine) {
    double now = 100.0;
    std::string drawn;
    SweepMonitor monitor([&drawn](std::string_view text) { drawn += text; },
                         [&now] { return now; });
    SweepProgress progress;
    progress.points = 20;
    progress.cached = 10;
    monitor.update(progress, 1);
    EXPECT_EQ(drawn, "\r10 of 20 points  50 %  10 cached  frontier 1\x1b[K");
    drawn.clear();
    progress.done = 2;
    now += 0.05;
    monitor.update(progress, 1);
    EXPECT_EQ(drawn, "");
    now += 0.95;
    monitor.update(progress, 2);
    EXPECT_EQ(drawn, "\r12 of 20 points  60 %  10 cached  2/s  0:04 left  frontier 2\x1b[K");
    drawn.clear();
    monitor.clear();
    EXPECT_EQ(drawn, "\r\x1b[K");
}

}  // namespace
}  // namespace bitloom
