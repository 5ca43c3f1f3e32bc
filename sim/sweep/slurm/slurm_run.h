// SPDX-License-Identifier: Apache-2.0
// Runs points as job arrays of Slurm.
//
// The points go out as tasks and come back as shards (shard.h) through a folder that this machine
// and all nodes see. What is still missing when a job has left the queue (a node failed, a task ran
// out of its limits) is submitted anew. Slurm alone decides what runs where and when.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sim/sweep/slurm/shard.h"

namespace bitloom {

struct SlurmOptions {
    std::filesystem::path folder;     // of one sweep; made where it is not there
    std::vector<std::string> worker;  // command of a task, which calls run_task with one more
                                      // argument: the task's file
    std::vector<std::string> sbatch;  // further options: {"--partition=short", "--time=60"}
    std::string program_version;      // of this program: the tasks must run the same
    std::size_t tasks = 100;          // of an array, at most; 1..
    int fruitless_jobs = 3;           // in a row, before what is missing is given up; 1..
    double poll_s = 1.0;              // between looks at the queue and the shards
    double grace_s = 3.0;             // for shards of a network file system to appear, after the
                                      // job has ended
    std::function<bool()> stop;       // asked ten times a second; true: cancel and return
    std::function<void(const std::string&)> note;  // one line about a job: "job 7: 20 tasks, ..."
};

// Hands over a record of each point once, first of those that an earlier run left in the folder. A
// point whose tasks end again and again without its record is one that failed, with the end of the
// last task's output as its message. Told to stop, it cancels the job. Throws Error when Slurm's
// commands are not there or refuse, when no task brings anything, when another program version
// answers, and when another process uses the folder.
RunPoints run_on_slurm(SlurmOptions options);

}  // namespace bitloom
