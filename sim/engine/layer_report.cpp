// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/layer_report.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "models/base/error.h"
#include "models/memory/dram_parameters.h"
#include "sim/mapping/gemm_view.h"

namespace bitloom {

namespace {

std::string shape_text(const Manifest& manifest, const Layer& layer) {
    const Shape& in = manifest.activation(layer.inputs[0]).shape;
    const Shape& out = manifest.activation(layer.outputs[0]).shape;
    if (layer.op == Operator::gemm || layer.op == Operator::matmul) {
        const GemmShape shape = gemm_shape(manifest, layer);
        return fmt::format("{}{}x{}x{}", shape.count > 1 ? fmt::format("{} of ", shape.count) : "",
                           shape.m, shape.n, shape.k);
    }
    std::string text = to_string(in) + " -> " + to_string(out);
    if (has_window(layer.op)) {
        text += fmt::format(", {}x{}", layer.window.kernel_h, layer.window.kernel_w);
        if (layer.window.stride_h != 1 || layer.window.stride_w != 1)
            text += fmt::format("/{}", layer.window.stride_h);
        if (layer.groups > 1) text += fmt::format(", {} groups", layer.groups);
    }
    return text;
}

std::string types_text(const Manifest& manifest, const Layer& layer) {
    std::string text;
    if (layer.weights) text = layer.weights->format + " x ";
    text += manifest.activation(layer.inputs[0]).format;
    if (layer.op == Operator::matmul) text += " x " + manifest.activation(layer.inputs[1]).format;
    text += " ->";
    for (const std::string& output : layer.outputs)
        text += (output == layer.outputs[0] ? " " : ", ") + manifest.activation(output).format;
    return text;
}

// Those that external_activations() draws.
bool has_random_inputs(const Trace& trace) {
    const bool has_input =
        trace.has_tensor("reference/input") || trace.has_tensor("dataset/inputs");
    return !has_input || trace.manifest().external_inputs().size() > 1;
}

}  // namespace

LayerResult describe_layer(const Trace& trace, const Layer& layer) {
    const Manifest& manifest = trace.manifest();
    LayerResult report;
    report.name = layer.name;
    report.op = std::string(to_string(layer.op));
    report.shape = shape_text(manifest, layer);
    report.types = types_text(manifest, layer);
    if (manifest.promotion) {
        const std::vector<std::string>& raised = manifest.promotion->raised;
        report.raised = std::find(raised.begin(), raised.end(), layer.name) != raised.end();
    }
    return report;
}

double clock_of(std::int64_t clock_hz) {
    return 1e12 / std::floor(1e12 / static_cast<double>(clock_hz));
}

RunResult describe_run(const ChipDescription& chip, const Trace& trace, const RunOptions& options) {
    const Manifest& manifest = trace.manifest();
    RunResult result;
    result.notes = chip.notes;
    result.chip = chip.name;
    result.network = manifest.network;
    result.scheme = manifest.scheme;
    result.promotion = manifest.promotion;
    result.weight_layers = std::count_if(manifest.layers.begin(), manifest.layers.end(),
                                         [](const Layer& layer) { return !!layer.weights; });
    result.trained_for = manifest.trained_for;
    result.random_codes_seed = manifest.random_seed;
    if (has_random_inputs(trace))
        result.random_inputs_seed = static_cast<std::int64_t>(options.seed);
    result.fidelity = options.fidelity;
    result.configuration = chip.configuration;
    result.provenance = manifest.provenance;
    for (const char* told : {"data", "stated_accuracy"})
        if (const auto found = manifest.provenance.find(told); found != manifest.provenance.end())
            result.notes.push_back(fmt::format("Data: {}.", found->second));
    result.provenance["run_seed"] = std::to_string(options.seed);
    if (manifest.float_accuracy >= 0) result.accuracy.float_top1 = manifest.float_accuracy;
    if (manifest.quantized_accuracy >= 0)
        result.accuracy.quantized_top1 = manifest.quantized_accuracy;
    return result;
}

void describe_gemm_chip(const GemmChipConfig& config, RunResult& result) {
    result.clock_hz = clock_of(config.clock_hz);
    result.dram_bandwidth_bytes_per_s = dram_parameters(config.dram).peak_bytes_per_s();
    result.peak_macs_per_cycle = peak_macs_per_cycle(config.array, 4, 4);
    result.peak_bit_macs_per_cycle = peak_bit_macs_per_cycle(config.array);
    result.compute_roofs_macs_per_cycle["8-bit"] = peak_macs_per_cycle(config.array, 8, 8);
}

LayerResult report_layer(const Trace& trace, const Layer& layer, const GemmChipConfig& config,
                         const ChipCosts& costs, const LayerMeasurement& measured) {
    const Manifest& manifest = trace.manifest();
    LayerResult report = describe_layer(trace, layer);
    report.begin_cycle = measured.begin_cycle;
    report.cycles = measured.cycles;
    report.array_cycles = measured.array.cycles.streaming;
    const auto stall = [&](const char* cause, std::int64_t cycles) {
        if (cycles > 0) report.stalls[cause] += cycles;
    };
    stall("operands", measured.wait_operands);
    stall("output", measured.wait_output);
    stall("fill_drain", measured.array.cycles.fill_drain);
    stall("scratchpad_bandwidth", measured.array.cycles.bandwidth);
    stall("writeback", measured.wait_writeback);
    const bool gemm =
        layer.op == Operator::conv2d || layer.op == Operator::gemm || layer.op == Operator::matmul;
    stall("vector", gemm ? measured.wait_vector : measured.vector_busy);
    std::int64_t accounted = report.array_cycles;
    for (const auto& [cause, cycles] : report.stalls) accounted += cycles;
    BITLOOM_CHECK(accounted == report.cycles, "layer '{}': {} cycles accounted of {}", layer.name,
                  accounted, report.cycles);
    if (gemm) {
        report.macs = gemm_shape(manifest, layer).macs();
        const GemmView view = gemm_view(trace, layer);
        report.peak_macs_per_cycle =
            peak_macs_per_cycle(config.array, view.activation_bits, view.weight_bits);
        if (peak_bit_macs_per_cycle(config.array) > 0)
            report.bit_macs = report.macs * view.activation_bits * view.weight_bits;
        report.utilization = static_cast<double>(report.macs) /
                             (report.peak_macs_per_cycle * static_cast<double>(report.cycles));
    }
    report.activity = measured.activity;
    report.dram_bytes =
        (measured.activity.count("dram.read_bits") + measured.activity.count("dram.write_bits")) /
        8;
    report.accumulator_overflows = measured.array.overflows;
    const double seconds = static_cast<double>(measured.cycles) / clock_of(config.clock_hz);
    report.energy_pj = energy_pj(measured.activity, costs.table, costs.instances, seconds);
    return report;
}

void report_fidelity(const Trace& trace, const Layer& layer, const std::vector<double>& values,
                     LayerResult& report) {
    const std::string tensor = "reference/" + layer.name;
    if (!trace.has_tensor(tensor)) return;
    const auto reference = trace.tensor(tensor).as<float>();
    if (values.size() != reference.size()) return;
    double signal = 0, noise = 0, dot = 0, energy = 0, worst = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double x = static_cast<double>(reference[i]);
        signal += x * x;
        noise += (values[i] - x) * (values[i] - x);
        dot += values[i] * x;
        energy += values[i] * values[i];
        worst = std::max(worst, std::fabs(values[i] - x));
    }
    report.max_error = worst;
    if (noise == 0)
        report.sqnr_db = std::numeric_limits<double>::infinity();
    else if (signal > 0)
        report.sqnr_db = 10.0 * std::log10(signal / noise);
    if (signal > 0 && energy > 0) report.cosine = dot / std::sqrt(signal * energy);
}

void add_spans(const Layer& layer, const LayerMeasurement& measured, RunResult& result) {
    static constexpr const char* units[] = {"dma.load", "array", "vector", "dma.store"};
    // Units that act in the same cycle record in no fixed order.
    std::vector<UnitSpan> spans = measured.spans;
    std::stable_sort(spans.begin(), spans.end(), [](const UnitSpan& a, const UnitSpan& b) {
        return std::tie(a.begin, a.unit) < std::tie(b.begin, b.unit);
    });
    for (const UnitSpan& span : spans)
        result.timeline.push_back({units[static_cast<std::size_t>(span.unit)],
                                   span.stall ? span.what : layer.name + " " + span.what,
                                   span.begin, span.end});
}

void add_totals(const ChipDescription& chip, const ChipCosts& costs, RunResult& result) {
    for (const LayerResult& layer : result.layers)
        for (const auto& [component, energy] : layer.energy_pj)
            result.energy_pj[component] += energy;
    result.area_mm2 = area_mm2(costs.table, costs.instances);
    const OperatingPoint& point = chip.point;
    const std::string device(to_string(point.device));
    result.conditions = {point.node_nm, point.voltage_v, point.temperature_k, device,
                         sram_leakage_mw_per_kb(point.device, point.temperature_k)};
    constexpr double most_share = 0.3;
    if (result.leakage_share() > most_share)
        result.notes.push_back(fmt::format(
            "WARNING: leakage is {:.0f} % of the energy ({} memories at {:g} K, {:g} V): figures "
            "depend on technology.device and technology.temperature more than on the design.",
            100 * result.leakage_share(), device, point.temperature_k, point.voltage_v));
}

void summarize(const ChipDescription& chip, const ChipCosts& costs, RunResult& result) {
    add_totals(chip, costs, result);
    std::int64_t overflows = 0;
    for (const LayerResult& layer : result.layers) overflows += layer.accumulator_overflows;
    if (overflows > 0)
        result.notes.push_back(
            fmt::format("{} psums wrapped at {} bits: see accumulator_overflows of the layers",
                        overflows, accumulator_bits(chip.gemm().array)));
    result.notes.push_back("Cycles, energy: one inference (batch 1). Energy: counted events x " +
                           chip.energy_table.filename().string() +
                           ", leakage x time; every row's source: bitloom "
                           "show energy.");
    result.notes.push_back("DRAM: " + chip.gemm().dram +
                           ", I/O included. Area: no routing overhead.");
}

}  // namespace bitloom
