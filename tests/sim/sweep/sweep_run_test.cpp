// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sweep_run.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <limits>
#include <thread>

#include "models/base/error.h"

namespace bitloom {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr const char* memory_limit = "";  // it would stop the sanitizer itself
#else
constexpr const char* memory_limit = "memory = 4GiB\n";
#endif

class SweepRun : public ::testing::Test {
protected:
    SweepRun() {
        std::string pattern = (std::filesystem::temp_directory_path() / "bitloom_XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~SweepRun() override { std::filesystem::remove_all(folder_); }
    std::filesystem::path database() const { return folder_ / "r.db"; }

    std::filesystem::path folder_;
};

SweepRunOptions options() {
    SweepRunOptions result;
    result.program_version = "0.1.0";
    return result;
}

// Two points at a time, with the limits of the file.
template <class Measure>
RunPoints here(const SweepFile& file, const Measure& measure,
               const std::function<bool()>& stop = {}, const std::function<bool()>& drain = {},
               const std::string& version = "0.1.0") {
    LocalOptions local;
    local.program_version = version;
    local.jobs = 2;
    local.timeout_s = file.settings.timeout_s;
    local.memory_bytes = file.settings.memory_bytes;
    local.stop = stop;
    local.drain = drain;
    return run_here(local, measure);
}

PointMeasure square(const SweepPoint& point) {
    const std::int64_t a = std::stoll(*point.find("a"));
    return {{{"square", a * a}, {"third", static_cast<double>(a) / 3.0}},
            {{"a", *point.find("a")}},
            {},
            "{}"};
}

TEST_F(SweepRun, EveryPointIsStoredAndBadOnesWithTheirMessage) {
    const SweepFile file =
        parse_sweep("s.ini", std::string("a = 0..19\n[sweep]\ntimeout = 2s\n") + memory_limit);
    ResultStore store(database());
    SweepProgress seen;
    SweepRunOptions run = options();
    run.progress = [&seen](const SweepProgress& progress) { seen = progress; };
    const SweepProgress last =
        run_sweep(file, store, run, here(file, [](const SweepPoint& point) -> PointMeasure {
                      const std::string& a = *point.find("a");
                      if (a == "3") throw Error("array.rows = 3: must be even");
                      if (a == "5") ::raise(SIGKILL);
                      if (a == "7") std::this_thread::sleep_for(std::chrono::seconds(100));
                      return square(point);
                  }));
    EXPECT_EQ(last.points, 20);
    EXPECT_EQ(last.cached, 0);
    EXPECT_EQ(last.done, 17);
    EXPECT_EQ(last.failed, 3);
    EXPECT_EQ(seen.done, 17);
    const auto points = file.points();
    const auto message = [&](std::size_t index) {
        return store.find(points[index].hash, "0.1.0")->message;
    };
    EXPECT_EQ(message(3), "array.rows = 3: must be even");
    EXPECT_EQ(message(5).substr(0, 24), "died of signal 9 (Killed");
    EXPECT_EQ(message(7), "took more than its limit of 2 s");
    const PointRecord record = *store.find(points[11].hash, "0.1.0");
    EXPECT_EQ(std::get<std::int64_t>(record.metrics.at("square")), 121);
    EXPECT_EQ(std::get<double>(record.metrics.at("third")), 11.0 / 3.0);
    EXPECT_EQ(record.configuration.at("a"), "11");
    EXPECT_GT(record.peak_bytes, 0);
}

TEST_F(SweepRun, NumbersKeepEveryBitOnTheirWay) {
    const SweepFile file = parse_sweep("s.ini", "a = 1\n");
    const std::map<std::string, Metric> metrics = {
        {"most", std::numeric_limits<std::int64_t>::max()},
        {"least", std::numeric_limits<std::int64_t>::min()},
        {"whole_real", 2.0},
        {"tenth", 0.1},
        {"largest", std::numeric_limits<double>::max()},
        {"smallest", std::numeric_limits<double>::denorm_min()}};
    ResultStore store(database());
    run_sweep(file, store, options(), here(file, [&metrics](const SweepPoint&) {
                  return PointMeasure{metrics, {}, {}, ""};
              }));
    EXPECT_EQ(store.find(file.points()[0].hash, "0.1.0")->metrics, metrics);
}

TEST_F(SweepRun, WhatIsDoneIsNotRunAgain) {
    ResultStore store(database());
    const auto refuse = [](const SweepPoint&) -> PointMeasure { throw Error("run again"); };
    const SweepFile small = parse_sweep("s.ini", "a = 1..10\n");
    EXPECT_EQ(run_sweep(small, store, options(), here(small, square)).done, 10);
    EXPECT_EQ(run_sweep(small, store, options(), here(small, refuse)).cached, 10);
    const SweepFile other = parse_sweep("t.ini", "a = 5..14\n");
    const SweepProgress more = run_sweep(other, store, options(), here(other, square));
    EXPECT_EQ(more.cached, 6);
    EXPECT_EQ(more.done, 4);
    SweepRunOptions newer = options();
    newer.program_version = "0.2.0";
    EXPECT_EQ(run_sweep(small, store, newer, here(small, square, {}, {}, "0.2.0")).done, 10);
}

TEST_F(SweepRun, FailedPointsAreTriedAgainWhenAsked) {
    ResultStore store(database());
    const SweepFile file = parse_sweep("s.ini", "a = 1..4\n");
    const auto bad = [](const SweepPoint&) -> PointMeasure { throw Error("bad"); };
    EXPECT_EQ(run_sweep(file, store, options(), here(file, bad)).failed, 4);
    const SweepProgress same = run_sweep(file, store, options(), here(file, square));
    EXPECT_EQ(same.done, 0);
    EXPECT_EQ(same.failed, 4);
    SweepRunOptions again = options();
    again.retry_failed = true;
    const SweepProgress retried = run_sweep(file, store, again, here(file, square));
    EXPECT_EQ(retried.done, 4);
    EXPECT_EQ(retried.failed, 0);
}

TEST_F(SweepRun, StopLeavesTheRestForTheNextTime) {
    ResultStore store(database());
    const SweepFile file = parse_sweep("s.ini", "a = 1..30\n");
    SweepRunOptions run = options();
    std::int64_t ended = 0;
    run.progress = [&ended](const SweepProgress& progress) { ended = progress.done; };
    const SweepProgress first =
        run_sweep(file, store, run, here(file, square, [&ended] { return ended >= 5; }));
    EXPECT_GE(first.done, 5);
    EXPECT_LT(first.done, 30);
    EXPECT_EQ(first.failed, 0);
    const SweepProgress second = run_sweep(file, store, options(), here(file, square));
    EXPECT_EQ(second.cached, first.done);
    EXPECT_EQ(second.cached + second.done, 30);
}

// Unlike a stop, which kills them.
TEST_F(SweepRun, ADrainLetsTheRunningPointsEnd) {
    ResultStore store(database());
    const SweepFile file = parse_sweep("s.ini", "a = 1..30\n");
    std::int64_t ended = 0;
    bool asked = false;
    SweepRunOptions run = options();
    run.recorded = [&ended](const PointRecord&) { ++ended; };
    const auto slow = [](const SweepPoint& point) {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        return square(point);
    };
    // Two are running when it is asked for: both end, no third begins.
    const SweepProgress first = run_sweep(file, store, run, here(file, slow, {}, [&asked] {
                                              const bool before = asked;
                                              asked = true;
                                              return before;
                                          }));
    EXPECT_EQ(first.done, 2);
    EXPECT_EQ(ended, 2);
    EXPECT_FALSE(first.complete);
    EXPECT_TRUE(run_sweep(file, store, options(), here(file, square)).complete);
}

const char* const toy_search =
    "a = 0..40\nb = 0..40\n"
    "[search]\nminimize = left, right\npopulation = 8\ngenerations = 4\n"
    "[sweep]\nmethod = nsga2\nseed = 3\n";

PointMeasure two_hills(const SweepPoint& point) {
    const double a = std::stod(*point.find("a")), b = std::stod(*point.find("b"));
    return {{{"left", a * a + b}, {"right", (a - 30) * (a - 30) + b}}, {}, {}, ""};
}

// One search a process: its end lets TBB start threads. Returns the last progress's `done`, or -1.
std::int64_t search_in_child(const std::filesystem::path& database, std::int64_t stop_after) {
    int ends[2];
    if (::pipe(ends) != 0) return -1;
    if (const pid_t child = ::fork(); child == 0) {
        const SweepFile file = parse_sweep("s.ini", toy_search);
        ResultStore store(database);
        std::int64_t ended = 0;
        SweepRunOptions run = options();
        run.recorded = [&ended](const PointRecord&) { ++ended; };
        const SweepProgress last =
            run_sweep(file, store, run, here(file, two_hills, [&] { return ended >= stop_after; }));
        const std::int64_t done = last.complete == (stop_after > 1000) ? last.done : -1;
        ::_exit(::write(ends[1], &done, sizeof done) == sizeof done ? 0 : 1);
    }
    ::close(ends[1]);
    std::int64_t done = -1;
    const bool read = ::read(ends[0], &done, sizeof done) == sizeof done;
    ::close(ends[0]);
    ::wait(nullptr);
    return read ? done : -1;
}

// A search keeps its points in the store: one that was stopped asks for the same again, and goes on
// where it was.
TEST_F(SweepRun, ASearchThatWasStoppedEndsAsOneThatWasNot) {
    const SweepFile file = parse_sweep("s.ini", toy_search);
    const std::int64_t whole = search_in_child(folder_ / "whole.db", 1'000'000);
    EXPECT_GT(whole, 16);
    const std::int64_t first = search_in_child(database(), 11);
    EXPECT_GE(first, 11);
    EXPECT_LT(first, whole);
    EXPECT_EQ(search_in_child(database(), 1'000'000), whole - first);
    const auto points = [&](const std::filesystem::path& path) {
        ResultStore store(path);
        std::vector<std::string> hashes;
        for (const PointRecord& record : store.records(store.add_sweep(file, {}), "0.1.0"))
            hashes.push_back(record.point.hash);
        return hashes;
    };
    EXPECT_EQ(points(database()), points(folder_ / "whole.db"));
}

// A file that a point names is part of the point.
TEST_F(SweepRun, AChangedFileIsAnotherPoint) {
    ResultStore store(database());
    SweepFile file = parse_sweep("s.ini", "a = 1..4\n");
    file.contents["a"]["2"] = "x";
    EXPECT_EQ(run_sweep(file, store, options(), here(file, square)).done, 4);
    EXPECT_EQ(run_sweep(file, store, options(), here(file, square)).done, 0);
    file.contents["a"]["2"] = "y";
    const SweepProgress changed = run_sweep(file, store, options(), here(file, square));
    EXPECT_EQ(changed.done, 1);
    EXPECT_EQ(changed.cached, 3);
}

// The whole program killed again and again: what was finished stays, the rest is done at last.
TEST_F(SweepRun, AKilledSweepGoesOnWhereItWas) {
    const SweepFile file = parse_sweep("s.ini", "a = 1..60\n");
    std::int64_t cached = 0;
    for (int round = 0; round < 4; ++round) {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t sweep = ::fork();
        if (sweep == 0) {
            ResultStore store(database());
            SweepRunOptions run = options();
            run.progress = [&ends](const SweepProgress& progress) {
                if (progress.done > 0 && ::write(ends[1], "x", 1) != 1) ::_exit(1);
            };
            run_sweep(file, store, run, here(file, [](const SweepPoint& point) {
                          std::this_thread::sleep_for(std::chrono::milliseconds(3));
                          return square(point);
                      }));
            ::_exit(0);
        }
        ::close(ends[1]);
        char byte = 0;
        for (int i = 0; i < 8; ++i) ASSERT_EQ(::read(ends[0], &byte, 1), 1);
        ::kill(sweep, SIGKILL);
        ::close(ends[0]);
        ASSERT_EQ(::waitpid(sweep, nullptr, 0), sweep);
        ResultStore store(database());
        store.check_integrity();
        const std::int64_t id = store.add_sweep(file, file.points());
        const SweepCounts counts = store.counts(id, "0.1.0");
        EXPECT_GE(counts.done, cached + 8) << "round " << round;
        EXPECT_EQ(counts.failed, 0);
        cached = counts.done;
    }
    ResultStore store(database());
    const SweepProgress last = run_sweep(file, store, options(), here(file, square));
    EXPECT_EQ(last.cached, cached);
    EXPECT_EQ(last.cached + last.done, 60);
    for (const SweepPoint& point : file.points()) {
        const std::int64_t a = std::stoll(*point.find("a"));
        EXPECT_EQ(std::get<std::int64_t>(store.find(point.hash, "0.1.0")->metrics.at("square")),
                  a * a);
    }
}

}  // namespace
}  // namespace bitloom
