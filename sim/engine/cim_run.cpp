// SPDX-License-Identifier: Apache-2.0
// Runs of an analog chip.
#include <algorithm>
#include <set>

#include "models/base/error.h"
#include "models/cim/device/device_list.h"
#include "sim/engine/activation_codec.h"
#include "sim/engine/chip_keys.h"
#include "sim/engine/chip_run.h"
#include "sim/engine/cim_psums.h"
#include "sim/engine/cim_report.h"
#include "sim/engine/cim_sweep.h"
#include "sim/engine/explain_layer.h"
#include "sim/engine/layer_report.h"
#include "sim/mapping/memory_map.h"

namespace bitloom {

namespace {

std::vector<double> checked_times(const CimChipConfig& config, const RunOptions& options) {
    const DeviceFacts& facts = device_model(config.crossbar.device).facts();
    for (const double time : options.times_s)
        if (!(time >= 0 && time <= facts.max_time_s))
            fail("time = {} s: device {}: must be 0..{}", time, facts.name, facts.max_time_s);
    return options.times_s.empty() ? std::vector<double>{0.0} : options.times_s;
}

void refuse(const ChipDescription& chip, const RunOptions& options) {
    if (options.fidelity == "rtl")
        fail(
            "chip '{}': fidelity rtl: the arrays are analog; the Verilog of its digital parts is "
            "compared by bitloom verify; allowed here: tile pe",
            chip.name);
    if (!options.vcd.empty())
        fail("chip '{}': waveform {}: an analog chip has none", chip.name, options.vcd.string());
}

void put(CimChip& chip, const ActivationPlaces& places, const std::string& name,
         const std::vector<std::byte>& bytes) {
    std::copy(bytes.begin(), bytes.end(), chip.memory().begin() + places.address(name));
}

}  // namespace

RunResult run_cim_chip(const ChipDescription& description, const Trace& trace,
                       const RunOptions& options) {
    const Manifest& manifest = trace.manifest();
    refuse(description, options);
    CimChipConfig config = description.cim();
    config.fidelity = options.fidelity;
    const std::vector<double> times = checked_times(config, options);

    bool from_dataset = false;
    const ActivationBytes inputs = external_activations(trace, options.seed, from_dataset);
    const CimModel model(trace, config, inputs);
    const ChipCosts costs = cim_costs(description, model.network.placement.arrays);
    const ActivationPlaces places(trace, config.activation_sram_bytes);
    const CimProgrammed programmed(model, options.seed);
    const CimMoment moment(programmed, times[0]);
    std::vector<CimLayerProgram> programs;  // without aliases
    std::vector<std::size_t> program_of(manifest.layers.size());
    for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
        program_of[i] = programs.size();
        if (!MemoryMap::is_alias(manifest, manifest.layers[i]))
            programs.push_back(
                map_cim_layer(trace, i, model.network, places, config, moment.parameters(i)));
    }

    const std::set<std::string> selected(options.layers.begin(), options.layers.end());
    ActivationBytes expected = inputs;
    if (options.check || !selected.empty())
        HostExecutor(trace, std::make_shared<CimPsums>(moment)).run(expected);

    sc_core::sc_set_time_resolution(1, sc_core::SC_PS);
    CimChip chip("chip", config, moment.mvm());
    LayerRunner runner("runner");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    for (const auto& [name, bytes] : inputs) put(chip, places, name, bytes);

    RunResult result = describe_run(description, trace, options);
    describe_cim_chip(model, result);
    ResultCheck compared;
    for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
        const Layer& layer = manifest.layers[i];
        if (!selected.empty() && !selected.contains(layer.name)) continue;
        if (options.progress)
            options.progress(layer.name, static_cast<double>(i),
                             static_cast<double>(manifest.layers.size()));
        if (!selected.empty())
            for (const std::string& name : layer.inputs) put(chip, places, name, expected.at(name));
        CimMeasurement measured;
        measured.begin_cycle = chip.now_cycles();
        if (!MemoryMap::is_alias(manifest, layer))
            runner.execute(layer.name, [&] { measured = chip.run(programs[program_of[i]], 0); });
        LayerResult report = report_cim_layer(model, i, costs, measured);
        for (const std::string& name : layer.outputs) {
            const Activation& output = manifest.activation(name);
            const auto bytes = chip.memory().subspan(
                static_cast<std::size_t>(places.address(name)),
                static_cast<std::size_t>(vector_count(output) * vector_bytes(output)));
            BITLOOM_CHECK(
                !options.check || std::equal(bytes.begin(), bytes.end(), expected.at(name).begin(),
                                             expected.at(name).end()),
                "layer '{}': '{}' of the chip equals the host's reference", layer.name, name);
            if (options.check) {
                compared.values += element_count(output.shape);
                if (name == layer.outputs[0]) ++compared.layers;
            }
            if (from_dataset && name == layer.outputs[0])
                report_fidelity(trace, layer, decode_activation(output, bytes), report);
        }
        if (std::find(options.explained.begin(), options.explained.end(), layer.name) !=
                options.explained.end() &&
            !MemoryMap::is_alias(manifest, layer))
            report.mapping = explain_cim_layer(i, model.network, config, programs[program_of[i]]);
        add_cim_spans(layer.name, measured, result);
        result.layers.push_back(std::move(report));
    }
    if (options.check) result.check = compared;
    result.cycles = chip.now_cycles();
    add_totals(description, costs, result);

    AnalogResult analog = describe_analog(description, model, costs, moment.read_out());
    analog.devices = programmed.weights().programming().devices;
    analog.program_attempts = programmed.weights().programming().attempts;
    analog.first_seed = options.seed;
    analog.seeds = options.seeds;
    CimSweep sweep{options.seed, analog.seeds, times, options.max_inputs, {}};
    const bool run_dataset = options.accuracy && trace.has_tensor("dataset/labels");
    if (!run_dataset) sweep.max_inputs = 0;
    if (options.progress)
        sweep.progress = [&](double done, double total) {
            options.progress("test inputs", done, total);
        };
    analog.moments = sweep_cim(model, inputs, programs, costs, result.latency_s(), sweep);
    if (run_dataset) {
        result.accuracy.chip_top1 = analog.moments[0].mean_top1();
        const std::int64_t all = trace.tensor("dataset/labels").shape[0];
        result.accuracy.inputs = options.max_inputs < 0 ? all : std::min(all, options.max_inputs);
    }
    std::int64_t limited = 0;
    for (const LayerCells& cells : programmed.weights().layers()) limited += cells.limited_codes;
    if (limited > 0)
        result.notes.push_back(fmt::format(
            "{} weights of the lowest code are held as the one above it: pairs are symmetric.",
            limited));
    result.analog = std::move(analog);
    add_cim_notes(description, model, costs, result);
    return result;
}

}  // namespace bitloom
