// SPDX-License-Identifier: Apache-2.0
#include "sim/report/quantities.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace bitloom {

DisplayUnit energy_unit(double largest_pj) {
    static constexpr std::array<DisplayUnit, 5> units = {
        {{1.0, "pJ"}, {1e-3, "nJ"}, {1e-6, "uJ"}, {1e-9, "mJ"}, {1e-12, "J"}}};
    for (const DisplayUnit& unit : units)
        if (largest_pj * unit.factor < 1000.0) return unit;
    return units.back();
}

std::string with_si_prefix(double value, std::string_view unit) {
    static constexpr std::array<std::string_view, 13> prefixes = {"z", "a", "f", "p", "n", "u", "m",
                                                                  "",  "k", "M", "G", "T", "P"};
    constexpr int unscaled = 7;
    if (!std::isfinite(value) || value <= 0.0) return "n/a";
    int power = static_cast<int>(std::floor(std::log10(value) / 3.0));
    power = std::clamp(power, -unscaled, static_cast<int>(prefixes.size()) - 1 - unscaled);
    double scaled = value / std::pow(10.0, 3 * power);
    // 999.96 would read "1000.0" with 4 digits.
    if (scaled >= 999.95 && power + unscaled + 1 < static_cast<int>(prefixes.size())) {
        scaled /= 1000.0;
        ++power;
    }
    const int decimals = scaled < 9.9995 ? 3 : scaled < 99.995 ? 2 : scaled < 999.95 ? 1 : 0;
    return fmt::format("{:.{}f} {}{}", scaled, decimals,
                       prefixes[static_cast<std::size_t>(power + unscaled)], unit);
}

std::string grouped_digits(std::int64_t value) {
    std::string digits = fmt::format("{}", value);
    const std::size_t first = value < 0 ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) {
        at -= 3;
        digits.insert(at, 1, ',');
    }
    return digits;
}

std::string percent(double fraction) {
    return std::isfinite(fraction) ? fmt::format("{:.2f}", 100.0 * fraction) : "n/a";
}

std::size_t energy_group(std::string_view component) {
    component = component.substr(0, component.find('.'));
    const auto has = [&](std::string_view part) {
        return component.find(part) != std::string_view::npos;
    };
    if (has("buffer") || has("scratchpad") || has("sram")) return 1;
    if (component.starts_with("dram")) return 0;
    if (component.starts_with("array") || component.starts_with("bit_serial")) return 2;
    if (component.starts_with("decoder")) return 3;
    if (component.starts_with("vector")) return 4;
    if (component.starts_with("leakage")) return 5;
    if (component == "cim_array") return 2;
    if (component == "adc" || component == "dac" || component == "shift_add") return 6;
    return 7;
}

std::array<double, energy_groups.size()> energy_by_group(
    const std::map<std::string, double>& energy_pj) {
    std::array<double, energy_groups.size()> sums{};
    for (const auto& [component, pj] : energy_pj) sums[energy_group(component)] += pj;
    return sums;
}

std::vector<std::string> stall_causes(const RunResult& result, bool all) {
    static constexpr std::array<std::string_view, 4> known = {"operands", "output", "vector",
                                                              "writeback"};
    std::set<std::string> occurred;
    for (const LayerResult& layer : result.layers)
        for (const auto& [cause, cycles] : layer.stalls)
            if (cycles != 0) occurred.insert(cause);
    std::vector<std::string> causes;
    for (std::string_view cause : known) {
        const bool found = occurred.erase(std::string(cause)) > 0;
        if (all || found) causes.emplace_back(cause);
    }
    causes.insert(causes.end(), occurred.begin(), occurred.end());
    return causes;
}

std::vector<std::string> energy_components(const RunResult& result) {
    std::set<std::string> names;
    for (const auto& [component, pj] : result.energy_pj) names.insert(component);
    for (const LayerResult& layer : result.layers)
        for (const auto& [component, pj] : layer.energy_pj) names.insert(component);
    return {names.begin(), names.end()};
}

double total_energy_pj(const LayerResult& layer) {
    double sum = 0.0;
    for (const auto& [component, pj] : layer.energy_pj) sum += pj;
    return sum;
}

bool is_exact(const LayerResult& layer) {
    return layer.sqnr_db && std::isinf(*layer.sqnr_db) && *layer.sqnr_db > 0;
}

LayerSums layer_sums(const RunResult& result) {
    LayerSums sums;
    double busy = 0.0;
    double cycles = 0.0;
    for (const LayerResult& layer : result.layers) {
        sums.array_cycles += layer.array_cycles;
        sums.dram_bytes += layer.dram_bytes;
        sums.accumulator_overflows += layer.accumulator_overflows;
        for (const auto& [cause, stalled] : layer.stalls) sums.stalls[cause] += stalled;
        sums.activity += layer.activity;
        busy += layer.utilization * static_cast<double>(layer.cycles);
        cycles += static_cast<double>(layer.cycles);
    }
    if (cycles > 0) sums.utilization = busy / cycles;
    return sums;
}

double tops_per_watt(const RunResult& result, const AnalogMoment& moment) {
    const double pj = moment.total_energy_pj();
    return pj > 0 ? 2.0 * static_cast<double>(result.total_macs()) / pj : 0.0;
}

double total_area_mm2(const RunResult& result) {
    double sum = 0.0;
    for (const auto& [component, mm2] : result.area_mm2) sum += mm2;
    return sum;
}

double average_power_w(const RunResult& result) {
    const double seconds = result.latency_s();
    return seconds > 0 ? result.total_energy_pj() * 1e-12 / seconds : 0.0;
}

}  // namespace bitloom
