// SPDX-License-Identifier: Apache-2.0
// ResNet-18 (224x224, batch 1, ant4, random codes) with full functional outputs in `tile`: wall
// time, multiply-accumulates a second, peak memory, beside the same layers through oneDNN's int8.
// Every simulation runs in a child process, as SystemC asks; the first one is checked.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <systemc>
#include <thread>
#include <vector>

#include "sim/engine/engine.h"
#include "tests/bench/onednn_yardstick.h"
#include "workloads/import/load.h"
#include "workloads/quantize/random_trace.h"

namespace bitloom {
namespace {

struct Sample {
    double seconds = 0;
    std::int64_t cycles = 0;
    long peak_kib = 0;
};

// Runs `body` in a child process that starts without threads; exits when it fails.
template <class Body>
Sample in_child(Body body) {
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    const pid_t child = fork();
    if (child == 0) {
        const Sample sample = body();
        _exit(write(ends[1], &sample, sizeof sample) == sizeof sample ? 0 : 1);
    }
    Sample sample;
    close(ends[1]);
    const bool complete = ::read(ends[0], &sample, sizeof sample) == sizeof sample;
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!complete || status != 0) {
        fmt::print(stderr, "resnet18_bench: a child process failed\n");
        std::exit(1);
    }
    return sample;
}

Sample simulate(const ChipDescription& chip, const std::filesystem::path& file, bool check) {
    return in_child([&] {
        const Trace trace = Trace::open(file);
        RunOptions options;
        options.check = check;
        options.accuracy = false;
        const auto begin = std::chrono::steady_clock::now();
        const RunResult result = run_chip(chip, trace, options);
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        return Sample{elapsed.count(), result.cycles, usage.ru_maxrss};
    });
}

std::string first_match(const char* file, const std::string& key) {
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);)
        if (line.starts_with(key)) return line.substr(line.find(':') + 2);
    return "unknown";
}

int run(int runs) {
    const std::filesystem::path source = BITLOOM_SOURCE_DIR;
    const ChipDescription chip = read_chip(source / "models/chip/ant.ini");
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / fmt::format("resnet18_bench.{}", getpid());
    // In a child, too: a process with threads must not fork.
    in_child([&] {
        random_trace(load_network(source / "workloads/papers/ant/resnet18.net"), {}).write(file);
        return Sample{};
    });
    const Trace trace = Trace::open(file);
    std::int64_t macs = 0;
    for (const Layer& layer : trace.manifest().layers)
        if (layer.weights) macs += gemm_shape(trace.manifest(), layer).macs();

    simulate(chip, file, true);  // every stored result equals the integer reference; warm-up
    std::vector<Sample> samples;
    for (int i = 0; i < runs; ++i) samples.push_back(simulate(chip, file, false));
    std::sort(samples.begin(), samples.end(),
              [](const Sample& a, const Sample& b) { return a.seconds < b.seconds; });
    const Sample& median = samples[samples.size() / 2];
    long peak = 0;
    for (const Sample& sample : samples) peak = std::max(peak, sample.peak_kib);
    std::filesystem::remove(file);
    // After the simulations: oneDNN's threads must not be there when a child is forked.
    const double yardstick = onednn_seconds(trace.manifest(), runs);
    const double billions = static_cast<double>(macs) * 1e-9;
    double load[1] = {0};
    getloadavg(load, 1);
    fmt::print(
        "bench/resnet18_ant_tile            reference check: ok   warm-up 1   runs {}\n"
        "  wall time              median {:.3f} s   (min {:.3f}, max {:.3f})\n"
        "  simulated              {} cycles; {:.2f} M cycles/s\n"
        "  multiply-accumulates   {:.3f} G; {:.1f} G/s\n"
        "  oneDNN int8, same layers   {:.3f} s; {:.1f} G/s; Bitloom takes {:.1f} x as long\n"
        "  peak memory            {:.0f} MiB\n"
        "  host: {}, {} threads, load {:.1f}\n",
        runs, median.seconds, samples.front().seconds, samples.back().seconds, median.cycles,
        static_cast<double>(median.cycles) / median.seconds * 1e-6, billions,
        billions / median.seconds, yardstick, billions / yardstick, median.seconds / yardstick,
        static_cast<double>(peak) / 1024, first_match("/proc/cpuinfo", "model name"),
        std::thread::hardware_concurrency(), load[0]);
    return 0;
}

}  // namespace
}  // namespace bitloom

int sc_main(int argc, char** argv) {
    const int runs = argc > 1 ? std::atoi(argv[1]) : 9;
    if (runs < 1) {
        fmt::print(stderr, "usage: resnet18_bench [RUNS], RUNS >= 1 (default 9)\n");
        return 2;
    }
    return bitloom::run(runs);
}
