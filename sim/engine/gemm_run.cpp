// SPDX-License-Identifier: Apache-2.0
// Runs of a GEMM chip.
#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "models/base/error.h"
#include "models/chip/gemm_chip/gemm_chip.h"
#include "models/memory/dram.h"
#include "sim/engine/activation_codec.h"
#include "sim/engine/chip_run.h"
#include "sim/engine/explain_layer.h"
#include "sim/engine/gemm_mapping.h"
#include "sim/engine/layer_report.h"
#include "sim/engine/simulation_cache.h"
#include "sim/mapping/fused_pooling.h"
#include "sim/mapping/map_layer.h"
#include "sim/mapping/weight_image.h"

namespace bitloom {

namespace {

void write_memory(GemmChip& chip, const Trace& trace, const MemoryMap& memory,
                  const ActivationBytes& activations) {
    const auto put = [&](const TensorPlace& place, std::span<const std::byte> bytes) {
        BITLOOM_CHECK(std::ssize(bytes) == place.bytes(), "{} bytes for a place of {}",
                      bytes.size(), place.bytes());
        chip.backdoor_write(place.address, bytes);
    };
    // Places on the chip are shared over time: their bytes are written when a layer needs them.
    for (const auto& [name, bytes] : activations)
        if (const TensorPlace& place = memory.activation(name); !MemoryMap::is_on_chip(place))
            put(place, bytes);
    for (const Layer& layer : trace.manifest().layers) {
        if (layer.weights) put(memory.weights(layer), weight_image(trace, layer));
        if (layer.weights || layer.op == Operator::matmul)
            put(memory.parameters(layer), parameter_image(trace, layer));
        if (!layer.constant.empty())
            put(memory.constant(layer), trace.tensor(layer.constant).bytes);
    }
}

// The layers that are simulated, and how.
struct GemmRun {
    const Trace& trace;
    const RunOptions& options;
    const GemmChipConfig& config;
    const std::set<std::string>& selected;  // empty: all
    const FusedPools& pools;
    const std::set<std::string>& fused;  // with the convolution before them
    const MemoryMap& memory;
    const std::map<std::string, LayerProgram>& programs;

    bool simulates(const Layer& layer) const {
        return selected.empty() || selected.contains(layer.name);
    }
};

// `compared` counts what options.check has compared.
std::vector<SimulatedLayer> simulate(const GemmRun& run, ResultCheck& compared) {
    const auto& [trace, options, config, selected, pools, fused, memory, programs] = run;
    const Manifest& manifest = trace.manifest();
    bool from_dataset = false;
    const ActivationBytes inputs = external_activations(trace, options.seed, from_dataset);
    // Layers that are left out are computed here, so that those simulated find their inputs.
    ActivationBytes expected = inputs;
    if (options.check || !selected.empty())
        HostExecutor(trace, accumulator_bits(config.array)).run(expected);

    sc_core::sc_set_time_resolution(1, sc_core::SC_PS);
    Dram dram("dram", dram_parameters(config.dram), memory.size_bytes());
    GemmChip chip("chip", config);
    chip.memory().bind(dram.socket);
    LayerRunner runner("runner");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);  // elaborates: the backdoor needs bound sockets
    write_memory(chip, trace, memory, selected.empty() ? inputs : expected);

    std::vector<SimulatedLayer> layers;
    double done = 0;
    for (const Layer& layer : manifest.layers) {
        ++done;
        if (!run.simulates(layer)) continue;
        if (options.progress)
            options.progress(layer.name, done - 1, static_cast<double>(manifest.layers.size()));
        if (!selected.empty() && !fused.contains(layer.name))
            for (const std::string& name : layer.inputs)
                chip.backdoor_write(memory.activation(name).address, expected.at(name));
        const Activity dram_before = dram.activity();
        LayerMeasurement measured;
        measured.begin_cycle = chip.now_cycles();
        if (const auto program = programs.find(layer.name); program != programs.end())
            runner.execute(layer.name,
                           [&] { measured = chip.run(program->second, options.timeline); });
        Activity dram_activity = dram.activity();
        dram_activity -= dram_before;
        measured.activity += dram_activity;
        LayerResult fidelity;
        for (const std::string& name : layer.outputs) {
            if (pools.contains(layer.name)) break;  // its results do not leave the chip
            std::vector<std::byte> bytes(static_cast<std::size_t>(memory.activation(name).bytes()));
            chip.backdoor_read(memory.activation(name).address, bytes);
            BITLOOM_CHECK(!options.check || bytes == expected.at(name),
                          "layer '{}': '{}' of the chip equals the integer reference", layer.name,
                          name);
            if (options.check) {
                compared.values += element_count(manifest.activation(name).shape);
                if (name == layer.outputs[0]) ++compared.layers;
            }
            if (from_dataset && name == layer.outputs[0])
                report_fidelity(trace, layer, decode_activation(manifest.activation(name), bytes),
                                fidelity);
        }
        layers.push_back({layer.name, std::move(measured), fidelity.sqnr_db, fidelity.cosine,
                          fidelity.max_error});
    }
    return layers;
}

// From the cache where it has them, and where nothing of the simulation is to be watched.
std::vector<SimulatedLayer> simulate_once(const ChipDescription& description, const GemmRun& run,
                                          ResultCheck& compared) {
    const RunOptions& options = run.options;
    if (options.simulations == nullptr || options.check || options.timeline || !options.vcd.empty())
        return simulate(run, compared);
    SimulationCache::Key others = {{"trace", options.trace_content},
                                   {"fidelity", options.fidelity},
                                   {"seed", fmt::format("{}", options.seed)}};
    for (const Layer& layer : run.trace.manifest().layers)
        if (run.simulates(layer)) others.emplace_back("layer", layer.name);
    const SimulationCache::Key key =
        simulation_key(description.configuration, run.programs, others);
    if (const auto known = options.simulations->find(key)) return simulated_layers(*known);
    std::vector<SimulatedLayer> layers = simulate(run, compared);
    options.simulations->store(key, to_text(layers));
    return layers;
}

}  // namespace

RunResult run_gemm_chip(const ChipDescription& description, const Trace& trace,
                        const RunOptions& options) {
    const Manifest& manifest = trace.manifest();
    if (!options.times_s.empty() || options.seeds > 1)
        fail("chip '{}': is digital: its results do not depend on time or chance",
             description.name);
    GemmChipConfig config = description.gemm();
    config.fidelity = options.fidelity;
    if (!options.vcd.empty()) config.waveform = std::make_shared<WaveformFile>(options.vcd);
    const ChipCosts costs = chip_costs(description);

    const std::set<std::string> selected(options.layers.begin(), options.layers.end());
    // All layers are mapped first: one that does not fit is reported before any is simulated.
    GemmMapping mapping = map_layers(trace, config, selected);
    FusedPools& pools = mapping.pools;
    const std::set<std::string>& fused = mapping.fused;
    const MemoryMap& memory = mapping.memory;

    RunResult result = describe_run(description, trace, options);
    describe_gemm_chip(config, result);
    ResultCheck compared;
    const std::vector<SimulatedLayer> layers = simulate_once(
        description, {trace, options, config, selected, pools, fused, memory, mapping.programs},
        compared);
    if (config.waveform) config.waveform->commit();
    if (options.check) result.check = compared;
    for (const SimulatedLayer& simulated : layers) {
        const Layer& layer = *manifest.find_layer(simulated.name);
        LayerResult report = report_layer(trace, layer, config, costs, simulated.measured);
        if (fused.contains(layer.name)) report.shape += ", with the convolution";
        report.sqnr_db = simulated.sqnr_db;
        report.cosine = simulated.cosine;
        report.max_error = simulated.max_error;
        if (std::find(options.explained.begin(), options.explained.end(), layer.name) !=
            options.explained.end())
            report.mapping =
                fused.contains(layer.name)
                    ? explain_fused_pool()
                    : explain_layer(trace, layer, memory, config,
                                    pools.contains(layer.name) ? pools[layer.name] : nullptr);
        add_spans(layer, simulated.measured, result);
        result.layers.push_back(std::move(report));
        result.cycles = simulated.measured.begin_cycle + simulated.measured.cycles;
    }

    summarize(description, costs, result);
    if (options.accuracy && trace.has_tensor("dataset/labels")) {
        const HostExecutor host(trace, accumulator_bits(config.array));
        result.accuracy.chip_top1 = host.accuracy(options.max_inputs, [&](double d, double total) {
            if (options.progress) options.progress("test inputs", d, total);
        });
        const auto all = std::ssize(trace.tensor("dataset/labels").as<std::int64_t>());
        result.accuracy.inputs =
            options.max_inputs < 0 ? all : std::min<std::int64_t>(all, options.max_inputs);
    }
    return result;
}

}  // namespace bitloom
