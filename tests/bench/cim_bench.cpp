// SPDX-License-Identifier: Apache-2.0
// Inferences a second of a network on aon_cim, over test inputs x chips x times, with all noise.
//
//     cim_bench [NETWORK [INPUTS [SEEDS]]]     default: analognet_kws_cim8 1000 25
//
// Six times from 25 s to a year. Weights are programmed once a chip and read once a time of it;
// that is part of the time. The answer is checked first: an ideal chip keeps the network's
// accuracy.
#include <fmt/format.h>
#include <tbb/global_control.h>

#include <chrono>
#include <cstdlib>

#include "models/base/error.h"
#include "sim/engine/chip_description.h"
#include "sim/engine/chip_keys.h"
#include "sim/engine/chip_run.h"
#include "sim/engine/cim_sweep.h"
#include "workloads/import/load.h"
#include "workloads/quantize/quantize.h"

namespace bitloom {
namespace {

using Clock = std::chrono::steady_clock;

struct Timed {
    std::vector<AnalogMoment> moments;
    double seconds = 0;
};

Timed run(const Trace& trace, const KeyValues& keys, const CimSweep& sweep) {
    const ChipDescription chip = read_chip(BITLOOM_SOURCE_DIR "/models/chip/aon_cim.ini", keys);
    bool from_dataset = false;
    const ActivationBytes reference = external_activations(trace, 1, from_dataset);
    const CimModel model(trace, chip.cim(), reference);
    const Clock::time_point begin = Clock::now();
    Timed timed;
    timed.moments = sweep_cim(model, reference, {}, cim_costs(chip), 0, sweep);
    timed.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    return timed;
}

int bench(const std::string& network, std::int64_t inputs, std::int64_t seeds) {
    const std::string folder = BITLOOM_SOURCE_DIR "/workloads/zoo/" + network;
    const Network loaded = load_network(folder);
    QuantizeOptions options;
    options.scheme = loaded.trained ? loaded.trained->scheme : "int8";
    const QuantizeResult quantized = quantize(loaded, load_dataset(folder), options);
    const Trace& trace = quantized.trace;
    const double expected = trace.manifest().quantized_accuracy;
    const Timed ideal =
        run(trace, {{"array.device", "ideal"}, {"array.wire_ohm", "0"}, {"array.read_noise", "0"}},
            {1, 1, {0.0}, -1, {}});
    const double reached = ideal.moments[0].mean_top1().value();
    fmt::print("{}: {:.2f} % quantized, {:.2f} % on an ideal chip\n", network, 100 * expected,
               100 * reached);
    if (reached < expected - 0.02) {
        fmt::print("reference check: failed\n");
        return 1;
    }
    const CimSweep sweep{
        1, seeds, {25, 3600, 86400, 7 * 86400.0, 30 * 86400.0, 365 * 86400.0}, inputs, {}};
    const Timed noisy = run(trace, {}, sweep);
    std::int64_t macs = 0;
    for (const Layer& layer : trace.manifest().layers)
        if (layer.weights) macs += gemm_shape(trace.manifest(), layer).macs();
    const double inferences = static_cast<double>(inputs * seeds) * 6;
    fmt::print("reference check: ok   {} inputs x {} chips x 6 times in {:.1f} s, {} threads\n",
               inputs, seeds, noisy.seconds,
               tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism));
    fmt::print(
        "{:.1f} inferences/s   {:.3f} G useful MAC/s   {:.2f} % after 25 s, {:.2f} % after a "
        "year\n",
        inferences / noisy.seconds, inferences / noisy.seconds * static_cast<double>(macs) * 1e-9,
        100 * noisy.moments.front().mean_top1().value(),
        100 * noisy.moments.back().mean_top1().value());
    return 0;
}

}  // namespace
}  // namespace bitloom

int sc_main(int argc, char** argv) {
    try {
        return bitloom::bench(argc > 1 ? argv[1] : "analognet_kws_cim8",
                              argc > 2 ? std::atoll(argv[2]) : 1000,
                              argc > 3 ? std::atoll(argv[3]) : 25);
    } catch (const std::exception& error) {
        fmt::print(stderr, "cim_bench: error: {}\n", error.what());
        return 2;
    }
}
