// SPDX-License-Identifier: Apache-2.0
// `bitloom sweep`, as a user runs it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "models/base/output_file.h"
#include "tests/cli/run_program.h"

namespace bitloom::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// 12 points, 4 of which cannot be: the bit-serial chip has no planes for flint4.
const char* const twelve =
    "chip = ant, apnn_tc\n"
    "network = zoo/digits\n"
    "scheme = int8, ant4\n"
    "inputs = 20\n"
    "[array]\n"
    "rows = 16..64 step *2\n";

ProgramRun sweep(const TemporaryFolder& folder, const std::string& file,
                 const std::vector<std::string>& options = {},
                 const std::string& database = "r.db") {
    std::vector<std::string> arguments = {"sweep", file, "--database", folder / database};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return run_bitloom(arguments);
}

// The points of the database's last sweep, without what differs from run to run.
json points_of(const TemporaryFolder& folder, const std::string& database = "r.db") {
    const ProgramRun run =
        run_bitloom({"sweep", "--export", folder / "points.json", "--database", folder / database});
    EXPECT_EQ(run.exit_code, 0) << run.error;
    json points = json::parse(read_file(folder / "points.json")).at("points");
    for (json& point : points) {
        for (const char* key : {"wall_time_s", "peak_memory_bytes", "finished_unix_s"})
            point.erase(key);
        for (const char* key : {"reused", "host", "command"}) point.at("provenance").erase(key);
    }
    return points;
}

void remove_database(const TemporaryFolder& folder) {
    for (const char* name : {"r.db", "r.db-wal", "r.db-shm", "r.db.cache"})
        std::filesystem::remove_all(folder / name);
}

// Starts a sweep, ends it with SIGKILL once a part of its points is in the database.
void kill_sweep_in_the_middle(const TemporaryFolder& folder, const std::string& file) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::execl(BITLOOM_PROGRAM, "bitloom", "sweep", file.c_str(), "--database",
                (folder / "r.db").c_str(), "--jobs", "1", nullptr);
        ::_exit(127);
    }
    const std::string wal = folder / "r.db-wal";
    std::error_code ignored;
    for (int i = 0; i < 2000; ++i) {  // each point adds tens of KB
        const auto size = std::filesystem::file_size(wal, ignored);
        if (!ignored && size > 150'000) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it was done before it was killed";
}

TEST(SweepCommand, MeasuresEveryPointAndKeepsTheMessagesOfThoseThatFail) {
    const TemporaryFolder folder;
    const std::string file = folder.write("s.ini", twelve);
    const ProgramRun run = sweep(folder, file, {"--jobs", "2"});
    EXPECT_EQ(run.exit_code, 1);  // points failed
    EXPECT_THAT(run.output, HasSubstr(": 12 points: 9 done, 3 failed"));
    EXPECT_THAT(run.error, HasSubstr("3 x layer "));
    EXPECT_THAT(run.error, HasSubstr("has no bit planes"));

    const json points = points_of(folder);
    ASSERT_EQ(points.size(), 12u);
    int failed = 0;
    for (const json& point : points) {
        const bool good = point.at("parameters").at("chip") == "ant" ||
                          point.at("parameters").at("scheme") == "int8";
        EXPECT_EQ(point.at("status"), good ? "done" : "failed");
        failed += !good;
        if (!good) continue;
        EXPECT_EQ(point.at("configuration").at("array.rows"),
                  point.at("parameters").at("array.rows"));
        for (const char* metric : {"cycles", "latency_s", "energy_pj", "energy_pj.dram", "edp_js",
                                   "area_mm2", "tops_per_watt", "accuracy", "dram_bytes"})
            EXPECT_TRUE(point.at("metrics").contains(metric)) << metric;
        EXPECT_TRUE(point.at("metrics").at("cycles").is_number_integer());
    }
    EXPECT_EQ(failed, 3);
}

// One simulation, two ways to ask for it.
TEST(SweepCommand, APointIsWhatRunReports) {
    const TemporaryFolder folder;
    const std::string file = folder.write(
        "s.ini",
        "chip = ant\nnetwork = zoo/digits\nscheme = ant4\ninputs = 30\n[array]\nrows=32\n");
    ASSERT_EQ(sweep(folder, file).exit_code, 0);
    const ProgramRun run = run_bitloom({"run", "ant", "zoo/digits", "--scheme", "ant4", "--inputs",
                                        "30", "--array.rows", "32", "--json", folder / "run.json"});
    ASSERT_EQ(run.exit_code, 0) << run.error;
    json of_run = json::parse(read_file(folder / "run.json"));
    json of_sweep = points_of(folder).at(0).at("result");
    of_run.at("provenance").erase("version");
    of_run.erase("run");
    // The sweep's version is finer; a run has the commit elsewhere.
    for (const char* key : {"version", "commit"}) of_sweep.at("provenance").erase(key);
    EXPECT_EQ(of_sweep, of_run);
}

// A sweep that found its traces and accuracies ready has the same results as one that made them.
TEST(SweepCommand, WhatIsReusedChangesNoResult) {
    const TemporaryFolder folder;
    const std::string file = folder.write("s.ini", twelve);
    sweep(folder, file, {"--jobs", "1"});
    const json made = points_of(folder);
    for (const char* name : {"r.db", "r.db-wal", "r.db-shm"})
        std::filesystem::remove(folder / name);
    const ProgramRun again = sweep(folder, file, {"--jobs", "2", "--explain"});
    EXPECT_THAT(again.output, HasSubstr("reused: accuracy of 9 points, simulation of 9 "
                                        "points, trace of 9 points\n"));
    EXPECT_EQ(points_of(folder), made);
    // A damaged entry is made anew.
    for (const auto& entry : std::filesystem::directory_iterator(folder / "r.db.cache"))
        if (entry.path().filename().string().starts_with("accuracy"))
            write_file(entry.path(), "damaged");
    for (const char* name : {"r.db", "r.db-wal", "r.db-shm"})
        std::filesystem::remove(folder / name);
    const ProgramRun third = sweep(folder, file, {"--jobs", "1"});
    EXPECT_THAT(third.output, HasSubstr("accuracy of 7 points"));
    EXPECT_EQ(points_of(folder), made);
}

TEST(SweepCommand, ASweepThatWasKilledGoesOnWhereItWas) {
    const TemporaryFolder folder;
    const std::string file = folder.write("s.ini", twelve);
    sweep(folder, file, {"--jobs", "1"});
    const json whole = points_of(folder);
    remove_database(folder);

    kill_sweep_in_the_middle(folder, file);
    const std::size_t before = points_of(folder).size();
    EXPECT_GE(before, 1u);
    EXPECT_LT(before, 12u);
    const ProgramRun refused = sweep(folder, file);
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_EQ(refused.error,
              fmt::format("bitloom: error: {}: has {} of 12 points of this sweep: give --resume to "
                          "run the others, or another database\n",
                          folder / "r.db", before));
    const ProgramRun resumed = sweep(folder, file, {"--resume"});
    EXPECT_EQ(resumed.exit_code, 1) << resumed.error;
    EXPECT_THAT(resumed.output, HasSubstr("12 points"));
    EXPECT_EQ(points_of(folder), whole);  // none lost, none twice
    const ProgramRun done = sweep(folder, file);
    EXPECT_EQ(done.exit_code, 0);
    EXPECT_EQ(done.output, fmt::format("{}: all points of {} are there: nothing to do\n",
                                       folder / "r.db", file));
}

TEST(SweepCommand, CtrlCLetsTheRunningPointsEnd) {
    const TemporaryFolder folder;
    const std::string file = folder.write("s.ini", twelve);
    const ProgramRun run =
        run_shell(fmt::format("\"$BITLOOM\" sweep {} --database {} --jobs 1 & child=$!; while [ ! "
                              "-e {}.cache ]; do sleep "
                              "0.01; done; kill -INT $child; wait $child; echo exit $?",
                              file, folder / "r.db", folder / "r.db"));
    EXPECT_THAT(run.output, HasSubstr("exit 1"));
    EXPECT_THAT(run.error, HasSubstr("bitloom: stopped: "));
    EXPECT_THAT(run.error, HasSubstr(" points are left: give --resume to go on"));
    sweep(folder, file, {"--resume"});
    EXPECT_EQ(points_of(folder).size(), 12u);
}

// Both may run what the other has under way; a point is in the database once.
TEST(SweepCommand, TwoSweepsShareADatabase) {
    const TemporaryFolder folder;
    const std::string file = folder.write("s.ini", twelve);
    const std::string other = folder.write("t.ini", fmt::format("{}# the same points\n", twelve));
    sweep(folder, file, {}, "alone.db");
    const ProgramRun run = run_shell(fmt::format(
        "\"$BITLOOM\" sweep {0} --database {2} --jobs 1 & \"$BITLOOM\" sweep {1} --database {2} "
        "--jobs 1; wait",
        file, other, folder / "r.db"));
    EXPECT_EQ(run.error.find("internal"), std::string::npos) << run.error;
    EXPECT_EQ(points_of(folder), points_of(folder, "alone.db"));
    const ProgramRun status = run_bitloom({"sweep", "--status", "--database", folder / "r.db"});
    EXPECT_EQ(status.exit_code, 0) << status.error;
    EXPECT_THAT(status.output, HasSubstr("9 of 12 points done, 3 failed, 0 left\n"));
}

TEST(SweepCommand, ATimeoutIsAFailedPointWhichIsTriedAgainWhenAsked) {
    const TemporaryFolder folder;
    const std::string keys = "chip = ant\ngemm = 64x64x64, 1024x1024x1024\nfidelity = pe\n";
    const std::string file = folder.write("s.ini", keys + "[sweep]\ntimeout = 1s\n");
    const ProgramRun run = sweep(folder, file);
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_THAT(run.error, HasSubstr("1 x took more than its limit of 1 s"));
    const ProgramRun again = sweep(folder, file, {"--retry-failed"});
    EXPECT_EQ(again.exit_code, 1);
    EXPECT_THAT(again.output, HasSubstr("0 done, 1 were stored, 1 failed"));
}

TEST(SweepCommand, ADamagedDatabaseIsAnErrorOfOneLine) {
    const TemporaryFolder folder;
    const std::string file = folder.write("s.ini", twelve);
    const std::string database = folder.write("r.db", "this is no database, whatever it is called");
    for (const ProgramRun& run :
         {sweep(folder, file), run_bitloom({"sweep", "--status", "--database", database})}) {
        EXPECT_EQ(run.exit_code, 2);
        EXPECT_EQ(run.error, fmt::format("bitloom: error: {}: is no results database\n", database));
    }
}

TEST(SweepCommand, AFullDiskEndsItWithTheReasonAndWhatWasDoneStays) {
    const TemporaryFolder folder;
    const std::string file = folder.write("s.ini", twelve);
    if (run_shell(
            fmt::format("mkdir {0} && mount -t tmpfs -o size=260k tmpfs {0}", folder / "disk"))
            .exit_code != 0)
        GTEST_SKIP() << "needs the right to mount a small disk";
    const ProgramRun run = run_bitloom({"sweep", file, "--database", folder / "disk/r.db",
                                        "--cache", folder / "cache", "--jobs", "1"});
    const ProgramRun status =
        run_bitloom({"sweep", "--status", "--database", folder / "disk/r.db"});
    run_shell(fmt::format("umount {}", folder / "disk"));
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.error, HasSubstr("the disk is full"));
    EXPECT_EQ(status.exit_code, 0) << status.error;
    EXPECT_THAT(status.output, HasSubstr(" of 12 points done"));
}

TEST(SweepCommand, ExportsCsvAndRefusesWhatItCannotWrite) {
    const TemporaryFolder folder;
    const std::string file =
        folder.write("s.ini", "chip = ant\ngemm = 8x8x8, 16x16x16\nseed = 1, 2\n");
    ASSERT_EQ(sweep(folder, file).exit_code, 0);
    const auto to = [&](const std::string& name) {
        return run_bitloom({"sweep", "--export", folder / name, "--database", folder / "r.db"});
    };
    ASSERT_EQ(to("a.csv").exit_code, 0);
    const std::string text = read_file(folder / "a.csv");
    EXPECT_THAT(text,
                ::testing::StartsWith("number,status,frontier,message,chip,gemm,seed,area_mm2,"));
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 5);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\r'), 5);
    const ProgramRun parquet = to("a.parquet");
    EXPECT_EQ(parquet.exit_code, 2);
    EXPECT_THAT(parquet.error, HasSubstr("Parquet needs Apache Arrow, which is not built in"));
    EXPECT_FALSE(std::filesystem::exists(folder / "a.parquet"));
    EXPECT_THAT(to("a.xls").error, HasSubstr("must end with .csv or .json\n"));
}

TEST(SweepCommand, MistakesAreFoundBeforeAnythingRuns) {
    const TemporaryFolder folder;
    const auto error = [&](const std::string& text) {
        const ProgramRun run = sweep(folder, folder.write("s.ini", text));
        EXPECT_EQ(run.exit_code, 2);
        EXPECT_EQ(run.output, "");
        EXPECT_FALSE(std::filesystem::exists(folder / "r.db"));
        return run.error;
    };
    const std::string place = fmt::format("bitloom: error: {}", folder / "s.ini");
    EXPECT_EQ(error("chip = ant\ngemm = 8x8x8\n[array]\nrow = 16\nrows = 3, 16\n"),
              place + ":4: unknown key 'array.row' of chip ant; did you mean 'array.rows'?\n" +
                  place + ":5: array.rows = 3: must be 2..1024, a multiple of 2\n");
    EXPECT_EQ(error("chip = ant\ngemm = 8x8x8\nfidelty = tile\n"),
              place + ":3: unknown key 'fidelty'; did you mean 'fidelity'?\n");
    EXPECT_EQ(error("gemm = 8x8x8\n"), place + ": a point has no chip: give chip = NAME\n");
    EXPECT_EQ(error("chip = ant\n"),
              place + ": a point has no workload: give network = NAME or gemm = MxNxK\n");
    EXPECT_THAT(error("chip = antt\ngemm = 8x8x8\n"),
                HasSubstr(":1: chip 'antt' not found: tried "));
    EXPECT_EQ(error("chip = ant\ngemm = 8x8x8\n[search]\nminimize = latency\n").substr(0, 40),
              fmt::format("{}:4: search.minimize = latency", place).substr(0, 40));
    // A key of one chip only, without a condition.
    EXPECT_EQ(error("chip = ant, apnn_tc\ngemm = 8x8x8\n[array]\nstacking = auto\n"),
              place + ":4: unknown key 'array.stacking' of chip ant\n");
}

TEST(SweepCommand, FilesOfASweepLieBesideIt) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "chips");
    const std::string ini = read_file(std::string(BITLOOM_SOURCE_DIR) + "/models/chip/ant.ini");
    std::string own = ini;
    const std::string tables = std::string(BITLOOM_SOURCE_DIR) + "/models/energy/tables/";
    for (std::size_t at = 0; (at = own.find("../energy/tables/")) != std::string::npos;)
        own.replace(at, 17, tables);
    folder.write("chips/mine.ini", own);
    const std::string file = folder.write("s.ini", "chip = chips/mine.ini\ngemm = 8x8x8\n");
    EXPECT_EQ(sweep(folder, file).exit_code, 0);
    // Another content is another point.
    folder.write("chips/mine.ini", own + "\n[dma]\noutstanding = 8\n");
    const ProgramRun changed = sweep(folder, file);
    EXPECT_EQ(changed.exit_code, 0) << changed.error;
    EXPECT_THAT(changed.output, HasSubstr("1 points: 1 done"));
}

TEST(SweepCommand, ATerminalShowsHowFarItIs) {
    const TemporaryFolder folder;
    const std::string file = folder.write("s.ini", "chip = ant\ngemm = 8x8x8\nseed = 1..6\n");
    const ProgramRun shown =
        run_bitloom_on_terminal({"sweep", file, "--database", folder / "r.db"});
    EXPECT_EQ(shown.exit_code, 0);
    EXPECT_THAT(shown.output, HasSubstr("0 of 6 points  0 %  frontier 0"));
    const ProgramRun piped = sweep(folder, file, {}, "s.db");
    EXPECT_EQ(piped.error, "");
}

}  // namespace
}  // namespace bitloom::test
