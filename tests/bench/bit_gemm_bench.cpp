// SPDX-License-Identifier: Apache-2.0
// One product of weights of P bits by activations of Q bits (wPaQ), M x N x K: through popcounts of
// bit planes, through the 16-bit integer kernel, and through oneDNN's int8 primitive, which does
// not depend on P and Q. GOPS are logical: 2 M N K a second, whatever the planes. Each result is
// checked against the other kernel's first.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <systemc>

#include "models/array/bit_serial/bit_gemm.h"
#include "models/array/gemm_kernel.h"
#include "models/base/random.h"
#include "tests/bench/onednn_yardstick.h"
#include "workloads/quantize/random_trace.h"

namespace bitloom {
namespace {

struct Problem {
    std::int64_t m, n, k;
    int weight_bits, activation_bits;
};

// Binary weights are {-1,+1}, others signed; activations are unsigned.
const Format& weight_format(const Problem& p) {
    return format(fmt::format("{}{}", p.weight_bits == 1 ? "bipolar" : "int", p.weight_bits));
}
const Format& activation_format(const Problem& p) {
    return format(fmt::format("uint{}", p.activation_bits));
}

std::vector<std::byte> random_bytes(std::int64_t count, const char* what) {
    const RandomStream random(1, what);
    std::vector<std::byte> bytes(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::byte>(random.below(i, 256));
    return bytes;
}

struct Operands {
    ConvolutionTile tile;
    std::vector<std::byte> activations, weights;

    explicit Operands(const Problem& p) {
        tile.band_h = tile.out_h = p.m;
        tile.channels = tile.group_channels = tile.k_end = p.k;
        tile.n = p.n;
        tile.activation_bits = p.activation_bits;
        tile.weight_bits = p.weight_bits;
        activations = random_bytes(tile.activation_bytes(), "activations");
        weights = random_bytes(tile.weight_bytes(), "weights");
    }
};

std::vector<std::int32_t> integer_product(const Problem& p, const Operands& operands) {
    const ReductionRuns runs(operands.tile);
    std::vector<std::int32_t> psums(static_cast<std::size_t>(p.m * p.n));
    multiply(
        operands.tile, runs,
        UnpackedActivations(operands.tile, operands.activations.data(),
                            CodeValues(activation_format(p))),
        PackedWeights(operands.tile, runs, operands.weights.data(), CodeValues(weight_format(p))),
        psums.data(), p.n);
    return psums;
}

void report(benchmark::State& state, const Problem& p) {
    const double operations =
        2.0 * static_cast<double>(p.m * p.n * p.k) * static_cast<double>(state.iterations());
    state.counters["GOPS"] = benchmark::Counter(operations / 1e9, benchmark::Counter::kIsRate);
}

// The product alone: what a tile costs whose operands were packed for an earlier tile.
void planes(benchmark::State& state, const PopcountKernels* kernels, Problem p) {
    const Operands operands(p);
    const BitRows rows(bit_operand(activation_format(p)),
                       activation_codes(operands.tile, operands.activations.data()), nullptr);
    const BitPanels panels(bit_operand(weight_format(p)),
                           weight_codes(operands.tile, operands.weights.data()));
    std::vector<std::int32_t> psums(static_cast<std::size_t>(p.m * p.n));
    multiply(rows, panels, *kernels, false, psums.data(), p.n);
    if (psums != integer_product(p, operands)) return state.SkipWithError("wrong result");
    for (auto _ : state) {
        multiply(rows, panels, *kernels, false, psums.data(), p.n);
        benchmark::ClobberMemory();
    }
    report(state, p);
}

// With the unpacking of the activations and the packing of their planes.
void planes_and_packing(benchmark::State& state, Problem p) {
    const Operands operands(p);
    const BitPanels panels(bit_operand(weight_format(p)),
                           weight_codes(operands.tile, operands.weights.data()));
    std::vector<std::int32_t> psums(static_cast<std::size_t>(p.m * p.n));
    for (auto _ : state) {
        const BitRows rows(bit_operand(activation_format(p)),
                           activation_codes(operands.tile, operands.activations.data()), nullptr);
        multiply(rows, panels, best_popcount_kernels(), false, psums.data(), p.n);
        benchmark::ClobberMemory();
    }
    report(state, p);
}

void integers(benchmark::State& state, Problem p) {
    const Operands operands(p);
    const ReductionRuns runs(operands.tile);
    const UnpackedActivations activations(operands.tile, operands.activations.data(),
                                          CodeValues(activation_format(p)));
    const PackedWeights weights(operands.tile, runs, operands.weights.data(),
                                CodeValues(weight_format(p)));
    std::vector<std::int32_t> psums(static_cast<std::size_t>(p.m * p.n));
    for (auto _ : state) {
        multiply(operands.tile, runs, activations, weights, psums.data(), p.n);
        benchmark::ClobberMemory();
    }
    report(state, p);
}

void onednn_int8(benchmark::State& state, Problem p) {
    const Trace trace = gemm_trace(p.m, p.n, p.k, "int8", "uint8", 1);
    for (auto _ : state) state.SetIterationTime(onednn_seconds(trace.manifest(), 5));
    report(state, p);
}

void register_all() {
    for (const std::int64_t m : {64, 1024}) {
        const std::string shape = fmt::format("/{}x1024x1024", m);
        for (const auto& [w, a] :
             std::vector<std::pair<int, int>>{{1, 1}, {1, 2}, {2, 2}, {4, 4}, {8, 8}}) {
            const Problem p{m, 1024, 1024, w, a};
            const std::string name = fmt::format("/w{}a{}{}", w, a, shape);
            for (const PopcountKernels& kernels : popcount_kernels()) {
                if (!kernels.available || &kernels == &popcount_kernels().front()) continue;
                benchmark::RegisterBenchmark((kernels.name + name).c_str(), planes, &kernels, p)
                    ->UseRealTime()
                    ->Unit(benchmark::kMicrosecond);
            }
            benchmark::RegisterBenchmark(("packing" + name).c_str(), planes_and_packing, p)
                ->UseRealTime()
                ->Unit(benchmark::kMicrosecond);
        }
        const Problem p{m, 1024, 1024, 8, 8};
        benchmark::RegisterBenchmark(("int16_kernel" + shape).c_str(), integers, p)
            ->UseRealTime()
            ->Unit(benchmark::kMicrosecond);
        benchmark::RegisterBenchmark(("onednn_int8" + shape).c_str(), onednn_int8, p)
            ->UseManualTime()
            ->Unit(benchmark::kMicrosecond)
            ->Iterations(3);
    }
}

}  // namespace
}  // namespace bitloom

int sc_main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    bitloom::register_all();
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
