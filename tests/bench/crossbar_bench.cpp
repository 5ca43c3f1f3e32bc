// SPDX-License-Identifier: Apache-2.0
// Products on a crossbar per second, against the int8 GEMM of oneDNN on the same machine and shape;
// one thread. A MAC is one weight of a layer times one input, whatever it takes.
#include <benchmark/benchmark.h>

#include <dnnl.hpp>
#include <string>
#include <vector>

#include "models/base/error.h"
#include "tests/models/cim/crossbar/crossbar_bench.h"

namespace bitloom::test {
namespace {

constexpr std::int64_t vectors = 240;

struct Shape {
    std::int64_t k, n;
};

void count_macs(benchmark::State& state, const Shape& shape) {
    state.counters["MAC/s"] = benchmark::Counter(static_cast<double>(vectors * shape.k * shape.n),
                                                 benchmark::Counter::kIsIterationInvariantRate);
}

void crossbar(benchmark::State& state, const Shape& shape, const MvmConfig& config) {
    const LayerMatrix layer = random_layer("a", shape.k, shape.n, 8, 1);
    CrossbarConfig array = ideal_crossbar(1024, 512, 4);
    array.device = "pcm";
    const Crossbar programmed(array, {layer}, 1, 86400.0);
    const CimMvm mvm(programmed.snapshot, config, std::vector<double>{16.0}, 1);
    const std::vector<std::int8_t> x = random_inputs(vectors * shape.k, 127, 1);
    std::uint64_t event = 0;
    CimCounts counts;
    for ([[maybe_unused]] const auto& each : state)
        benchmark::DoNotOptimize(product(mvm, 0, x, counts, event++ * vectors).data());
    count_macs(state, shape);
}

void onednn(benchmark::State& state, const Shape& shape) {
    // Weights of 7 bits: without VNNI instructions pairs of larger products saturate there.
    const LayerMatrix layer = random_layer("a", shape.k, shape.n, 7, 1);
    const std::vector<std::int8_t> x = random_inputs(vectors * shape.k, 127, 1);
    std::vector<std::int32_t> y(static_cast<std::size_t>(vectors * shape.n));
    const std::int32_t zero = 0;
    const auto multiply = [&] {
        const auto status =
            dnnl_gemm_s8s8s32('N', 'N', 'F', vectors, shape.n, shape.k, 1.0F, x.data(), shape.k, 0,
                              layer.codes.data(), shape.n, 0, 0.0F, y.data(), shape.n, &zero);
        BITLOOM_CHECK(status == dnnl_success, "oneDNN multiplies");
    };
    multiply();
    BITLOOM_CHECK(y == integer_gemm(layer, x), "oneDNN and the integer GEMM agree");
    for ([[maybe_unused]] const auto& each : state) {
        multiply();
        benchmark::DoNotOptimize(y.data());
    }
    count_macs(state, shape);
}

void program_and_read(benchmark::State& state, bool program) {
    const std::vector<LayerMatrix> layers = {random_layer("a", 1024, 300, 8, 1)};
    CrossbarConfig array = ideal_crossbar(1024, 512, 4);
    array.device = "pcm";
    array.wire_ohm = 0.02;
    const Placement placement = place(layers, array.geometry);
    const CimWeights weights(array, layers, placement, 1);
    std::uint64_t seed = 0;
    for ([[maybe_unused]] const auto& each : state) {
        if (program)
            benchmark::DoNotOptimize(CimWeights(array, layers, placement, ++seed).programming());
        else
            benchmark::DoNotOptimize(weights.at(86400.0, ++seed).blocks.data());
    }
    state.counters["weights/s"] =
        benchmark::Counter(1024 * 300, benchmark::Counter::kIsIterationInvariantRate);
}

MvmConfig with_noise(bool read, bool converter, AdcKind kind = AdcKind::ideal,
                     double gain_sigma = 0.0, InputMode mode = InputMode::pwm) {
    MvmConfig config;
    config.dac.mode = mode;
    config.read_noise = read ? 0.0175 : 0.0;
    config.adc.noise_sigma_lsb = converter ? 0.5 : 0.0;
    config.adc.kind = kind;
    config.adc.gain_sigma = gain_sigma;
    return config;
}

}  // namespace
}  // namespace bitloom::test

int main(int argc, char** argv) {
    using namespace bitloom;
    using namespace bitloom::test;
    for (const Shape& shape : {Shape{576, 64}, Shape{1024, 512}}) {
        const auto add = [&](const char* what, const auto& body) {
            benchmark::RegisterBenchmark(fmt::format("{}x{}/{}", shape.k, shape.n, what).c_str(),
                                         body);
        };
        const auto add_crossbar = [&](const char* what, const MvmConfig& config) {
            add(what, [=](benchmark::State& state) { crossbar(state, shape, config); });
        };
        add("onednn_s8s8s32", [=](benchmark::State& state) { onednn(state, shape); });
        add_crossbar("noiseless", with_noise(false, false));
        add_crossbar("adc_noise", with_noise(false, true));
        add_crossbar("adc_and_read_noise", with_noise(true, true));
        add_crossbar("all_noise_and_adc_errors", with_noise(true, true, AdcKind::sar, 0.05));
        add_crossbar("bit_serial_noiseless",
                     with_noise(false, false, AdcKind::ideal, 0.0, InputMode::bit_serial));
    }
    benchmark::RegisterBenchmark("program",
                                 [](benchmark::State& state) { program_and_read(state, true); });
    benchmark::RegisterBenchmark("read_with_ir_drop",
                                 [](benchmark::State& state) { program_and_read(state, false); });
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
