// SPDX-License-Identifier: Apache-2.0
// Sweeps of points that take a given time and do nothing else, for the tests with a real Slurm and
// for tests/bench/sweep_rate.py:
//
//     slurm_points here DATABASE COUNT SECONDS JOBS
//     slurm_points slurm DATABASE COUNT SECONDS TASKS     shards in DATABASE.slurm
//     slurm_points work SECONDS TASK                      what a task of Slurm runs
//
// Prints notes on jobs and "40 points in 2.5 s". Exit code 130: interrupted, points are left.
#include <signal.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <thread>

#include "models/base/error.h"
#include "sim/sweep/slurm/slurm_run.h"
#include "sim/sweep/sweep_run.h"

namespace {

using namespace bitloom;

const std::string version("1");
std::atomic<bool> interrupted = false;

RunPoints sleep_here(double seconds, std::size_t jobs) {
    LocalOptions options;
    options.program_version = version;
    options.jobs = jobs;
    options.stop = [] { return interrupted.load(); };
    return run_here(std::move(options), [seconds](const SweepPoint& point) {
        std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
        PointMeasure measure;
        measure.metrics.emplace("a", std::int64_t{std::stoll(*point.find("a"))});
        return measure;
    });
}

RunPoints sleep_on_slurm(const std::string& database, const std::string& seconds,
                         std::size_t tasks) {
    SlurmOptions options;
    options.folder = database + ".slurm";
    options.worker = {std::filesystem::canonical("/proc/self/exe"), "work", seconds};
    options.program_version = version;
    options.tasks = tasks;
    options.poll_s = 0.2;
    options.grace_s = 0.5;
    options.stop = [] { return interrupted.load(); };
    options.note = [](const std::string& text) { std::cout << text << std::endl; };
    return run_on_slurm(std::move(options));
}

int sweep(const std::string& database, const std::string& count, const RunPoints& run) {
    const SweepFile file = parse_sweep("s.ini", "a = 1.." + count + "\n");
    ResultStore store(database);
    SweepRunOptions options;
    options.program_version = version;
    const auto start = std::chrono::steady_clock::now();
    const SweepProgress progress = run_sweep(file, store, options, run);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    std::cout << progress.done << " points in " << taken.count() << " s" << std::endl;
    return progress.complete ? 0 : 130;
}

}  // namespace

int main(int count, char** values) {
    const std::vector<std::string> words(values, values + count);
    const std::string verb = count > 1 ? words[1] : "";
    ::signal(SIGINT, [](int) { interrupted = true; });
    try {
        if (verb == "work" && count == 4) {
            run_task(words[3], sleep_here(std::stod(words[2]), 1));
            return 0;
        }
        if (verb == "here" && count == 6)
            return sweep(words[2], words[3], sleep_here(std::stod(words[4]), std::stoul(words[5])));
        if (verb == "slurm" && count == 6)
            return sweep(words[2], words[3],
                         sleep_on_slurm(words[2], words[4], std::stoul(words[5])));
        std::cerr << "slurm_points here|slurm DATABASE COUNT SECONDS JOBS|TASKS, or\n"
                     "slurm_points work SECONDS TASK\n";
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
    }
    return 2;
}
