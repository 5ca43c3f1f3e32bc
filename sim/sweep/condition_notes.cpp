// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/condition_notes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

namespace bitloom {

std::vector<std::string> condition_notes(const std::vector<PointRecord>& records) {
    std::set<double> nodes, temperatures, memories;
    std::int64_t done = 0, leaking = 0;
    for (const PointRecord& record : records) {
        if (record.status == PointStatus::failed) continue;
        ++done;
        const auto value = [&](const char* name) -> const Metric* {
            const auto found = record.metrics.find(name);
            return found == record.metrics.end() ? nullptr : &found->second;
        };
        if (const Metric* node = value("node_nm")) nodes.insert(number(*node));
        if (const Metric* kelvin = value("temperature_k")) temperatures.insert(number(*kelvin));
        if (const Metric* leak = value("sram_leakage_mw_per_kb")) memories.insert(number(*leak));
        constexpr double most_share = 0.3;
        if (const Metric* share = value("leakage_share"); share && number(*share) > most_share)
            ++leaking;
    }
    std::vector<std::string> notes;
    const auto differ = [&](const std::set<double>& values, const char* what, const char* unit) {
        if (values.size() > 1)
            notes.push_back(fmt::format(
                "Points differ in {}: {} {}; energies then differ by more than the designs.", what,
                fmt::join(values, ", "), unit));
    };
    differ(nodes, "technology node", "nm");
    differ(temperatures, "temperature", "K");
    // Of one temperature and other transistors, or of both.
    if (temperatures.size() <= 1) differ(memories, "memory transistors", "mW/KB of leakage");
    if (leaking > 0)
        notes.push_back(fmt::format("Leakage is more than 30 % of the energy of {} of {} points.",
                                    leaking, done));
    return notes;
}

}  // namespace bitloom
