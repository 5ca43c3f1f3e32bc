// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/result_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <thread>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "sim/sweep/frontier.h"

namespace bitloom {
namespace {

using ::testing::HasSubstr;

constexpr const char* version = "0.1.0";

class ResultStoreTest : public ::testing::Test {
protected:
    ResultStoreTest() {
        std::string pattern = (std::filesystem::temp_directory_path() / "bitloom_XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        path_ = folder_ / "r.db";
    }
    ~ResultStoreTest() override { std::filesystem::remove_all(folder_); }

    // One statement in the file, past the store.
    void sql(const std::string& text) const {
        sqlite3* database = nullptr;
        ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(database, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
            << sqlite3_errmsg(database);
        sqlite3_close(database);
    }

    std::string open_error(const ResultStore::Options& options = {}) const {
        try {
            ResultStore store(path_, options);
        } catch (const Error& error) {
            return error.what();
        }
        return "no error";
    }

    std::filesystem::path folder_, path_;
};

// One parameter with the values 1..count.
SweepFile sweep(int count, const std::string& name = "a") {
    return parse_sweep("s.ini", name + " = " + (count > 1 ? fmt::format("1..{}\n", count) : "1\n"));
}

PointRecord record_of(const SweepPoint& point) {
    PointRecord record;
    record.point = point;
    record.program_version = version;
    record.metrics = {{"cycles", std::int64_t{123}}};
    return record;
}

PointRecord failed(const SweepPoint& point, const std::string& message) {
    PointRecord record = record_of(point);
    record.status = PointStatus::failed;
    record.message = message;
    record.metrics.clear();
    return record;
}

TEST_F(ResultStoreTest, EverythingComesBackExactly) {
    const SweepFile file = sweep(1);
    PointRecord record = record_of(file.points()[0]);
    record.metrics = {{"big", std::numeric_limits<std::int64_t>::max()},
                      {"small", std::numeric_limits<std::int64_t>::min()},
                      {"beyond_double", (std::int64_t{1} << 53) + 1},
                      {"whole_real", 2.0},
                      {"negative_zero", -0.0},
                      {"tenth", 0.1},
                      {"subnormal", 5e-324},
                      {"infinite", std::numeric_limits<double>::infinity()}};
    record.configuration = {{"array.rows", "16"}, {"text", "quotes ' \" and \xC3\xA9 \n"}};
    record.provenance = {{"host", "h"}, {"commit", "c"}};
    record.result_json = "{\"cycles\": 1}\n";
    record.message = "";
    record.seconds = 1.25;
    record.peak_bytes = 3LL << 32;
    record.finished_unix = 1'800'000'000;
    {
        ResultStore store(path_);
        const std::int64_t id = store.add_sweep(file, file.points());
        store.record(record);
        EXPECT_EQ(store.counts(id, version).done, 1);
    }
    ResultStore store(path_, {.mode = ResultStore::Mode::existing});
    const std::optional<PointRecord> back = store.find(record.point.hash, version);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->point.values, record.point.values);
    EXPECT_EQ(back->program_version, version);
    EXPECT_EQ(back->status, PointStatus::done);
    EXPECT_EQ(back->metrics, record.metrics);
    EXPECT_TRUE(std::signbit(std::get<double>(back->metrics.at("negative_zero"))));
    EXPECT_EQ(back->configuration, record.configuration);
    EXPECT_EQ(back->provenance, record.provenance);
    EXPECT_EQ(back->result_json, record.result_json);
    EXPECT_EQ(back->seconds, 1.25);
    EXPECT_EQ(back->peak_bytes, record.peak_bytes);
    EXPECT_EQ(back->finished_unix, record.finished_unix);
    store.check_integrity();
}

TEST_F(ResultStoreTest, ResumeFindsWhatIsStillToDo) {
    const SweepFile file = sweep(5);
    const auto points = file.points();
    ResultStore store(path_);
    const std::int64_t id = store.add_sweep(file, points);
    store.record(record_of(points[1]));
    store.record(failed(points[3], "signal 11"));
    EXPECT_EQ(store.missing(id, version, false), (std::vector<std::size_t>{0, 2, 4}));
    EXPECT_EQ(store.missing(id, version, true), (std::vector<std::size_t>{0, 2, 3, 4}));
    EXPECT_EQ(store.missing(id, "0.2.0", false), (std::vector<std::size_t>{0, 1, 2, 3, 4}));
    const SweepCounts counts = store.counts(id, version);
    EXPECT_EQ(counts.points, 5);
    EXPECT_EQ(counts.done, 1);
    EXPECT_EQ(counts.failed, 1);
    const auto records = store.records(id, version);
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(records[0].point.hash, points[1].hash);
    EXPECT_EQ(records[1].message, "signal 11");
    EXPECT_EQ(records[0].number, 1);
    EXPECT_EQ(records[1].number, 3);
    const auto measured = store.measurements(id, version);
    ASSERT_EQ(measured.size(), 2u);
    EXPECT_EQ(measured[0].metrics, records[0].metrics);
    EXPECT_EQ(measured[1].number, 3);
}

TEST_F(ResultStoreTest, AFrontierIsThatOfThePointsWhichWereDone) {
    SweepFile file = sweep(4);
    file.search.objectives = {{"cycles", false}, {"accuracy", true}};
    const auto points = file.points();
    ResultStore store(path_);
    const std::int64_t id = store.add_sweep(file, points);
    const auto record = [&](std::size_t point, double cycles, double accuracy) {
        PointRecord done = record_of(points[point]);
        done.metrics = {{"cycles", cycles}, {"accuracy", accuracy}};
        store.record(done);
    };
    const auto update = [&] {
        store.write_frontier(
            id, version, frontier_of(frontier_rule(file.search), store.measurements(id, version)));
    };
    // "number program" of each row.
    const auto stored = [&] {
        sqlite3* database = nullptr;
        std::vector<std::string> rows;
        EXPECT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(
                      database, "SELECT number || ' ' || program_version FROM frontier",
                      [](void* to, int, char** text, char**) {
                          static_cast<std::vector<std::string>*>(to)->push_back(text[0]);
                          return 0;
                      },
                      &rows, nullptr),
                  SQLITE_OK);
        sqlite3_close(database);
        return rows;
    };
    EXPECT_FALSE(store.has_frontier(id, version));
    record(0, 10, 0.5);
    record(2, 20, 0.4);
    update();
    EXPECT_TRUE(store.has_frontier(id, version));
    EXPECT_FALSE(store.has_frontier(id, "other"));
    EXPECT_EQ(stored(), std::vector<std::string>{"0 0.1.0"});
    record(3, 10, 0.6);
    EXPECT_FALSE(store.has_frontier(id, version));
    update();
    EXPECT_EQ(stored(), std::vector<std::string>{"3 0.1.0"});
    store.record(failed(points[1], "signal 11"));
    EXPECT_TRUE(store.has_frontier(id, version));  // changes nothing
}

// A database of the schema without a frontier is read as it is; the first frontier brings the rest.
TEST_F(ResultStoreTest, ADatabaseOfTheFirstSchemaGetsAFrontier) {
    const SweepFile file = sweep(1);
    std::int64_t id = 0;
    {
        ResultStore store(path_);
        id = store.add_sweep(file, file.points());
        store.record(record_of(file.points()[0]));
    }
    sql("DROP TABLE frontier; DROP TABLE frontier_rule; PRAGMA user_version = 1");
    {
        ResultStore store(path_);
        EXPECT_FALSE(store.has_frontier(id, version));
        EXPECT_EQ(store.records(id, version).size(), 1u);
        store.write_frontier(id, version, frontier_of(frontier_rule(SearchSettings()), {}));
        EXPECT_FALSE(store.has_frontier(id, version));  // of no point
    }
    ResultStore store(path_);
    store.write_frontier(
        id, version, frontier_of(frontier_rule(SearchSettings()), store.measurements(id, version)));
    EXPECT_TRUE(store.has_frontier(id, version));
}

TEST_F(ResultStoreTest, ASweepEnteredAgainIsTheSame) {
    ResultStore store(path_);
    const std::int64_t id = store.add_sweep(sweep(5), sweep(5).points());
    EXPECT_EQ(store.add_sweep(sweep(5), sweep(5).points()), id);
    EXPECT_NE(store.add_sweep(sweep(6), sweep(6).points()), id);
    EXPECT_EQ(store.counts(id, version).points, 5);
}

// Of two programs that ran a sweep the one that finished a point last is the last, whatever their
// names; a sweep of which nothing ran has none.
TEST_F(ResultStoreTest, SweepsAreListedWithThePrograms) {
    ResultStore store(path_);
    EXPECT_TRUE(store.sweeps().empty());
    const SweepFile file = sweep(3);
    const auto points = file.points();
    store.add_sweep(file, points);
    const SweepFile other = sweep(2, "b");
    const std::int64_t second = store.add_sweep(other, other.points());
    const auto finish = [&](std::size_t point, const char* program, std::int64_t time) {
        PointRecord record = record_of(points[point]);
        record.program_version = program;
        record.finished_unix = time;
        store.record(record);
    };
    finish(0, "new", 300);
    finish(0, "old", 100);
    finish(1, "old", 200);
    const std::vector<StoredSweep> sweeps = store.sweeps();
    ASSERT_EQ(sweeps.size(), 2U);
    EXPECT_EQ(sweeps[0].name, file.name);
    EXPECT_EQ(sweeps[0].text, file.text);
    EXPECT_EQ(sweeps[0].program_versions, (std::vector<std::string>{"old", "new"}));
    EXPECT_EQ(sweeps[1].id, second);
    EXPECT_TRUE(sweeps[1].program_versions.empty());
}

// A search finds its points as it goes and comes upon the same ones when it is run again.
TEST_F(ResultStoreTest, PointsAddedToASweepFollowEachOnce) {
    ResultStore store(path_);
    const std::vector<SweepPoint> points = sweep(5).points();
    const std::int64_t id = store.add_sweep(sweep(5), {});
    const std::span<const SweepPoint> all(points);
    store.add_points(id, all.subspan(3, 2));
    store.add_points(id, all.subspan(2, 2));
    store.add_points(id, all.subspan(0, 1));
    EXPECT_EQ(store.counts(id, version).points, 4);
    for (const SweepPoint& point : points) store.record(record_of(point));
    std::vector<std::string> hashes;
    for (const PointRecord& record : store.records(id, version))
        hashes.push_back(record.point.hash);
    EXPECT_EQ(hashes, (std::vector<std::string>{points[3].hash, points[4].hash, points[2].hash,
                                                points[0].hash}));
}

TEST_F(ResultStoreTest, APointOfAnotherSweepIsDone) {
    ResultStore store(path_);
    store.add_sweep(sweep(2), sweep(2).points());
    for (const SweepPoint& point : sweep(2).points()) store.record(record_of(point));
    const std::int64_t larger = store.add_sweep(sweep(4), sweep(4).points());
    EXPECT_EQ(store.missing(larger, version, false), (std::vector<std::size_t>{2, 3}));
    const std::int64_t other = store.add_sweep(sweep(4, "b"), sweep(4, "b").points());
    EXPECT_EQ(store.missing(other, version, false).size(), 4u);
}

TEST_F(ResultStoreTest, DoneStaysAndFailedIsReplaced) {
    const SweepPoint point = sweep(1).points()[0];
    ResultStore store(path_);
    store.record(failed(point, "first"));
    store.record(failed(point, "second"));
    EXPECT_EQ(store.find(point.hash, version)->message, "second");
    store.record(record_of(point));
    EXPECT_EQ(store.find(point.hash, version)->status, PointStatus::done);
    EXPECT_EQ(store.find(point.hash, version)->message, "");
    PointRecord later = record_of(point);
    later.metrics = {{"cycles", std::int64_t{7}}};
    store.record(later);
    store.record(failed(point, "third"));
    EXPECT_EQ(std::get<std::int64_t>(store.find(point.hash, version)->metrics.at("cycles")), 123);
    EXPECT_EQ(store.find(point.hash, version)->status, PointStatus::done);
}

TEST_F(ResultStoreTest, AnUnavailableMetricIsAFault) {
    PointRecord record = record_of(sweep(1).points()[0]);
    record.metrics["sqnr"] = std::nan("");
    ResultStore store(path_);
    EXPECT_THROW(store.record(record), InternalError);
    EXPECT_FALSE(store.find(record.point.hash, version));
}

TEST_F(ResultStoreTest, BytesThatAreNoTextDoNotStopIt) {
    PointRecord record = failed(sweep(1).points()[0], "died: \xff\xfe");
    record.configuration = {{"a", "\xff"}};
    ResultStore store(path_);
    store.record(record);
    EXPECT_EQ(store.find(record.point.hash, version)->configuration.at("a"), "\xEF\xBF\xBD");
}

// The promise of the sweep: whatever record() has returned for is there after kill -9, nothing is
// there by halves, and the file is whole. The writer says each point on a pipe once it is stored.
TEST_F(ResultStoreTest, AKilledWriterLosesNothingThatWasRecorded) {
    const SweepFile file = sweep(5000);
    const auto points = file.points();
    std::size_t done_before = 0;
    for (int round = 0; round < 8; ++round) {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(ends[0]);
            ResultStore store(path_);
            const std::int64_t id = store.add_sweep(file, points);
            for (const std::size_t index : store.missing(id, version, false)) {
                store.record(record_of(points[index]));
                if (::write(ends[1], "x", 1) != 1) ::_exit(1);
            }
            ::_exit(0);
        }
        ::close(ends[1]);
        std::size_t said = 0;
        char byte = 0;
        const std::size_t enough = static_cast<std::size_t>(7 + 13 * round);
        while (said < enough && ::read(ends[0], &byte, 1) == 1) ++said;
        ::kill(child, SIGKILL);
        while (::read(ends[0], &byte, 1) == 1) ++said;  // said before it died
        ::close(ends[0]);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "round " << round;

        ResultStore store(path_);
        store.check_integrity();
        const std::int64_t id = store.add_sweep(file, points);
        const auto records = store.records(id, version);
        // One more may have been stored than was said.
        EXPECT_GE(records.size(), done_before + said) << "round " << round;
        EXPECT_LE(records.size(), done_before + said + 1) << "round " << round;
        for (const PointRecord& record : records) {
            EXPECT_EQ(record.metrics.size(), 1u);
            EXPECT_EQ(record.point.values.size(), 1u);
        }
        EXPECT_EQ(store.missing(id, version, false).size(), points.size() - records.size());
        done_before = records.size();
    }
}

// Killed at any moment of its first microseconds, the file opens again: creation is one step, too.
TEST_F(ResultStoreTest, AWriterKilledWhileItCreatesLeavesAGoodFile) {
    for (int round = 0; round < 30; ++round) {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directory(folder_);
        const pid_t child = ::fork();
        if (child == 0) {
            ResultStore store(path_);
            store.add_sweep(sweep(3), sweep(3).points());
            ::_exit(0);
        }
        std::this_thread::sleep_for(std::chrono::microseconds(300 * round));
        ::kill(child, SIGKILL);
        ASSERT_EQ(::waitpid(child, nullptr, 0), child);
        ResultStore store(path_);
        const std::int64_t id = store.add_sweep(sweep(3), sweep(3).points());
        EXPECT_EQ(store.counts(id, version).points, 3) << "round " << round;
        store.check_integrity();
    }
}

TEST_F(ResultStoreTest, WritersShareTheFile) {
    constexpr int writers = 4;
    const SweepFile file = sweep(60);
    const auto points = file.points();
    std::vector<pid_t> children;
    for (int writer = 0; writer < writers; ++writer) {
        const pid_t child = ::fork();
        if (child == 0) {
            try {
                ResultStore store(path_);  // all at once: who creates it does not matter
                store.add_sweep(file, points);
                // Each does its quarter, and the first ten points as well.
                for (std::size_t i = 0; i < points.size(); ++i)
                    if (i < 10 || i % writers == static_cast<std::size_t>(writer))
                        store.record(record_of(points[i]));
                ::_exit(0);
            } catch (const std::exception& error) {
                fmt::print(stderr, "{}\n", error.what());
                ::_exit(1);
            }
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
    }
    ResultStore store(path_);
    const std::int64_t id = store.add_sweep(file, points);
    EXPECT_EQ(id, 1);
    EXPECT_EQ(store.counts(id, version).done, 60);
    EXPECT_TRUE(store.missing(id, version, false).empty());
    store.check_integrity();
}

TEST_F(ResultStoreTest, ALockedFileIsWaitedForAndThenReported) {
    ResultStore first(path_);
    const auto points = sweep(1).points();
    sqlite3* holder = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &holder), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(holder, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    ResultStore second(path_, {.wait_s = 0.05});
    try {
        second.record(record_of(points[0]));
        ADD_FAILURE() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.what(),
                  path_.string() + ": cannot lock: another program has held it for too long");
    }
    std::thread release([holder] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        sqlite3_exec(holder, "COMMIT", nullptr, nullptr, nullptr);
    });
    first.record(record_of(points[0]));
    release.join();
    sqlite3_close(holder);
    EXPECT_TRUE(first.find(points[0].hash, version));
}

TEST_F(ResultStoreTest, AFullDiskIsReportedAndLeavesTheRest) {
    const SweepFile file = sweep(2000);
    const auto points = file.points();
    std::size_t stored = 0;
    {
        ResultStore store(path_, {.most_pages = 120});
        const std::int64_t id = store.add_sweep(sweep(1), sweep(1).points());
        try {
            for (const SweepPoint& point : points) {
                PointRecord record = record_of(point);
                record.result_json = std::string(2000, 'x');
                store.record(record);
                ++stored;
            }
            ADD_FAILURE() << "no error";
        } catch (const Error& error) {
            EXPECT_EQ(error.what(), path_.string() + ": cannot write: the disk is full");
        }
        EXPECT_GT(stored, 10u);
        EXPECT_EQ(store.counts(id, version).done, 1);  // still answers
    }
    ResultStore store(path_);
    store.check_integrity();
    const std::int64_t id = store.add_sweep(file, points);
    EXPECT_EQ(store.counts(id, version).done, static_cast<std::int64_t>(stored));
    store.record(record_of(points[stored]));  // room again: it goes on
    EXPECT_EQ(store.counts(id, version).done, static_cast<std::int64_t>(stored) + 1);
}

TEST_F(ResultStoreTest, FilesFromElsewhereAreLeftAlone) {
    write_file(path_, std::string(10000, 'x'));
    EXPECT_EQ(open_error(), path_.string() + ": is no results database");
    EXPECT_EQ(read_file(path_), std::string(10000, 'x'));

    std::filesystem::remove(path_);
    sql("CREATE TABLE users (id INTEGER)");
    const std::string before = read_file(path_);
    EXPECT_EQ(open_error(), path_.string() + ": is a SQLite database, but not one of results");
    EXPECT_EQ(read_file(path_), before);

    std::filesystem::remove(path_);
    { ResultStore store(path_); }
    for (const int schema : {0, 3}) {
        sql(fmt::format("PRAGMA user_version = {}", schema));
        EXPECT_EQ(open_error(),
                  fmt::format("{}: results database of schema {}: this program reads schema 1 to 2",
                              path_.string(), schema));
    }

    std::filesystem::remove(path_);
    std::filesystem::create_directory(path_);
    EXPECT_EQ(open_error(), path_.string() + ": is a folder: must be a results database");
    std::filesystem::remove(path_);
    EXPECT_EQ(open_error({.mode = ResultStore::Mode::existing}),
              path_.string() + ": there is no such results database");
    write_file(path_, "");
    EXPECT_EQ(open_error({.mode = ResultStore::Mode::existing}),
              path_.string() + ": is empty: must be a results database");
    EXPECT_EQ(std::filesystem::file_size(path_), 0U);
    path_ = folder_ / "none" / "r.db";
    EXPECT_EQ(open_error(), path_.string() + ": cannot open: the folder or file cannot be opened");
}

TEST_F(ResultStoreTest, ADamagedFileIsReported) {
    const SweepFile file = sweep(300);
    {
        ResultStore store(path_);
        store.add_sweep(file, file.points());
        for (const SweepPoint& point : file.points()) store.record(record_of(point));
    }
    const std::string whole = read_file(path_);
    std::string torn = whole;
    // Every page but the first two keeps its place and loses its content.
    for (std::size_t at = 8192; at < torn.size(); ++at) torn[at] = '\x5a';
    write_file(path_, torn);
    const auto use = [this, &file] {
        ResultStore store(path_);
        store.record(record_of(file.points()[0]));
        store.check_integrity();
    };
    try {
        use();
        ADD_FAILURE() << "no error";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr(path_.string() + ": results database is damaged: "));
    }
    write_file(path_, whole.substr(0, whole.size() / 2));
    try {
        use();
        ADD_FAILURE() << "no error";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr(path_.string() + ": results database is damaged"));
    }
}

// Each on a good database of three points: the change, and what opening or resuming says.
TEST_F(ResultStoreTest, ADatabaseChangedByAHandIsRefused) {
    const SweepFile file = sweep(3);
    const std::string tables = "results database is damaged: its tables are not those of schema 2";
    const std::string points =
        "results database is damaged: the points of sweep 1 are not those of its file";
    const std::vector<std::pair<std::string, std::string>> changes = {
        {"UPDATE sweep_point SET number = number + 1000000000", points},
        {"UPDATE sweep_point SET number = -1 WHERE number = 0", points},
        {"DELETE FROM sweep_point WHERE number = 2", points},
        {"INSERT INTO sweep_point VALUES (1, 3, 'x')", points},
        {"UPDATE sweep_point SET hash = 'x' WHERE number = 1", points},
        {"CREATE TRIGGER t AFTER INSERT ON point BEGIN DELETE FROM metric; END", tables},
        {"CREATE VIEW v AS SELECT 1", tables},
        {"DROP TABLE metric", tables},
        {"ALTER TABLE metric ADD COLUMN more TEXT", tables},
        {"DROP TABLE metric; CREATE VIEW metric AS SELECT 1 AS point", tables},
        {"UPDATE point SET provenance = '" + std::string(100'000, '[') + "'",
         "results database is damaged"},
        {"UPDATE point SET configuration = '{\"a\": 1}'", "results database is damaged"},
    };
    for (const auto& [change, message] : changes) {
        std::filesystem::remove(path_);
        {
            ResultStore store(path_);
            store.add_sweep(file, file.points());
            store.record(record_of(file.points()[0]));
        }
        sql(change);
        std::string said = "no error";
        try {
            ResultStore store(path_);
            const std::int64_t id = store.add_sweep(file, file.points());
            store.records(id, version);
        } catch (const Error& error) {
            said = error.what();
        }
        EXPECT_EQ(said, path_.string() + ": " + message) << change.substr(0, 80);
    }
}

// Any page whose bytes are overwritten, the pages of indices included, is found when the file is
// opened: a damaged index would say that every point is there.
TEST_F(ResultStoreTest, ADamagedPageIsFoundOnOpening) {
    const SweepFile file = sweep(100);
    {
        ResultStore store(path_);
        store.add_sweep(file, file.points());
        for (const SweepPoint& point : file.points()) store.record(record_of(point));
    }
    const std::string whole = read_file(path_);
    for (std::size_t page = 0; page < whole.size(); page += 4096) {
        std::string damaged = whole;
        std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(page), 4096, '\x5a');
        write_file(path_, damaged);
        EXPECT_NE(open_error(), "no error") << "page at byte " << page;
    }
}

TEST_F(ResultStoreTest, AReaderWritesNothing) {
    const SweepFile file = sweep(1);
    { ResultStore store(path_); }
    ResultStore store(path_, {.mode = ResultStore::Mode::existing});
    EXPECT_THROW(store.add_sweep(file, file.points()), Error);
}

// What others may rely on when they open the file with their own tools.
TEST_F(ResultStoreTest, TheFileKeepsItsRulesForOtherPrograms) {
    ResultStore store(path_);
    store.record(record_of(sweep(1).points()[0]));
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
    const auto refused = [database](const char* text) {
        return sqlite3_exec(database, text, nullptr, nullptr, nullptr) != SQLITE_OK;
    };
    EXPECT_FALSE(refused("PRAGMA foreign_keys = ON"));
    EXPECT_TRUE(refused("INSERT INTO metric VALUES (1, 'x', 'text')"));
    EXPECT_TRUE(refused("INSERT INTO metric VALUES (99, 'x', 1)"));
    EXPECT_TRUE(refused("UPDATE point SET status = 'perhaps'"));
    EXPECT_TRUE(refused("UPDATE point SET peak_bytes = 'many'"));
    EXPECT_FALSE(refused("DELETE FROM point"));
    EXPECT_FALSE(refused("INSERT INTO sweep (hash, name, text) VALUES ('h', 'n', 't')"));
    sqlite3_close(database);
}

}  // namespace
}  // namespace bitloom
