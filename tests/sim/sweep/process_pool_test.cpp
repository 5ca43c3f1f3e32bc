// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/process_pool.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

#include "models/base/error.h"

namespace bitloom {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;  // its own signal handlers, and terabytes of address space
#else
constexpr bool sanitized = false;
#endif

using Work = std::function<std::string(std::size_t)>;

double now_s() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

std::map<std::size_t, PointOutcome> run_all(std::size_t count, const PoolOptions& options,
                                            const Work& work) {
    std::vector<std::size_t> indices(count);
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    std::map<std::size_t, PointOutcome> outcomes;
    EXPECT_TRUE(run_points(indices, options, work, [&outcomes](const PointOutcome& outcome) {
        EXPECT_TRUE(outcomes.emplace(outcome.index, outcome).second) << "twice: " << outcome.index;
    }));
    EXPECT_EQ(outcomes.size(), count);
    return outcomes;
}

PointOutcome run_one(const PoolOptions& options, const std::function<std::string()>& work) {
    return run_all(1, options, [&work](std::size_t) { return work(); }).at(0);
}

// Whatever the number of jobs, each point has its own outcome; bad points do not touch the others.
TEST(ProcessPool, OutcomesDoNotDependOnTheJobs) {
    const Work work = [](std::size_t index) -> std::string {
        if (index % 10 == 3) throw Error("bad point " + std::to_string(index));
        if (index % 10 == 7) ::raise(SIGKILL);
        return "result " + std::to_string(index);
    };
    for (const std::size_t jobs : {1, 3, 16}) {
        PoolOptions options;
        options.jobs = jobs;
        for (const auto& [index, outcome] : run_all(100, options, work)) {
            if (index % 10 == 3) {
                EXPECT_EQ(outcome.end, PointEnd::error);
                EXPECT_EQ(outcome.message, "bad point " + std::to_string(index));
            } else if (index % 10 == 7) {
                EXPECT_EQ(outcome.end, PointEnd::crash);
            } else {
                EXPECT_EQ(outcome.end, PointEnd::result) << outcome.message;
                EXPECT_EQ(outcome.result, "result " + std::to_string(index));
                EXPECT_EQ(outcome.message, "");
            }
        }
    }
}

TEST(ProcessPool, AChildChangesNothingOfTheCaller) {
    int value = 1;
    EXPECT_EQ(run_one({}, [&value] { return std::to_string(++value); }).result, "2");
    EXPECT_EQ(value, 1);
}

// More than a pipe holds, and bytes of every value.
TEST(ProcessPool, LargeResultsComeBackWhole) {
    const Work work = [](std::size_t index) {
        std::string text(1'000'000 + index, '\0');
        for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 31 + index);
        return text;
    };
    PoolOptions options;
    options.jobs = 4;
    for (const auto& [index, outcome] : run_all(8, options, work)) {
        ASSERT_EQ(outcome.end, PointEnd::result) << outcome.message;
        EXPECT_TRUE(outcome.result == work(index)) << index;
    }
    EXPECT_EQ(run_one({}, [] { return std::string(); }).end, PointEnd::result);
}

TEST(ProcessPool, ExceptionsKeepTheirText) {
    const PointOutcome error = run_one({}, []() -> std::string { throw Error("a.ini:1: bad"); });
    EXPECT_EQ(error.end, PointEnd::error);
    EXPECT_EQ(error.message, "a.ini:1: bad");
    const PointOutcome fault =
        run_one({}, []() -> std::string { throw std::runtime_error("ours"); });
    EXPECT_EQ(fault.end, PointEnd::fault);
    EXPECT_EQ(fault.message, "ours");
    const PointOutcome other = run_one({}, []() -> std::string { throw 1; });
    EXPECT_EQ(other.end, PointEnd::fault);
    EXPECT_EQ(other.message, "an exception of an unknown type");
}

TEST(ProcessPool, ACrashIsNamedWithItsLastWords) {
    if (sanitized) GTEST_SKIP() << "the sanitizer answers signals itself";
    const PointOutcome abort = run_one({}, []() -> std::string {
        fmt::print(stderr, "first line\nassertion x == y failed\n");
        std::abort();
    });
    EXPECT_EQ(abort.end, PointEnd::crash);
    EXPECT_EQ(abort.message, "died of signal 6 (Aborted): assertion x == y failed");
    const PointOutcome segment = run_one({}, []() -> std::string {
        *const_cast<volatile int*>(static_cast<int*>(nullptr)) = 1;
        return "";
    });
    EXPECT_EQ(segment.end, PointEnd::crash);
    EXPECT_EQ(segment.message, "died of signal 11 (Segmentation fault)");
    const PointOutcome killed = run_one({}, []() -> std::string {
        ::raise(SIGKILL);
        return "";
    });
    EXPECT_EQ(killed.message,
              "died of signal 9 (Killed): killed from outside, perhaps because the system had no "
              "more memory");
}

TEST(ProcessPool, LeavingTheProcessIsNoResult) {
    for (const int status : {0, 3}) {
        const PointOutcome outcome = run_one({}, [status]() -> std::string {
            fmt::print(stderr, "bye\n");
            ::_exit(status);
        });
        EXPECT_EQ(outcome.end, PointEnd::crash);
        EXPECT_EQ(outcome.message, fmt::format("left the process with status {}: bye", status));
    }
}

// A child that says much on its standard error neither blocks nor fills the caller's memory.
TEST(ProcessPool, MuchTalkDoesNotBlock) {
    const PointOutcome outcome = run_one({}, [] {
        for (int i = 0; i < 20000; ++i) fmt::print(stderr, "line {} of a talkative point\n", i);
        return std::string("done");
    });
    EXPECT_EQ(outcome.end, PointEnd::result);
}

TEST(ProcessPool, AHangEndsAtItsLimitAndOthersGoOn) {
    PoolOptions options;
    options.jobs = 2;
    options.timeout_s = 0.3;
    const double begin = now_s();
    const auto outcomes = run_all(8, options, [](std::size_t index) -> std::string {
        while (index == 0) std::this_thread::sleep_for(std::chrono::seconds(100));
        volatile bool forever = index == 1;
        while (forever) {
        }
        return "done";
    });
    EXPECT_LT(now_s() - begin, 10.0);
    for (const auto& [index, outcome] : outcomes) {
        if (index < 2) {
            EXPECT_EQ(outcome.end, PointEnd::timeout);
            EXPECT_EQ(outcome.message, "took more than its limit of 0.3 s");
            EXPECT_GE(outcome.seconds, 0.3);
        } else {
            EXPECT_EQ(outcome.end, PointEnd::result) << index;
        }
    }
}

// A grandchild holds the pipe; it is killed with its group.
TEST(ProcessPool, ProcessesOfAPointEndWithIt) {
    PoolOptions options;
    options.timeout_s = 30.0;
    const double begin = now_s();
    const PointOutcome outcome = run_one(options, [] {
        const pid_t grandchild = ::fork();
        if (grandchild == 0) {
            std::this_thread::sleep_for(std::chrono::seconds(100));
            ::_exit(0);
        }
        return std::to_string(grandchild);
    });
    EXPECT_LT(now_s() - begin, 10.0);
    ASSERT_EQ(outcome.end, PointEnd::result);
    const pid_t grandchild = std::stoi(outcome.result);
    for (int i = 0; i < 100 && ::kill(grandchild, 0) == 0; ++i) {
        // Dead, but perhaps not yet waited for by init: its state is Z.
        std::FILE* file = std::fopen(fmt::format("/proc/{}/stat", grandchild).c_str(), "r");
        char state = 'X';
        if (file != nullptr) {
            if (std::fscanf(file, "%*d (%*[^)]) %c", &state) != 1) state = 'X';
            std::fclose(file);
        }
        if (state == 'Z' || state == 'X') return;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    EXPECT_NE(::kill(grandchild, 0), 0) << "the grandchild lives";
}

TEST(ProcessPool, AMemoryHogMeetsItsLimit) {
    if (sanitized) GTEST_SKIP() << "an address space limit stops the sanitizer itself";
    PoolOptions options;
    options.memory_bytes = 512 << 20;
    const Work work = [](std::size_t index) {
        std::vector<std::string> held;
        const std::size_t blocks = index == 0 ? 1000 : 4;
        for (std::size_t i = 0; i < blocks; ++i) held.emplace_back(10 << 20, 'x');
        return std::to_string(held.size());
    };
    const auto outcomes = run_all(2, options, work);
    EXPECT_EQ(outcomes.at(0).end, PointEnd::memory);
    EXPECT_EQ(outcomes.at(0).message, "needs more memory than its limit of 512 MiB");
    EXPECT_LT(outcomes.at(0).peak_bytes, 512 << 20);
    EXPECT_EQ(outcomes.at(1).result, "4");
    EXPECT_GE(outcomes.at(1).peak_bytes, 40 << 20);
}

TEST(ProcessPool, StopKillsWhatRunsAndStartsNothingMore) {
    std::vector<std::size_t> indices(20);
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    PoolOptions options;
    options.jobs = 2;
    std::size_t ended = 0, stopped = 0;
    options.stop = [&ended] { return ended >= 3; };
    const bool all = run_points(
        indices, options,
        [](std::size_t index) -> std::string {
            if (index == 0 || index > 3) std::this_thread::sleep_for(std::chrono::seconds(100));
            return "";
        },
        [&](const PointOutcome& outcome) {
            ++ended;
            if (outcome.end == PointEnd::stopped) ++stopped;
        });
    EXPECT_FALSE(all);
    EXPECT_GE(stopped, 1u);
    EXPECT_LE(ended, 5u);
}

TEST(ProcessPool, AnExceptionOfTheCallerLeavesNoChildren) {
    std::vector<std::size_t> indices = {0, 1, 2, 3};
    PoolOptions options;
    options.jobs = 3;
    EXPECT_THROW(run_points(
                     indices, options,
                     [](std::size_t index) -> std::string {
                         if (index > 0) std::this_thread::sleep_for(std::chrono::seconds(100));
                         return "";
                     },
                     [](const PointOutcome&) { throw Error("the disk is full"); }),
                 Error);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
}

// kill -9 of the sweep: no point goes on burning a core.
TEST(ProcessPool, ChildrenDieWithTheCaller) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t caller = ::fork();
    if (caller == 0) {
        PoolOptions options;
        const std::vector<std::size_t> indices = {0};
        run_points(
            indices, options,
            [&ends](std::size_t) -> std::string {
                if (::write(ends[1], "x", 1) != 1) ::_exit(1);
                std::this_thread::sleep_for(std::chrono::seconds(100));
                return "";
            },
            [](const PointOutcome&) {});
        ::_exit(0);
    }
    ::close(ends[1]);
    char byte = 0;
    ASSERT_EQ(::read(ends[0], &byte, 1), 1);  // the point runs
    const double begin = now_s();
    ::kill(caller, SIGKILL);
    ::waitpid(caller, nullptr, 0);
    EXPECT_EQ(::read(ends[0], &byte, 1), 0);  // the last holder of the pipe has ended
    EXPECT_LT(now_s() - begin, 20.0);
    ::close(ends[0]);
}

TEST(ProcessPool, ACallerWithThreadsIsRefused) {
    std::thread other([] { std::this_thread::sleep_for(std::chrono::milliseconds(300)); });
    const std::vector<std::size_t> indices = {0};
    EXPECT_THROW(
        run_points(
            indices, {}, [](std::size_t) { return std::string(); }, [](const PointOutcome&) {}),
        InternalError);
    other.join();
}

// Points are many: nothing is left behind by 2000 of them, and each costs milliseconds.
TEST(ProcessPool, ManyPointsCostLittle) {
    PoolOptions options;
    options.jobs = 2;
    const int before = ::dup(STDIN_FILENO);
    ::close(before);
    const double begin = now_s();
    run_all(2000, options, [](std::size_t index) { return std::to_string(index); });
    const double each_ms = (now_s() - begin) / 2000.0 * 1000.0;
    RecordProperty("milliseconds_a_point", std::to_string(each_ms));
    fmt::print("{:.3f} ms a point\n", each_ms);
    EXPECT_LT(each_ms, sanitized ? 200.0 : 50.0);
    const int after = ::dup(STDIN_FILENO);
    ::close(after);
    EXPECT_EQ(after, before) << "descriptors are left open";
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "processes are left";
}

}  // namespace
}  // namespace bitloom
