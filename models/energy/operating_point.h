// SPDX-License-Identifier: Apache-2.0
// Under which conditions a chip's silicon works, and its table brought to them.
#pragma once

#include "models/energy/energy_table.h"
#include "models/energy/sram_leakage.h"

namespace bitloom {

struct OperatingPoint {
    double node_nm = 0;    // 0: as the rows are
    double voltage_v = 0;  // 0: as the rows are
    MemoryDevice device = MemoryDevice::lop;
    double temperature_k = 300;
};

// Nominal supply of a node that the tables know: 0.9 V at 28, 32 and 45 nm, 0.8 V at 14 nm. Error
// for others.
double nominal_supply_v(double node_nm);

// The node of the rows that have a supply: what the digital part of a table is characterized at.
// Error when there are several; 0 when there are none.
double table_node_nm(const EnergyTable& table);

// Brings the rows that have a node and a supply to the point; others (memories, converters with a
// supply of their own) stay. Node: energy, and leakage of memories as power, after Stillmaker and
// Baas (scaling.h); area, and leakage of logic at a constant density, by their area. Voltage V
// against the supply V0 of the row: energy by (V/V0)^2, leakage by V/V0 (power of a constant
// current; how the current grows with V the sources do not say). Rows that state a temperature have
// leakage of the point's, those of memories also of the point's device; the sources say nothing of
// the energy of an access by device. Every changed row says so in its source.
void bring_to(EnergyTable& table, const OperatingPoint& point);

}  // namespace bitloom
