// SPDX-License-Identifier: Apache-2.0
// What a point of a sweep costs beyond its simulation: a process, its limits, its result's way
// back and a transaction that is on the disk. Prints points a second and the overhead a point with
// 1, 2, ... jobs, for a measure that does nothing and for one that takes 20 ms.
//
//     sweep_bench [POINTS]
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "sim/sweep/sweep_run.h"

namespace {

using namespace bitloom;

// As large as that of a small network.
const std::string result_json(8000, 'x');

// Of this process and of its children that have ended.
double processor_seconds() {
    double seconds = 0.0;
    for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage usage{};
        ::getrusage(who, &usage);
        for (const timeval& time : {usage.ru_utime, usage.ru_stime})
            seconds += static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    }
    return seconds;
}

double seconds_of(const std::filesystem::path& database, std::int64_t points, std::size_t jobs,
                  std::chrono::milliseconds work) {
    const SweepFile file = parse_sweep("bench.ini", fmt::format("a = 1..{}\n", points));
    ResultStore store(database);
    LocalOptions local;
    local.program_version = "bench";
    local.jobs = jobs;
    local.timeout_s = 60;
    SweepRunOptions options;
    options.program_version = "bench";
    const auto begin = std::chrono::steady_clock::now();
    run_sweep(file, store, options, run_here(local, [&](const SweepPoint&) {
                  std::this_thread::sleep_for(work);
                  PointMeasure measure;
                  for (int i = 0; i < 25; ++i)
                      measure.metrics[fmt::format("metric_{}", i)] = 0.1 * i;
                  for (int i = 0; i < 50; ++i)
                      measure.configuration[fmt::format("key.{}", i)] = "value";
                  measure.result_json = result_json;
                  return measure;
              }));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

int main(int count, char** arguments) {
    const std::int64_t points = count > 1 ? std::atoll(arguments[1]) : 500;
    std::string pattern = (std::filesystem::temp_directory_path() / "bitloom_XXXXXX").string();
    const std::filesystem::path folder = ::mkdtemp(pattern.data());
    const std::size_t most = std::max(2u, std::thread::hardware_concurrency());
    for (const std::chrono::milliseconds work :
         {std::chrono::milliseconds(0), std::chrono::milliseconds(20)})
        for (std::size_t jobs = 1; jobs <= most; jobs *= 2) {
            const double processor_before = processor_seconds();
            const double seconds = seconds_of(folder / fmt::format("{}_{}.db", work.count(), jobs),
                                              points, jobs, work);
            const double a_point_ms = seconds * 1e3 / static_cast<double>(points);
            fmt::print(
                "{:3} ms of work, {:2} jobs: {:7.1f} points/s, {:6.2f} ms a point, "
                "overhead {:5.2f} ms a point and job, {:5.2f} ms of it on a processor\n",
                work.count(), jobs, static_cast<double>(points) / seconds, a_point_ms,
                a_point_ms * static_cast<double>(jobs) - static_cast<double>(work.count()),
                (processor_seconds() - processor_before) * 1e3 / static_cast<double>(points));
        }
    std::filesystem::remove_all(folder);
    return 0;
}
