// SPDX-License-Identifier: Apache-2.0
#include "sim/report/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "sim/report/quantities.h"

namespace bitloom {

namespace {

using Parts = std::map<std::string, double>;

// What a unit of the chip is waited for, by the cause of the stall.
std::string unit_of_stall(const std::string& cause) {
    if (cause == "operands" || cause == "writeback" || cause == "output") return "DRAM";
    if (cause == "vector") return "vector unit";
    if (cause == "fill_drain") return "fill and drain";
    if (cause == "scratchpad_bandwidth") return "scratchpads";
    return cause;
}

Parts cycles_by_unit(const LayerFile& layer) {
    Parts parts = {{"array", static_cast<double>(layer.array_cycles)}};
    for (const auto& [cause, cycles] : layer.stalls)
        parts[unit_of_stall(cause)] += static_cast<double>(cycles);
    return parts;
}

Parts energy_by_group_of(const LayerFile& layer) {
    const auto sums = energy_by_group(layer.energy_by_component_pj);
    Parts parts;
    for (std::size_t group = 0; group < sums.size(); ++group)
        parts[std::string(energy_groups[group])] = sums[group];
    return parts;
}

std::string largest(const Parts& parts) {
    const auto found = std::max_element(
        parts.begin(), parts.end(),
        [](const auto& one, const auto& other) { return one.second < other.second; });
    return found == parts.end() || found->second <= 0 ? "-" : found->first;
}

// The part that moves most in the direction of the whole.
std::string main_cause(const Parts& differences, double whole) {
    std::string cause;
    double most = 0.0;
    for (const auto& [name, difference] : differences)
        if (difference * whole > 0 && std::abs(difference) > most) {
            most = std::abs(difference);
            cause = name;
        }
    return cause;
}

Parts difference(const Parts& a, const Parts& b, double factor) {
    Parts result;
    for (const auto& [name, value] : a) result[name] -= factor * value;
    for (const auto& [name, value] : b) result[name] += factor * value;
    return result;
}

double ratio(double a, double b) {
    if (a == 0.0 && b == 0.0) return std::numeric_limits<double>::quiet_NaN();
    return b / a;
}

std::string signed_digits(double value) {
    return fmt::format("{}{}", value > 0 ? "+" : "", grouped_digits(std::llround(value)));
}

// What about the layer itself differs, behind the unit that is waited for.
std::string reasons(const LayerFile& a, const LayerFile& b, const std::string& unit) {
    std::string text;
    if (a.types != b.types) text += fmt::format("; formats {} against {}", a.types, b.types);
    if (a.shape != b.shape) text += fmt::format("; shape {} against {}", a.shape, b.shape);
    if (unit == "DRAM" && a.dram_bytes > 0 && a.dram_bytes != b.dram_bytes)
        text += fmt::format("; moves {:.2f} x the bytes{}",
                            static_cast<double>(b.dram_bytes) / static_cast<double>(a.dram_bytes),
                            a.types == b.types && a.shape == b.shape ? ": other tiles" : "");
    return text;
}

std::string time_cause(const ResultFile& a, const ResultFile& b, const LayerFile& in_a,
                       const LayerFile& in_b) {
    const auto cycles_a = static_cast<double>(in_a.cycles);
    const auto cycles_b = static_cast<double>(in_b.cycles);
    const Parts parts = difference(cycles_by_unit(in_a), cycles_by_unit(in_b), 1.0);
    const std::string cause = main_cause(parts, cycles_b - cycles_a);
    std::string cycles;
    if (!cause.empty())
        cycles = fmt::format("{}: {} of {} cycles{}", cause, signed_digits(parts.at(cause)),
                             signed_digits(cycles_b - cycles_a), reasons(in_a, in_b, cause));
    if (a.clock_hz == b.clock_hz || cycles_a == 0.0) return cycles.empty() ? "-" : cycles;
    const std::string clock = fmt::format("clock: {} against {}", with_si_prefix(a.clock_hz, "Hz"),
                                          with_si_prefix(b.clock_hz, "Hz"));
    if (cycles.empty()) return clock;
    // The cycles of a at the clock of b, and the further cycles of b.
    const bool clock_first = std::abs(cycles_a / b.clock_hz - cycles_a / a.clock_hz) >
                             std::abs((cycles_b - cycles_a) / b.clock_hz);
    return clock_first ? fmt::format("{}; {}", clock, cycles)
                       : fmt::format("{}; {}", cycles, clock);
}

std::string energy_cause(const LayerFile& a, const LayerFile& b) {
    const Parts parts = difference(energy_by_group_of(a), energy_by_group_of(b), 1.0);
    const double whole = b.energy_pj - a.energy_pj;
    const std::string cause = main_cause(parts, whole);
    if (cause.empty()) return "-";
    return fmt::format("{}: {:+.4g} of {:+.4g} pJ", cause, parts.at(cause), whole);
}

std::string value_of(const std::map<std::string, std::string>& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? "-" : found->second;
}

// Keys on which the price of an event depends: results that differ in them differ in more than
// their architecture.
bool is_basis_of_energy(const std::string& key) {
    static constexpr std::string_view parts[] = {"node", "temperature", "device_type",
                                                 "energy.table", "energy.sram"};
    return std::any_of(std::begin(parts), std::end(parts),
                       [&](std::string_view part) { return key.find(part) != std::string::npos; });
}

std::vector<std::string> notes_of(const Comparison& c) {
    std::vector<std::string> notes;
    const auto differs = [&](const std::string& what, const std::string& a, const std::string& b) {
        if (a != b) notes.push_back(fmt::format("{} differ: {} against {}", what, a, b));
    };
    differs("networks", c.a.network, c.b.network);
    differs("schemes", c.a.scheme, c.b.scheme);
    for (const Comparison::Difference& key : c.configuration)
        if (is_basis_of_energy(key.key))
            notes.push_back(fmt::format("energies are not on one basis: {} = {} against {}",
                                        key.key, key.a, key.b));
    for (const auto& [name, result] : {std::pair("A", &c.a), std::pair("B", &c.b)})
        if (result->random)
            notes.push_back(
                fmt::format("{} has random codes or inputs: its accuracy says nothing", name));
    if (!c.a.run.empty() && !c.b.run.empty())
        differs("builds of the program", value_of(c.a.run, "build"), value_of(c.b.run, "build"));
    if (c.layers.empty()) notes.emplace_back("no layer of A has the name of one of B");
    return notes;
}

}  // namespace

Comparison compare(ResultFile a, ResultFile b) {
    Comparison result{std::move(a), std::move(b), {}, {}, {}, {}, {}};
    std::map<std::string, std::size_t> of_b;
    for (std::size_t i = 0; i < result.b.layers.size(); ++i) of_b[result.b.layers[i].name] = i;
    for (std::size_t i = 0; i < result.a.layers.size(); ++i) {
        const LayerFile& layer = result.a.layers[i];
        const auto found = of_b.find(layer.name);
        if (found == of_b.end()) {
            result.only_in_a.push_back(layer.name);
            continue;
        }
        const LayerFile& other = result.b.layers[found->second];
        result.layers.push_back({i, found->second,
                                 ratio(static_cast<double>(layer.cycles) / result.a.clock_hz,
                                       static_cast<double>(other.cycles) / result.b.clock_hz),
                                 ratio(layer.energy_pj, other.energy_pj),
                                 largest(cycles_by_unit(layer)), largest(cycles_by_unit(other)),
                                 time_cause(result.a, result.b, layer, other),
                                 energy_cause(layer, other)});
    }
    std::set<std::string> matched;
    for (const LayerComparison& layer : result.layers) matched.insert(result.in_a(layer).name);
    for (const LayerFile& layer : result.b.layers)
        if (!matched.contains(layer.name)) result.only_in_b.push_back(layer.name);
    std::set<std::string> keys;
    for (const ResultFile* each : {&result.a, &result.b})
        for (const auto& [key, value] : each->configuration) keys.insert(key);
    for (const std::string& key : keys) {
        const std::string in_a = value_of(result.a.configuration, key);
        const std::string in_b = value_of(result.b.configuration, key);
        if (in_a != in_b) result.configuration.push_back({key, in_a, in_b});
    }
    result.notes = notes_of(result);
    return result;
}

}  // namespace bitloom
