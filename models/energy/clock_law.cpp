// SPDX-License-Identifier: Apache-2.0
#include "models/energy/clock_law.h"

#include <cmath>

#include "models/base/error.h"
#include "models/energy/operating_point.h"

namespace bitloom {

double ClockLaw::highest_hz(double voltage_v) const {
    const auto speed = [this](double v) { return std::pow(v - threshold_v, alpha) / v; };
    return voltage_v > threshold_v ? nominal_hz * (speed(voltage_v) / speed(nominal_v)) : 0;
}

double ClockLaw::lowest_voltage(double clock_hz) const {
    // A voltage in mV and back is not the same number in binary: a part in 10^12 is no difference.
    const double needed = clock_hz * (1 - 1e-12);
    const auto low = std::lround(std::ceil(lowest_v * 1000 - 1e-9));
    const auto high = std::lround(std::floor(highest_v * 1000 + 1e-9));
    for (long mv = low; mv <= high; ++mv)
        if (highest_hz(static_cast<double>(mv) / 1000) >= needed)
            return static_cast<double>(mv) / 1000;
    return 0;
}

ClockLaw clock_law(const EnergyTable& table, double node_nm) {
    const auto row = [&](const char* action) { return table.require("clock", action).value; };
    const EnergyRow& nominal = table.require("clock", "nominal_voltage");
    const double ratio = nominal.node_nm && *nominal.node_nm != node_nm
                             ? nominal_supply_v(node_nm) / nominal.value
                             : 1.0;
    ClockLaw law;
    law.nominal_hz = row("nominal_frequency") * 1e6;
    law.nominal_v = nominal.value * ratio;
    law.lowest_v = row("lowest_voltage") * ratio;
    law.highest_v = row("highest_voltage") * ratio;
    law.threshold_v = row("threshold_voltage") * ratio;
    law.alpha = row("alpha");
    // Above 1 a higher voltage is always faster.
    if (!(law.nominal_hz > 0 && law.threshold_v < law.lowest_v && law.lowest_v <= law.nominal_v &&
          law.nominal_v <= law.highest_v && law.alpha >= 1 && law.alpha <= 2))
        fail(
            "{}: rows of clock: must have threshold < lowest <= nominal <= highest voltage, a "
            "nominal frequency above 0 and alpha in 1..2",
            table.name());
    return law;
}

}  // namespace bitloom
