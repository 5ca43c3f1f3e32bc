// SPDX-License-Identifier: Apache-2.0
// The launcher with stand-ins for Slurm's commands, for what a real cluster does seldom;
// slurm_test.py has the real one.
#include "sim/sweep/slurm/slurm_run.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <map>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "sim/sweep/record_line.h"
#include "sim/sweep/slurm/command.h"

namespace bitloom {
namespace {

// sbatch runs the tasks at once, one after the other; the queue is always empty.
constexpr const char* sbatch = R"(#!/bin/sh
echo "$*" >> "$FAKE/submitted"
for word; do
  case $word in
    --array=0-*) last=${word#--array=0-} ;;
    --output=*) log=${word#--output=} ;;
  esac
done
for i in $(seq 0 "$last"); do
  SLURM_ARRAY_TASK_ID=$i sh "$word" > "${log%\%a.log}$i.log" 2>&1
done
echo "42;cluster"
)";
constexpr const char* squeue = R"(#!/bin/sh
echo 'slurm_load_jobs error: Invalid job id specified' >&2
exit 1
)";
constexpr const char* scancel = "#!/bin/sh\necho \"$*\" >> \"$FAKE/cancelled\"\n";
constexpr const char* scontrol = "#!/bin/sh\necho 'MaxArraySize            = 6'\n";
// Tasks with the point that $POISON names end without a result.
constexpr const char* worker = R"(#!/bin/sh
if [ -n "$POISON" ] && grep -q "\"a\",\"$POISON\"" "$1"; then echo "it died"; exit 1; fi
case $1 in */$LOST) exit 1 ;; esac
exec "$POINTS" work 0 "$1"
)";

class SlurmRun : public ::testing::Test {
protected:
    SlurmRun() {
        std::string pattern = (std::filesystem::temp_directory_path() / "bit loom_XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        ::setenv("FAKE", folder_.c_str(), 1);
        ::setenv("POINTS", BITLOOM_SLURM_POINTS, 1);
        path_ = ::getenv("PATH");
        ::setenv("PATH", (folder_.string() + ":" + path_).c_str(), 1);
        for (const auto& [name, text] : {std::pair{"sbatch", sbatch},
                                         {"squeue", squeue},
                                         {"scancel", scancel},
                                         {"scontrol", scontrol},
                                         {"worker", worker}})
            program(name, text);
        options_.folder = folder_ / "r.db.slurm";
        options_.worker = {(folder_ / "worker").string()};
        options_.program_version = std::string("1");
        options_.sbatch = {"--partition=a b"};
        options_.poll_s = 0.0;
        options_.grace_s = 0.0;
        options_.note = [this](const std::string& text) { notes_ += text + '\n'; };
    }
    ~SlurmRun() override {
        ::setenv("PATH", path_.c_str(), 1);
        for (const char* name : {"LOST", "POISON"}) ::unsetenv(name);
        std::filesystem::remove_all(folder_);
    }

    void program(const char* name, const std::string& text) {
        write_file(folder_ / name, text);
        std::filesystem::permissions(folder_ / name, std::filesystem::perms::owner_all);
    }
    std::string file(const char* name) {
        return std::filesystem::exists(folder_ / name) ? read_file(folder_ / name) : "";
    }
    std::vector<SweepPoint> points(int count) {
        std::vector<SweepPoint> all = parse_sweep("s.ini", "a = 1..20\n").points();
        all.resize(static_cast<std::size_t>(count));
        return all;
    }
    bool run(int count) {
        return run_on_slurm(options_)(points(count), [this](const PointRecord& record) {
            ++times_[record.point.hash];
            records_.push_back(record);
        });
    }
    std::string error(int count) {
        try {
            run(count);
        } catch (const Error& caught) {
            return caught.what();
        }
        return "no error";
    }
    void expect_all_once(int count) {
        for (const SweepPoint& point : points(count)) EXPECT_EQ(times_[point.hash], 1);
        EXPECT_EQ(times_.size(), static_cast<std::size_t>(count));
    }
    // Jobs leave nothing behind.
    void expect_clean() {
        for (const auto& entry : std::filesystem::directory_iterator(options_.folder))
            EXPECT_EQ(entry.path().filename(), "lock");
    }

    std::filesystem::path folder_;
    std::string path_;
    SlurmOptions options_;
    std::map<std::string, int> times_;
    std::vector<PointRecord> records_;
    std::string notes_;
};

TEST_F(SlurmRun, EveryPointComesBackOnce) {
    EXPECT_TRUE(run(20));
    expect_all_once(20);
    expect_clean();
    EXPECT_EQ(notes_, "job 42: 6 tasks, 20 points\n");
    const std::string folder = options_.folder.string() + "/0";
    EXPECT_EQ(file("submitted"),
              fmt::format("--parsable --no-requeue --job-name=bitloom --array=0-5 "
                          "--output={}/%a.log --partition=a b {}/task.sh\n",
                          folder, folder));
    EXPECT_EQ(std::get<std::int64_t>(records_[0].metrics.at("a")), 1);
}

TEST_F(SlurmRun, NoPointsNoJob) {
    EXPECT_TRUE(run_on_slurm(options_)({}, [](const PointRecord&) { FAIL(); }));
    EXPECT_EQ(notes_, "");
}

TEST_F(SlurmRun, WhatALostTaskLacksIsSubmittedAgain) {
    ::setenv("LOST", "0/3.points", 1);
    EXPECT_TRUE(run(20));
    expect_all_once(20);
    expect_clean();
    EXPECT_EQ(notes_,
              "job 42: 6 tasks, 20 points\n"
              "job 42: ended, 3 points are missing: task 3 said: no output\n"
              "job 42: 3 tasks, 3 points\n");
}

// Its neighbours in a task are found in another one.
TEST_F(SlurmRun, APointThatEndsItsTaskFailsAloneAfterAFewTries) {
    ::setenv("POISON", "7", 1);
    EXPECT_TRUE(run(20));
    expect_all_once(20);
    for (const PointRecord& record : records_) {
        const bool poison = *record.point.find("a") == "7";
        EXPECT_EQ(record.status == PointStatus::failed, poison);
        if (poison) {
            EXPECT_EQ(record.message,
                      "3 tasks of Slurm in a row ended without its result; task 0 said: it died");
        }
    }
}

TEST_F(SlurmRun, WhereNothingComesBackTheRunEnds) {
    ::setenv("LOST", "*", 1);
    EXPECT_EQ(error(3), "3 jobs of Slurm in a row brought no result; task 0 said: no output");
    EXPECT_TRUE(records_.empty());
}

TEST_F(SlurmRun, ARefusalIsSaidInSlurmsWords) {
    program("sbatch",
            "#!/bin/sh\necho 'sbatch: error: invalid partition specified: x' >&2\n"
            "echo 'sbatch: error: Batch job submission failed' >&2\nexit 1\n");
    EXPECT_EQ(error(3),
              fmt::format("sbatch --parsable --no-requeue --job-name=bitloom --array=0-2 "
                          "--output={0}/0/%a.log --partition=a b {0}/0/task.sh: sbatch: error: "
                          "invalid partition specified: x sbatch: error: Batch job submission "
                          "failed",
                          options_.folder.string()));
}

TEST_F(SlurmRun, WithoutSlurmTheCommandIsNamed) {
    ::setenv("PATH", "/nonexistent", 1);
    EXPECT_EQ(error(3), "there is no program scontrol: Slurm's commands must be in PATH");
}

TEST_F(SlurmRun, StoppingCancelsTheJob) {
    program("sbatch", "#!/bin/sh\necho 42\n");
    program("squeue", "#!/bin/sh\necho 'R None'\necho 'PD Resources'\n");
    int asked = 0;
    options_.stop = [&asked] { return ++asked > 5; };
    EXPECT_FALSE(run(4));
    EXPECT_EQ(file("cancelled"), "--quiet 42\n");
    EXPECT_EQ(notes_, "job 42: 4 tasks, 4 points\njob 42: cancelled, 4 points are missing\n");
}

TEST_F(SlurmRun, WhyAWholeJobWaitsAndASilentControllerAreToldOnce) {
    program("sbatch", "#!/bin/sh\necho 42\n");
    program("squeue",
            "#!/bin/sh\necho x >> \"$FAKE/asked\"\ncase $(wc -l < \"$FAKE/asked\") in\n"
            "[123]) echo 'PD (Nodes required are DOWN)' ;;\n"
            "*) echo 'Unable to contact slurm controller' >&2; exit 1 ;; esac\n");
    int asked = 0;
    options_.stop = [&] {
        return ++asked > 50 || std::count(notes_.begin(), notes_.end(), '\n') >= 3;
    };
    EXPECT_FALSE(run(4));
    EXPECT_EQ(notes_,
              "job 42: 4 tasks, 4 points\n"
              "job 42: waits: (Nodes required are DOWN)\n"
              "job 42: Slurm's controller does not answer\n"
              "job 42: cancelled, 4 points are missing\n");
}

TEST_F(SlurmRun, AnotherVersionOnTheNodesIsAnError) {
    options_.program_version = std::string("2");
    EXPECT_EQ(error(3),
              "the tasks run version 1 of the program, not 2: the nodes must run the same");
    EXPECT_EQ(file("cancelled"), "--quiet 42\n");
}

// A launcher that was killed left a job under way, and shards.
TEST_F(SlurmRun, TheNextRunTakesWhatIsThere) {
    const std::filesystem::path left = options_.folder / "0";
    std::filesystem::create_directories(left);
    write_file(left / "job", "17");
    PointRecord record;
    record.point = points(4)[2];
    record.program_version = std::string("1");
    PointRecord foreign = record;
    foreign.point = points(4)[1];
    foreign.program_version = std::string("0");
    write_file(left / "x.shard", to_line(record) + "\n" + to_line(foreign) + "\n");
    write_file(left / "y.shard", to_line(record) + "\n");  // its task ran twice
    EXPECT_TRUE(run(4));
    expect_all_once(4);
    expect_clean();
    EXPECT_EQ(file("cancelled"), "--quiet 17\n");
    EXPECT_EQ(notes_, "job 42: 3 tasks, 3 points\n");
}

TEST_F(SlurmRun, OneProcessAtATimeUsesAFolder) {
    std::string inner;
    run_on_slurm(options_)(points(1), [&](const PointRecord&) { inner = error(1); });
    EXPECT_EQ(inner,
              options_.folder.string() + ": another process submits the points of this sweep");
}

TEST(Command, OutputsAndExitCodesComeBack) {
    const CommandResult result = run_command({"sh", "-c", "cat; echo out; echo err >&2; exit 3"});
    EXPECT_EQ(result.output, "out\n");
    EXPECT_EQ(result.error, "err\n");
    EXPECT_EQ(result.exit_code, 3);
    EXPECT_EQ(run_command({"sh", "-c", "kill -9 $$"}).exit_code, 137);
    EXPECT_EQ(run_command({"bitloom_no_such_program"}).exit_code, CommandResult::not_found);
    EXPECT_EQ(run_command({"head", "-c", "300000", "/dev/zero"}).output.size(), 300'000U);
}

TEST(Command, AnyTextIsOneWordOfAShell) {
    for (const std::string text : {"", "a b", "it's", "$x `y` \"z\" \\ *", "two\nlines", "'"})
        EXPECT_EQ(run_command({"sh", "-c", "printf %s " + shell_word(text)}).output, text);
}

}  // namespace
}  // namespace bitloom
