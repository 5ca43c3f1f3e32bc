// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/simulation.h"

#include "models/base/error.h"
#include "models/cim/device/device_model.h"
#include "sim/cli/layer_selection.h"
#include "sim/cli/locate.h"
#include "sim/cli/number_list.h"

namespace bitloom {

void declare_simulation(KeySet& keys, SimulationOptions& options) {
    keys.text("gemm", options.gemm, "Simulate the product of an MxK and a KxN matrix", "MxNxK");
    keys.choice("fidelity", options.fidelity, {"tile", "pe", "rtl"},
                "Fast, every PE stepped, or the Verilog; equal numbers");
    keys.text("layers", options.layers, "Only these layers: names, numbers, ranges: conv1,3,5..8",
              "LIST");
    keys.integer("inputs", options.inputs, {.min = 0}, units::none,
                 "Test inputs for the accuracy; 0: all");
    keys.text("time", options.times,
              "Analog chips: times since the first read, 25s,1h,1d,1y; default: 0", "LIST");
    keys.integer("seeds", options.seeds, {.min = 1, .max = 10'000}, units::none,
                 "Analog chips: how many are programmed, with seeds from --seed on");
}

GemmShape parse_gemm(std::string_view text) {
    std::int64_t sizes[3] = {};
    std::string_view rest = text;
    for (std::size_t i = 0; i < 3; ++i) {
        const std::size_t cross = i < 2 ? rest.find('x') : rest.size();
        const auto size = parse_integer(rest.substr(0, cross), units::none);
        if (cross == std::string_view::npos || size.fault != NumberFault::none || size.value < 1)
            fail("command line: --gemm = {}: must be MxNxK, three sizes of at least 1", text);
        sizes[i] = size.value;
        rest.remove_prefix(i < 2 ? cross + 1 : cross);
    }
    return {.count = 1, .m = sizes[0], .n = sizes[1], .k = sizes[2]};
}

Trace simulation_trace(const std::filesystem::path& network, const SimulationOptions& options,
                       const WorkloadOptions& workload, const KeySet& keys, Progress& progress) {
    if (!options.gemm.empty()) {
        refuse_workload_options(keys, {"seed", "weights", "activations", "random"},
                                "--gemm has random codes");
        const auto or_default = [](const std::string& name) {
            return name.empty() ? std::string("flint4") : name;
        };
        const GemmShape shape = parse_gemm(options.gemm);
        return gemm_trace(shape.m, shape.n, shape.k, or_default(workload.weights_format),
                          or_default(workload.activations_format),
                          static_cast<std::uint64_t>(workload.seed), workload.check);
    }
    if (is_trace_file(network)) {
        refuse_workload_options(keys, {"seed"}, network.string() + " is a trace");
        return Trace::open(network);
    }
    return make_trace(network, workload, keys, progress).trace;
}

void refuse_chip_options(const ChipDescription& chip, const KeySet& keys) {
    if (chip.is_analog()) return;
    for (const char* name : {"time", "seeds"})
        if (!keys.find(name)->place.empty())
            fail("command line: --{} has no effect: chip '{}' is digital", name, chip.name);
}

RunOptions run_options(const SimulationOptions& options, const WorkloadOptions& workload,
                       const Trace& trace) {
    RunOptions result;
    result.fidelity = options.fidelity;
    result.seed = static_cast<std::uint64_t>(workload.seed);
    result.max_inputs = options.inputs == 0 ? -1 : options.inputs;
    result.accuracy = !workload.skip_accuracy;
    if (!options.times.empty())
        result.times_s = read_number_list(
            "time", options.times, device_time_unit, 0, max_device_time_s,
            "times with commas between, each a number with s, m, h, d or y, up to 10y");
    result.seeds = options.seeds;
    if (!options.layers.empty()) {
        std::vector<std::string> names;
        for (const Layer& layer : trace.manifest().layers) names.push_back(layer.name);
        result.layers = select_layers(options.layers, names);
    }
    return result;
}

}  // namespace bitloom
