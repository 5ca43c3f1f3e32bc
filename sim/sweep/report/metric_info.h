// SPDX-License-Identifier: Apache-2.0
// What the name of a metric says about it.
#pragma once

#include <string>
#include <string_view>

namespace bitloom {

struct MetricInfo {
    std::string_view unit;  // "pJ"; empty for a plain number or a fraction
    bool higher_is_better = false;
    bool is_fraction = false;  // of 1; shown as percent
};

// By the name up to a '.' ("energy_pj.dram" is in pJ): whole names first ("tops_per_watt"), then
// the ending after the last '_' ("_pj"). A metric that is not known has no unit and is better low.
MetricInfo metric_info(std::string_view name);

// For people, without the unit: "energy_pj.dram" -> "energy: dram", "tops_per_watt" ->
// "efficiency".
std::string metric_label(std::string_view name);

}  // namespace bitloom
