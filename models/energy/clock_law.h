// SPDX-License-Identifier: Apache-2.0
// Supply voltage and clock frequency of a digital circuit.
#pragma once

#include "models/energy/energy_table.h"

namespace bitloom {

// The alpha-power law: f = c (V - Vth)^alpha / V (T. Sakurai and A. R. Newton, IEEE J. Solid-State
// Circuits 25(2), 1990), c such that nominal_v sustains nominal_hz.
struct ClockLaw {
    double nominal_v = 0, nominal_hz = 0;
    double lowest_v = 0, highest_v = 0;  // where the table holds
    double threshold_v = 0, alpha = 0;

    double highest_hz(double voltage_v) const;
    // The least voltage of the range, in whole mV, that sustains the clock; 0: none does.
    double lowest_voltage(double clock_hz) const;
};

// The rows of component "clock". Voltages are those of `node_nm`: proportional to its nominal
// supply where the rows are of another node; the nominal frequency is kept. Error for a table
// without them and for values that are in no order.
ClockLaw clock_law(const EnergyTable& table, double node_nm);

}  // namespace bitloom
