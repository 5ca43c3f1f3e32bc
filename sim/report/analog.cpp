// SPDX-License-Identifier: Apache-2.0
#include "sim/report/analog.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

namespace bitloom {

double AnalogMoment::total_energy_pj() const {
    double sum = 0;
    for (const auto& [component, pj] : energy_pj) sum += pj;
    return sum;
}

std::optional<double> AnalogMoment::mean_top1() const {
    if (top1.empty()) return std::nullopt;
    return std::accumulate(top1.begin(), top1.end(), 0.0) / static_cast<double>(top1.size());
}

std::optional<double> AnalogMoment::std_top1() const {
    if (top1.size() < 2) return std::nullopt;
    const double mean = *mean_top1();
    double squares = 0;
    for (const double value : top1) squares += (value - mean) * (value - mean);
    return std::sqrt(squares / static_cast<double>(top1.size() - 1));
}

std::string time_text(double seconds) {
    static constexpr std::pair<double, const char*> units[] = {
        {365.0 * 86400, "y"}, {86400, "d"}, {3600, "h"}, {60, "m"}};
    for (const auto& [size, name] : units)
        if (seconds > 0 && std::fmod(seconds, size) == 0)
            return fmt::format("{:g} {}", seconds / size, name);
    return fmt::format("{:g} s", seconds);
}

}  // namespace bitloom
