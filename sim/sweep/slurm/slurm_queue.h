// SPDX-License-Identifier: Apache-2.0
// Slurm's own commands. Each throws Error when the command is not installed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace bitloom {

// The largest number of tasks of an array; 1001, Slurm's default, where it cannot be asked.
std::size_t most_array_tasks();

// Submits `script` as tasks 0..tasks-1 of an array; each task's output goes to a file in `folder`.
// `options` are further ones of sbatch. Returns the job's number. Throws Error with what sbatch
// said when it refuses.
std::string submit_array(const std::filesystem::path& script, std::size_t tasks,
                         const std::filesystem::path& folder,
                         const std::vector<std::string>& options);
// Of a task's output.
std::filesystem::path task_log(const std::filesystem::path& folder, std::size_t task);

struct QueueState {
    bool known = true;        // false: the controller did not answer
    std::size_t running = 0;  // tasks
    std::size_t waiting = 0;  // tasks
    std::string reason;       // of one that waits
};
QueueState tasks_in_queue(const std::string& job);

// Does nothing for a job that has ended.
void cancel_job(const std::string& job);

}  // namespace bitloom
