// SPDX-License-Identifier: Apache-2.0
// Speed of the three bodies of the array on one GEMM tile: simulated cycles a second.
#include <benchmark/benchmark.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <systemc>

#include "sim/engine/engine.h"
#include "workloads/quantize/random_trace.h"

namespace bitloom {
namespace {

// One simulation in a child process; reports its cycles and its seconds.
void array_speed(benchmark::State& state, const char* fidelity) {
    ChipDescription chip =
        read_chip(std::filesystem::path(BITLOOM_SOURCE_DIR) / "models/chip/ant.ini");
    auto& array = std::get<SystolicConfig>(chip.gemm().array);
    array.rows = array.columns = state.range(0);
    const Trace trace = gemm_trace(256, 64, 576, "flint4", "uflint4", 1);
    double cycles = 0;
    for (auto _ : state) {
        int ends[2];
        if (pipe(ends) != 0) std::abort();
        if (fork() == 0) {
            RunOptions options;
            options.fidelity = fidelity;
            options.check = false;
            const auto begin = std::chrono::steady_clock::now();
            const RunResult result = run_chip(chip, trace, options);
            const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
            const double sample[2] = {elapsed.count(), static_cast<double>(result.cycles)};
            _exit(write(ends[1], sample, sizeof sample) == sizeof sample ? 0 : 1);
        }
        double sample[2] = {0, 0};
        close(ends[1]);
        if (::read(ends[0], sample, sizeof sample) != sizeof sample) state.SkipWithError("failed");
        close(ends[0]);
        wait(nullptr);
        state.SetIterationTime(sample[0]);
        cycles += sample[1];
    }
    state.counters["cycles/s"] = benchmark::Counter(cycles, benchmark::Counter::kIsRate);
}

BENCHMARK_CAPTURE(array_speed, tile, "tile")
    ->Arg(16)
    ->Arg(64)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(array_speed, pe, "pe")
    ->Arg(16)
    ->Arg(64)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(array_speed, rtl, "rtl")
    ->Arg(16)  // the largest of which there is RTL
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bitloom

int sc_main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
