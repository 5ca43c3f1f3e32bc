// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/metric_info.h"

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
    {"accuracy", {"", true}},
    {"accuracy_float", {"", true}},
    {"accuracy_quantized", {"", true}},
    {"utilization", {"", true}},
    {"cosine", {"", true}},
};

constexpr std::pair<std::string_view, MetricInfo> endings[] = {
    {"_inferences_per_s", {"inferences/s", true}},
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
    {"_accuracy", {"", true}},
    {"_top1", {"", true}},
    {"_utilization", {"", true}},
};

}  // namespace

MetricInfo metric_info(std::string_view name) {
    const std::string_view stem = name.substr(0, name.find('.'));
    for (const auto& [known, info] : whole_names)
        if (stem == known) return info;
    for (const auto& [ending, info] : endings)
        if (stem.ends_with(ending)) return info;
    return {};
}

}  // namespace bitloom
