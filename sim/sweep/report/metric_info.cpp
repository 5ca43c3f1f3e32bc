// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/metric_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bitloom {

namespace {

constexpr std::pair<std::string_view, MetricInfo> whole_names[] = {
    {"cycles", {"cycles"}},
    {"macs", {"MACs"}},
    {"stalls", {"cycles"}},
    {"tops", {"TOPS", true}},
    {"binary_tops", {"TOPS", true}},
    {"tops_per_watt", {"TOPS/W", true}},
    {"throughput_inferences_per_s", {"inferences/s", true}},
    {"accuracy", {"", true, true}},
    {"accuracy_float", {"", true, true}},
    {"accuracy_before_raising", {"", true, true}},
    {"accuracy_quantized", {"", true, true}},
    {"utilization", {"", true, true}},
    {"cosine", {"", true}},
};

constexpr std::pair<std::string_view, MetricInfo> endings[] = {
    {"_inferences_per_s", {"inferences/s", true}},
    {"_share", {"", false, true}},
    {"_nm", {"nm"}},
    {"_v", {"V"}},
    {"_k", {"K"}},
    {"_mw_per_kb", {"mW/KB"}},
    {"_per_s", {"1/s", true}},
    {"_cycles", {"cycles"}},
    {"_s", {"s"}},
    {"_pj", {"pJ"}},
    {"_js", {"J\u00b7s"}},
    {"_j", {"J"}},
    {"_w", {"W"}},
    {"_mm2", {"mm\u00b2"}},
    {"_bytes", {"B"}},
    {"_hz", {"Hz", true}},
    {"_db", {"dB", true}},
    {"_accuracy", {"", true, true}},
    {"_top1", {"", true, true}},
    {"_utilization", {"", true, true}},
};

// Whose label is not their name.
constexpr std::pair<std::string_view, std::string_view> well_known[] = {
    {"energy_delay_js", "energy-delay product"},
    {"edp_js", "energy-delay product"},
    {"tops", "rate"},
    {"binary_tops", "binary rate"},
    {"tops_per_watt", "efficiency"},
    {"dram_bytes", "DRAM traffic"},
    {"throughput_inferences_per_s", "throughput"},
    {"sqnr_db", "SQNR"},
    {"macs", "MACs"},
};

// The part of the name that says what is measured.
std::string_view stem_of(std::string_view name) {
    return name.substr(0, name.find('.'));
}

}  // namespace

MetricInfo metric_info(std::string_view name) {
    const std::string_view stem = stem_of(name);
    for (const auto& [known, info] : whole_names)
        if (stem == known) return info;
    for (const auto& [ending, info] : endings)
        if (stem.ends_with(ending)) return info;
    return {};
}

std::string metric_label(std::string_view name) {
    const std::string_view stem = stem_of(name);
    std::string label(stem);
    for (const auto& [ending, info] : endings) {
        if (!stem.ends_with(ending) || info.unit.empty()) continue;
        label.resize(stem.size() - ending.size());
        break;
    }
    for (const auto& [known, shown] : well_known)
        if (stem == known) label = shown;
    std::replace(label.begin(), label.end(), '_', ' ');
    if (stem.size() < name.size()) label += fmt::format(": {}", name.substr(stem.size() + 1));
    return label;
}

}  // namespace bitloom
