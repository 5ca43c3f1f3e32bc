// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/progress.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace bitloom {
namespace {

struct Screen {
    std::vector<std::string> draws;
    double now = 0.0;
    Progress::Write writer() {
        return [this](std::string_view text) { draws.emplace_back(text); };
    }
    Progress::Clock clock() {
        return [this] { return now; };
    }
};

std::string drawn(const std::string& line) {
    return fmt::format("\r{}\x1b[K", line);
}

TEST(Progress, LineShowsPartRateAndTimeLeft) {
    EXPECT_EQ(progress_line("conv1", 3, 12, 1.5, 6.0),
              "conv1                        [######..................]  25 %  1.5/s  0:06 left");
    EXPECT_EQ(progress_line("test inputs", 899, 899, 1234.0, 0.0),
              "test inputs                  [########################] 100 %  1234/s  0:00 left");
    EXPECT_EQ(progress_line("fc", 0, 0, 0.0, std::nullopt),
              "fc                           [........................]   0 %");
    EXPECT_EQ(progress_line("fc", 1, 2, 0.001, 3725.0),
              "fc                           [############............]  50 %  0.0/s  1:02:05 left");
}

// 99.6 % must not read as done.
TEST(Progress, PartIsRoundedDown) {
    EXPECT_NE(progress_line("a", 996, 1000, 0, std::nullopt).find(" 99 %"), std::string::npos);
}

TEST(Progress, LongNameDoesNotMoveTheBar) {
    const std::string line = progress_line(std::string(100, 'x'), 1, 2, 0, std::nullopt);
    EXPECT_EQ(line.find('['), progress_line("x", 1, 2, 0, std::nullopt).find('['));
}

TEST(Progress, RedrawsAtMostTenTimesASecond) {
    Screen screen;
    Progress progress(screen.writer(), screen.clock());
    for (int i = 0; i <= 1000; ++i) {
        screen.now = i / 1000.0;
        progress.update("layer", i, 1000);
    }
    EXPECT_GE(screen.draws.size(), 10u);
    EXPECT_LE(screen.draws.size(), 11u);  // one at each end of the second
}

TEST(Progress, RateIsThatOfTheTask) {
    Screen screen;
    Progress progress(screen.writer(), screen.clock());
    progress.update("a", 0, 10);
    screen.now = 2.0;
    progress.update("a", 4, 10);
    EXPECT_EQ(screen.draws.back(), drawn(progress_line("a", 4, 10, 2.0, 3.0)));
    // Another task: nothing is known about its rate.
    screen.now = 3.0;
    progress.update("b", 1, 20);
    EXPECT_EQ(screen.draws.back(), drawn(progress_line("b", 1, 20, 0, std::nullopt)));
}

TEST(Progress, ClearRemovesTheLineOnceAndOnlyWhenDrawn) {
    Screen screen;
    {
        Progress progress(screen.writer(), screen.clock());
        progress.clear();
        EXPECT_TRUE(screen.draws.empty());
        progress.update("a", 1, 2);
        progress.clear();
        EXPECT_EQ(screen.draws.back(), "\r\x1b[K");
        EXPECT_EQ(screen.draws.size(), 2u);
    }
    EXPECT_EQ(screen.draws.size(), 2u);
}

TEST(Progress, NothingIsDrawnWithoutTerminal) {
    std::FILE* file = std::tmpfile();
    ASSERT_NE(file, nullptr);
    EXPECT_FALSE(terminal_writer(file));
    Progress progress(terminal_writer(file), steady_clock_seconds());
    progress.update("a", 1, 2);
    progress.clear();
    EXPECT_EQ(std::ftell(file), 0);
    std::fclose(file);
}

TEST(Progress, ThreadsMayUpdateTogether) {
    Screen screen;
    Progress progress(screen.writer(), steady_clock_seconds());
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 5000; ++i) progress.update("a", i, 5000);
        });
    for (std::thread& thread : threads) thread.join();
    for (const std::string& draw : screen.draws) EXPECT_TRUE(draw.starts_with("\ra ")) << draw;
    EXPECT_FALSE(screen.draws.empty());
}

}  // namespace
}  // namespace bitloom
