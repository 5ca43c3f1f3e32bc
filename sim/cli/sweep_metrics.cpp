// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/sweep_metrics.h"

#include <fmt/format.h>

#include <cmath>

#include "sim/report/quantities.h"

namespace bitloom {

const std::vector<MetricHelp>& metric_help() {
    static const std::vector<MetricHelp> help = {
        {"cycles", "Clock cycles of one inference"},
        {"latency_s", "Seconds of one inference"},
        {"energy_pj", "Energy of one inference; energy_pj.NAME: of one component"},
        {"edp_js", "Energy x latency, joule seconds"},
        {"area_mm2", "Area of the chip"},
        {"macs", "Multiply-accumulates of one inference"},
        {"tops", "Operations (two a MAC) a second, in 10^12"},
        {"tops_per_watt", "The same by power"},
        {"utilization", "Useful part of the array's MAC slots, 0..1"},
        {"leakage_share", "Leakage's part of the energy, 0..1"},
        {"node_nm", "Technology node"},
        {"voltage_v", "Supply of the digital part"},
        {"temperature_k", "Temperature of the silicon"},
        {"sram_leakage_mw_per_kb", "Of the memories' transistors at 28 nm and that temperature"},
        {"dram_bytes", "Bytes moved to and from the memory"},
        {"accuracy", "Top-1 of the chip over the test inputs, 0..1"},
        {"accuracy_quantized", "The same as its quantizer measured it"},
        {"accuracy_float", "The same of the network before quantization"},
        {"raised_layers", "Layers kept in wider integers than the scheme and its rule say"},
        {"accuracy_before_raising", "accuracy_quantized before they were raised"},
        {"random_codes", "1: the weights are random codes"},
    };
    return help;
}

std::vector<std::string> metric_names() {
    std::vector<std::string> names;
    for (const MetricHelp& metric : metric_help()) names.emplace_back(metric.name);
    return names;
}

Metrics metrics_of(const RunResult& result) {
    Metrics metrics;
    const auto real = [&metrics](const std::string& name, std::optional<double> value) {
        if (value && std::isfinite(*value)) metrics[name] = *value;
    };
    // Rates are 0 where their divisor is.
    const auto positive = [&real](const std::string& name, double value) {
        if (value > 0) real(name, value);
    };
    const LayerSums sums = layer_sums(result);
    metrics["cycles"] = result.cycles;
    metrics["macs"] = result.total_macs();
    metrics["dram_bytes"] = sums.dram_bytes;
    positive("latency_s", result.latency_s());
    real("energy_pj", result.total_energy_pj());
    for (const auto& [component, energy] : result.energy_pj)
        real(fmt::format("energy_pj.{}", component), energy);
    if (result.conditions) {
        real("leakage_share", result.leakage_share());
        real("node_nm", result.conditions->node_nm);
        real("voltage_v", result.conditions->voltage_v);
        real("temperature_k", result.conditions->temperature_k);
        real("sram_leakage_mw_per_kb", result.conditions->sram_leakage_mw_per_kb);
    }
    positive("edp_js", result.energy_delay_js());
    positive("area_mm2", total_area_mm2(result));
    positive("tops", result.tops());
    positive("tops_per_watt", result.tops_per_watt());
    real("utilization", sums.utilization);
    real("accuracy", result.accuracy.chip_top1);
    real("accuracy_quantized", result.accuracy.quantized_top1);
    real("accuracy_float", result.accuracy.float_top1);
    if (result.promotion) {
        metrics["raised_layers"] = static_cast<std::int64_t>(result.promotion->raised.size());
        if (result.promotion->accuracy_before >= 0)
            metrics["accuracy_before_raising"] = result.promotion->accuracy_before;
    }
    if (result.random_codes_seed) metrics["random_codes"] = std::int64_t{1};
    return metrics;
}

}  // namespace bitloom
