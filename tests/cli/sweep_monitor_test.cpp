// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/sweep_monitor.h"

#include <gtest/gtest.h>

namespace bitloom {
namespace {

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
