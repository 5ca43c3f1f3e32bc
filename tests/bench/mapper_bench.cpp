// SPDX-License-Identifier: Apache-2.0
// How near the mapper comes to what no mapping can beat, and how long it takes.
//
//     mapper_bench [CHIP [SCHEME [FOLDER OR NETWORK...]]]     default: ant ant4, all at hand
//
// For every conv2d, gemm and matmul of every network of workloads/zoo, every published shape of
// workloads/papers and every topology of ../shared/data/topologies that is there: the program's
// cycles over the larger of two bounds (sim/mapping/layer_bound.h):
//   array   every group's product as one command: folds x depth with edge folds as whole ones, and
//           one fill and drain
//   memory  the bytes of operands, residual, parameters and results, once each, at the peak of the
//           memory's pins
// Cycles are those of time_program, which are the simulator's (tests/sim/mapping). A layer above
// 1.3 is printed with its cause. Ends with exit status 1 where a layer cannot be mapped.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>

#include "models/base/error.h"
#include "sim/engine/chip_description.h"
#include "sim/engine/chip_keys.h"
#include "sim/mapping/layer_bound.h"
#include "workloads/import/load.h"
#include "workloads/quantize/random_trace.h"

namespace bitloom {
namespace {

using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

struct Tally {
    std::vector<double> ratios;
    std::vector<std::string> above;  // 1.3
    double seconds = 0, slowest = 0;
    std::string slowest_network;
    int refused = 0;
};

std::vector<fs::path> networks_in(const fs::path& place) {
    std::vector<fs::path> found;
    if (!fs::is_directory(place) || fs::exists(place / "zoo.json")) return {place};
    for (const auto& entry : fs::recursive_directory_iterator(place)) {
        const std::string extension = entry.path().extension().string();
        if (extension == ".csv" || extension == ".net") found.push_back(entry.path());
        if (entry.path().filename() == "zoo.json") found.push_back(entry.path().parent_path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

void measure(const fs::path& path, const ChipDescription& chip, const std::string& scheme,
             std::set<std::string>& seen, Tally& tally) {
    RandomTraceOptions options;
    options.scheme = scheme;
    std::optional<Trace> trace;
    try {
        trace = random_trace(load_network(path), options);
    } catch (const Error& error) {
        fmt::print("{}: left out: {}\n", path.string(), error.what());
        return;
    }
    const GemmChipConfig& config = chip.gemm();
    const MemoryMap memory(*trace, config.global_buffer_bytes);
    double seconds = 0;
    for (const Layer& layer : trace->manifest().layers) {
        if (layer.op != Operator::conv2d && layer.op != Operator::gemm &&
            layer.op != Operator::matmul)
            continue;
        LayerProgram program;
        program.parameters = layer_parameters(*trace, layer);
        const Clock::time_point begin = Clock::now();
        GemmPlan plan;
        try {
            plan = plan_gemm(*trace, layer, memory, config, nullptr, program);
        } catch (const Error& error) {
            ++tally.refused;
            fmt::print("{} {}: {}\n", path.filename().string(), layer.name, error.what());
            continue;
        }
        seconds += std::chrono::duration<double>(Clock::now() - begin).count();
        const LayerBound bound = layer_bound(plan.view, config, plan.timing.vector_cycles);
        const double ratio = static_cast<double>(plan.timing.cycles) /
                             static_cast<double>(std::max<std::int64_t>(1, bound.cycles()));
        const GemmView& v = plan.view;
        const std::string shape = fmt::format("{}x{}x{}x{}/{} {}x{}/{} -> {}", v.batch, v.in_h,
                                              v.in_w, v.channels, v.groups, v.window.kernel_h,
                                              v.window.kernel_w, v.window.stride_h, v.out_channels);
        const std::string line = fmt::format(
            "{:<24} {:<20} {:<34} {:>10} {:>10} {:>10} {:>6.3f}  {}", path.filename().string(),
            layer.name, shape, plan.timing.cycles, bound.array, bound.memory, ratio,
            ratio > 1.3 ? excess_cause(plan, bound, config) : "");
        fmt::print("{}\n", line);
        // A shape that several networks have counts once.
        if (!seen.insert(shape + v.activation->name() + v.weight->name()).second) continue;
        tally.ratios.push_back(ratio);
        if (ratio > 1.3) tally.above.push_back(line);
    }
    tally.seconds += seconds;
    if (seconds > tally.slowest) {
        tally.slowest = seconds;
        tally.slowest_network = path.string();
    }
    fmt::print("{}: mapped in {:.1f} ms\n", path.string(), 1e3 * seconds);
}

int bench(const std::string& name, const std::string& scheme, std::vector<fs::path> places) {
    const fs::path source = BITLOOM_SOURCE_DIR;
    if (places.empty())
        for (const fs::path& place : {source / "workloads/zoo", source / "workloads/papers",
                                      source / "../shared/data/topologies"}) {
            if (fs::exists(place))
                places.push_back(place);
            else
                fmt::print("{}: not there, left out\n", place.string());
        }
    const ChipDescription chip = read_chip(source / "models/chip" / (name + ".ini"), {});
    fmt::print("{:<24} {:<20} {:<34} {:>10} {:>10} {:>10} {:>6}  {}\n", "network", "layer",
               "batch x input/groups kernel -> out", "cycles", "array", "memory", "ratio",
               "cause above 1.3");
    Tally tally;
    std::set<std::string> seen;
    for (const fs::path& place : places)
        for (const fs::path& path : networks_in(place)) measure(path, chip, scheme, seen, tally);
    if (tally.ratios.empty()) {
        fmt::print("no layer\n");
        return 1;
    }
    std::sort(tally.ratios.begin(), tally.ratios.end());
    const auto at = [&](double part) {
        return tally
            .ratios[static_cast<std::size_t>(part * static_cast<double>(tally.ratios.size() - 1))];
    };
    fmt::print(
        "{} {}: {} distinct layers, cycles over bound: median {:.3f}, 90 % {:.3f}, worst {:.3f}; "
        "{} above 1.3, {} refused\n"
        "mapping: {:.2f} s in all, slowest {} {:.2f} s\n",
        name, scheme, tally.ratios.size(), at(0.5), at(0.9), at(1.0), tally.above.size(),
        tally.refused, tally.seconds, tally.slowest_network, tally.slowest);
    return tally.refused == 0 ? 0 : 1;
}

}  // namespace
}  // namespace bitloom

int sc_main(int count, char** arguments) {
    try {
        std::vector<std::filesystem::path> places(arguments + std::min(count, 3),
                                                  arguments + count);
        return bitloom::bench(count > 1 ? arguments[1] : "ant", count > 2 ? arguments[2] : "ant4",
                              std::move(places));
    } catch (const std::exception& error) {
        fmt::print(stderr, "mapper_bench: {}\n", error.what());
        return 2;
    }
}
