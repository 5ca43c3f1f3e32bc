// SPDX-License-Identifier: Apache-2.0
// What every report shares: units for people, the order of columns, sums over layers.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/report/result.h"

namespace bitloom {

// shown = value * factor, in `unit`.
struct DisplayUnit {
    double factor = 1.0;
    std::string_view unit;
};

// The unit of energy, pJ to J, in which the largest of some energies reads 1..999.
DisplayUnit energy_unit(double largest_pj);

// A number and its unit with an SI prefix (z to P) and 4 significant digits: "1.235 ms". "n/a" for
// a value that is not finite or not above 0.
std::string with_si_prefix(double value, std::string_view unit);

// 1234567 -> "1,234,567".
std::string grouped_digits(std::int64_t value);

// 0..1 -> "93.25" (percent, 2 decimals).
std::string percent(double fraction);

// The groups in which tables and charts show the components of energy, in order of display. Groups
// divide the components: a component is in one group, and what is in no other is in "other".
inline constexpr std::array<std::string_view, 8> energy_groups = {
    "DRAM", "scratchpads", "array", "decoders", "vector", "leakage", "converters", "other"};
// Index into energy_groups. By the component's name up to a '.': dram*, leakage*, array*, decoder*,
// vector*, cim_array: array; adc, dac and shift_add: converters; *buffer*, *scratchpad* and *sram*
// (tested first, so that "vector_buffer" is a scratchpad).
std::size_t energy_group(std::string_view component);
std::array<double, energy_groups.size()> energy_by_group(
    const std::map<std::string, double>& energy_pj);

// Causes of stalls: the four of result.h first, in its order, then others by name. `all` has the
// four even where none occurred (files keep their columns); otherwise only causes with cycles.
std::vector<std::string> stall_causes(const RunResult& result, bool all);

// Components of energy that any layer or the total has, by name.
std::vector<std::string> energy_components(const RunResult& result);

double total_energy_pj(const LayerResult& layer);

// The result equals the float reference in every value.
bool is_exact(const LayerResult& layer);

// Sums over the layers. The run's own totals (cycles, energy_pj) are never recomputed.
struct LayerSums {
    std::int64_t array_cycles = 0;
    std::int64_t dram_bytes = 0;
    std::int64_t accumulator_overflows = 0;
    std::map<std::string, std::int64_t> stalls;
    Activity activity;
    double utilization = 0.0;  // mean of the layers, weighted by cycles; 0 without cycles
};
LayerSums layer_sums(const RunResult& result);

// 2 * MACs / energy of an analog chip at a time; 0 without energy.
double tops_per_watt(const RunResult& result, const AnalogMoment& moment);

double total_area_mm2(const RunResult& result);
double average_power_w(const RunResult& result);  // energy / latency; 0 without latency

}  // namespace bitloom
