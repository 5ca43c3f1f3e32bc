// SPDX-License-Identifier: Apache-2.0
#include "models/energy/operating_point.h"

#include <vector>

#include "models/base/error.h"
#include "models/energy/scaling.h"

namespace bitloom {
namespace {

void change_node(EnergyRow& row, double node_nm) {
    const double supply = nominal_supply_v(node_nm);
    const bool by_area = row.action == "area" || (row.action == "leakage" && !row.device);
    row.value *= by_area ? area_factor(*row.node_nm, node_nm)
                 : row.action == "leakage"
                     ? power_factor(*row.node_nm, *row.voltage_v, node_nm, supply)
                     : energy_factor(*row.node_nm, *row.voltage_v, node_nm, supply);
    row.source += fmt::format("; scaled from {:g} to {:g} nm{}", *row.node_nm, node_nm,
                              by_area ? " by area" : " after Stillmaker & Baas");
    row.node_nm = node_nm;
    row.voltage_v = supply;
}

void change_voltage(EnergyRow& row, double voltage_v) {
    const double ratio = voltage_v / *row.voltage_v;
    row.value *= row.action == "leakage" ? ratio : ratio * ratio;
    row.source += fmt::format("; from {:g} to {:g} V by {}", *row.voltage_v, voltage_v,
                              row.action == "leakage" ? "V" : "V^2");
    row.voltage_v = voltage_v;
}

void change_leakage(EnergyRow& row, const OperatingPoint& point) {
    const bool same =
        *row.temperature_k == point.temperature_k && (!row.device || *row.device == point.device);
    if (same) return;
    if (row.device) {
        row.value *= sram_leakage_mw_per_kb(point.device, point.temperature_k) /
                     sram_leakage_mw_per_kb(*row.device, *row.temperature_k);
        row.source += fmt::format("; leakage from {} at {:g} K to {} at {:g} K as CACTI 7 at 28 nm",
                                  to_string(*row.device), *row.temperature_k,
                                  to_string(point.device), point.temperature_k);
        row.device = point.device;
    } else {
        row.value *=
            logic_leakage_factor(point.temperature_k) / logic_leakage_factor(*row.temperature_k);
        row.source += fmt::format("; leakage from {:g} to {:g} K as hp memories in CACTI 7",
                                  *row.temperature_k, point.temperature_k);
    }
    row.temperature_k = point.temperature_k;
}

}  // namespace

double nominal_supply_v(double node_nm) {
    if (node_nm == 14) return 0.8;
    if (node_nm == 28 || node_nm == 32 || node_nm == 45) return 0.9;
    fail("technology.node = {:g}: must be 14, 28, 32 or 45 nm", node_nm);
}

double table_node_nm(const EnergyTable& table) {
    const EnergyRow* first = nullptr;
    for (const auto& [event, row] : table.rows()) {
        if (!row.node_nm || !row.voltage_v) continue;
        if (first == nullptr) first = &row;
        if (*row.node_nm != *first->node_nm)
            fail("{}: {} is at {:g} nm, {} at {:g} nm: give technology.node", row.place, event,
                 *row.node_nm, first->event(), *first->node_nm);
    }
    return first == nullptr ? 0 : *first->node_nm;
}

void bring_to(EnergyTable& table, const OperatingPoint& point) {
    std::vector<EnergyRow> changed;
    for (const auto& [event, original] : table.rows()) {
        EnergyRow row = original;
        if (row.component == "clock") continue;
        if (row.action == "leakage" && row.temperature_k) change_leakage(row, point);
        if (row.node_nm && row.voltage_v) {
            if (point.node_nm > 0 && point.node_nm != *row.node_nm) change_node(row, point.node_nm);
            if (row.action != "area" && point.voltage_v > 0 && point.voltage_v != *row.voltage_v)
                change_voltage(row, point.voltage_v);
        }
        if (row.source != original.source) changed.push_back(std::move(row));
    }
    for (EnergyRow& row : changed) table.set(std::move(row));
}

}  // namespace bitloom
