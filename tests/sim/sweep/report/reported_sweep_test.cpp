// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/reported_sweep.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "tests/sim/sweep/report/sample_sweeps.h"

namespace bitloom {
namespace {

class ReportedSweepTest : public ::testing::Test {
protected:
    ReportedSweepTest() {
        std::string pattern = (std::filesystem::temp_directory_path() / "bitloom_XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        path_ = folder_ / "r.db";
    }
    ~ReportedSweepTest() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& name, std::size_t points) const {
        ReportedSweep sweep = testing::plausible_sweep(points);
        sweep.name = name;
        testing::write_database(path_, sweep);
    }
    std::string error(std::string_view which = "") const {
        try {
            read_reported_sweep(path_, which);
        } catch (const Error& error) {
            return error.what();
        }
        return "no error";
    }

    std::filesystem::path folder_, path_;
};

TEST_F(ReportedSweepTest, HasTheRecordsOfTheSweep) {
    const ReportedSweep written = testing::plausible_sweep(60);
    testing::write_database(path_, written);
    const ReportedSweep read = read_reported_sweep(path_, "");
    EXPECT_EQ(read.database, path_.string());
    EXPECT_EQ(read.name, written.name);
    EXPECT_EQ(read.text, written.text);
    EXPECT_EQ(read.program_version, written.program_version);
    EXPECT_EQ(read.counts.points, 60);
    EXPECT_EQ(read.counts.failed, written.counts.failed);
    ASSERT_EQ(read.records.size(), 60U);
    for (std::size_t i = 0; i < 60; ++i) {
        EXPECT_EQ(read.records[i].metrics, written.records[i].metrics);
        EXPECT_EQ(read.records[i].point.hash, written.records[i].point.hash);
    }
}

// By the name as given, without folder, without ending, or the number; the last of equal names.
TEST_F(ReportedSweepTest, IsFoundByNameOrNumber) {
    write("runs/a.ini", 3);
    write("runs/b.ini", 4);
    write("c/a.ini", 5);
    for (const auto& [which, points] : std::vector<std::pair<std::string, std::size_t>>{
             {"", 5}, {"runs/a.ini", 3}, {"a.ini", 5}, {"a", 5}, {"1", 3}, {"b", 4}, {"3", 5}})
        EXPECT_EQ(read_reported_sweep(path_, which).records.size(), points) << which;
    EXPECT_EQ(error("d"), path_.string() +
                              ": has no sweep 'd'; it has: 1 'runs/a.ini', 2 'runs/b.ini', 3 "
                              "'c/a.ini'; did you mean 'a'?");
}

// Of a sweep that two versions of the program ran, only the later one's points are reported.
TEST_F(ReportedSweepTest, IsOfTheLatestProgram) {
    ReportedSweep old = testing::plausible_sweep(5);
    old.program_version = "old";
    for (PointRecord& record : old.records) record.program_version = "old";
    testing::write_database(path_, old);
    ReportedSweep later = testing::plausible_sweep(5);
    later.records.resize(2);
    ResultStore store(path_);
    for (PointRecord& record : later.records) {
        record.finished_unix += 1000;
        store.record(record);
    }
    const ReportedSweep read = read_reported_sweep(path_, "");
    EXPECT_EQ(read.program_version, later.program_version);
    EXPECT_EQ(read.other_versions, std::vector<std::string>{"old"});
    EXPECT_EQ(read.records.size(), 2U);
    EXPECT_EQ(read.counts.points, 5);
    EXPECT_EQ(read.counts.done, 2);
}

TEST_F(ReportedSweepTest, MistakesAreNamed) {
    EXPECT_EQ(error(), path_.string() + ": there is no such results database");
    write_file(path_, "");
    EXPECT_EQ(error(), path_.string() + ": is empty: must be a results database");
    write_file(path_,
               "some text that is longer than the header of a database file would be ......");
    EXPECT_EQ(error(), path_.string() + ": is no results database");
    std::filesystem::remove(path_);
    { ResultStore store(path_); }
    EXPECT_EQ(error(), path_.string() + ": has no sweep");
    {
        ResultStore store(path_);
        SweepFile file;
        file.name = "a.ini";
        const std::vector<SweepPoint> points = {{{{"a", "1"}}, "hash"}};
        store.add_sweep(file, points);
    }
    EXPECT_EQ(error(), path_.string() + ": no point of sweep 'a.ini' has ended yet");
}

}  // namespace
}  // namespace bitloom
