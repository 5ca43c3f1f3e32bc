// SPDX-License-Identifier: Apache-2.0
// Energy = sum of counts x table + leakage x time; nothing else adds energy.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "models/energy/activity.h"
#include "models/energy/energy_table.h"
#include "models/energy/sram_model.h"

namespace bitloom {

// So many equal instances of a component leak and take area: PEs, lanes, decoders; a buffer whose
// rows came from add_sram is one instance.
struct ComponentInstance {
    std::string component;
    std::int64_t count = 1;  // >= 0
};

// Gives `component` the rows read_bits, write_bits, leakage and area of a memory of this shape. A
// row that the table has already is kept: a user's own characterization wins.
void add_sram(EnergyTable& table, const SramModel& model, const std::string& component,
              const SramShape& shape, bool extrapolate = false);

// By component, in pJ, the dynamic energy of the events; under "leakage" that of the instances over
// `seconds` (>= 0). The sum of the map is the whole energy. Error that names the event and the
// table when an event occurred that has no row, or an instance has no leakage row.
std::map<std::string, double> energy_pj(const Activity& activity, const EnergyTable& table,
                                        std::span<const ComponentInstance> instances,
                                        double seconds);

// Leakage power of the instances, mW.
double leakage_mw(const EnergyTable& table, std::span<const ComponentInstance> instances);

// By component, in mm2. Error when an instance has no area row. No routing or placement overhead.
std::map<std::string, double> area_mm2(const EnergyTable& table,
                                       std::span<const ComponentInstance> instances);

// Accelergy's energy and area reference tables (ERT, ART; version 0.4, YAML): component names are
// prefixed with "NAME."; energy in pJ of an action (of one bit for *_bits), leakage as the action
// "leak" in pJ a cycle of `clock_hz`; area in um2.
std::string accelergy_ert(const EnergyTable& table, const std::string& name, double clock_hz);
std::string accelergy_art(const EnergyTable& table, const std::string& name);

}  // namespace bitloom
