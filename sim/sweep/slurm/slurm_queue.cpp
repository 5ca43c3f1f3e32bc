// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/slurm/slurm_queue.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "models/base/error.h"
#include "sim/sweep/slurm/command.h"

namespace bitloom {

namespace {

CommandResult run_slurm(const std::vector<std::string>& command) {
    CommandResult result = run_command(command);
    if (result.exit_code == CommandResult::not_found)
        fail("there is no program {}: Slurm's commands must be in PATH", command[0]);
    return result;
}

// What a command complained about, as one line.
std::string complaint(const CommandResult& result) {
    std::string text = result.error.empty() ? result.output : result.error;
    while (!text.empty() && text.back() == '\n') text.pop_back();
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text.empty() ? fmt::format("exit code {}", result.exit_code) : text;
}

}  // namespace

std::size_t most_array_tasks() {
    const CommandResult result = run_slurm({"scontrol", "show", "config"});
    std::istringstream lines(result.output);
    for (std::string name, equals, value; lines >> name;) {
        if (name == "MaxArraySize" && lines >> equals >> value) {
            std::size_t size = 0;
            std::from_chars(value.data(), value.data() + value.size(), size);
            if (size > 0) return size;
        }
        std::getline(lines, value);
    }
    return 1001;
}

std::string submit_array(const std::filesystem::path& script, std::size_t tasks,
                         const std::filesystem::path& folder,
                         const std::vector<std::string>& options) {
    // Not requeued: what a lost task lacks is submitted anew, and only that.
    std::vector<std::string> command = {"sbatch",
                                        "--parsable",
                                        "--no-requeue",
                                        "--job-name=bitloom",
                                        fmt::format("--array=0-{}", tasks - 1),
                                        "--output=" + (folder / "%a.log").string()};
    command.insert(command.end(), options.begin(), options.end());
    command.push_back(script.string());
    const CommandResult result = run_slurm(command);
    const std::string job = result.output.substr(0, result.output.find_first_of(";\n"));
    if (result.exit_code != 0 || job.empty() ||
        job.find_first_not_of("0123456789") != std::string::npos)
        fail("{}: {}", fmt::join(command, " "), complaint(result));
    return job;
}

std::filesystem::path task_log(const std::filesystem::path& folder, std::size_t task) {
    return folder / fmt::format("{}.log", task);
}

QueueState tasks_in_queue(const std::string& job) {
    const CommandResult result =
        run_slurm({"squeue", "--noheader", "--array", "--jobs=" + job, "--format=%t %r"});
    QueueState state;
    if (result.exit_code != 0) {
        // A job that ended a while ago is forgotten.
        state.known = result.error.find("Invalid job id") != std::string::npos;
        return state;
    }
    std::istringstream lines(result.output);
    for (std::string code, reason; lines >> code && std::getline(lines >> std::ws, reason);) {
        if (code == "PD") {
            ++state.waiting;
            state.reason = reason;
        } else {
            ++state.running;
        }
    }
    return state;
}

void cancel_job(const std::string& job) {
    run_slurm({"scancel", "--quiet", job});
}

}  // namespace bitloom
