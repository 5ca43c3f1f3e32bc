// SPDX-License-Identifier: Apache-2.0
// Points that take a given time, for the tests with a real Slurm:
//
//     slurm_points launch DATABASE FOLDER COUNT SECONDS
//     slurm_points work SECONDS TASK                      as a task of Slurm
#include <signal.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <thread>

#include "models/base/error.h"
#include "sim/sweep/slurm/slurm_run.h"

namespace {

using namespace bitloom;

const std::string version("1");
std::atomic<bool> interrupted = false;

int work(double seconds, const std::filesystem::path& task) {
    run_task(task, [&](std::span<const SweepPoint> points, const RecordDone& done) {
        for (const SweepPoint& point : points) {
            std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
            PointRecord record;
            record.point = point;
            record.program_version = version;
            record.metrics = {{"a", std::int64_t{std::stoll(*point.find("a"))}}};
            done(record);
        }
        return true;
    });
    return 0;
}

int launch(const std::vector<std::string>& arguments) {
    ::signal(SIGINT, [](int) { interrupted = true; });
    const SweepFile file = parse_sweep("s.ini", "a = 1.." + arguments[4] + "\n");
    const std::vector<SweepPoint> points = file.points();
    ResultStore store(arguments[2]);
    const std::int64_t sweep = store.add_sweep(file, points);
    std::vector<SweepPoint> missing;
    for (const std::size_t i : store.missing(sweep, version, false)) missing.push_back(points[i]);
    SlurmOptions options;
    options.folder = arguments[3];
    options.worker = {std::filesystem::canonical("/proc/self/exe"), "work", arguments[5]};
    options.program_version = version;
    options.tasks = 8;
    options.poll_s = 0.2;
    options.grace_s = 0.5;
    options.stop = [] { return interrupted.load(); };
    options.note = [](const std::string& text) { std::cout << text << std::endl; };
    const auto start = std::chrono::steady_clock::now();
    const bool all =
        run_on_slurm(options)(missing, [&](const PointRecord& record) { store.record(record); });
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    std::cout << missing.size() << " points in " << taken.count() << " s" << std::endl;
    return all ? 0 : 130;
}

}  // namespace

int main(int count, char** values) {
    const std::vector<std::string> arguments(values, values + count);
    try {
        if (count == 4 && arguments[1] == "work")
            return work(std::stod(arguments[2]), arguments[3]);
        if (count == 6 && arguments[1] == "launch") return launch(arguments);
        std::cerr << "slurm_points launch DATABASE FOLDER COUNT SECONDS | work SECONDS TASK\n";
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
    }
    return 2;
}
