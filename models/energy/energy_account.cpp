// SPDX-License-Identifier: Apache-2.0
#include "models/energy/energy_account.h"

#include <vector>

#include "models/base/error.h"

namespace bitloom {
namespace {

constexpr double kPicojoulesPerMilliwattSecond = 1e9;

std::map<std::string, std::vector<const EnergyRow*>> by_component(const EnergyTable& table) {
    std::map<std::string, std::vector<const EnergyRow*>> components;
    for (const auto& [event, row] : table.rows()) components[row.component].push_back(&row);
    return components;
}

}  // namespace

void add_sram(EnergyTable& table, const SramModel& model, const std::string& component,
              const SramShape& shape, bool extrapolate) {
    const auto missing = [&](const char* action) { return !table.find(component, action); };
    if (!missing("read_bits") && !missing("write_bits") && !missing("leakage") &&
        !missing("area")) {
        return;  // the model need not know a shape that the user has characterized
    }
    const SramCost cost = model.cost(shape, extrapolate);
    const auto add = [&](const char* action, double value) {
        if (!missing(action)) return;
        EnergyRow row;
        row.component = component;
        row.action = action;
        row.value = value;
        row.unit = unit_of_action(action);
        row.node_nm = cost.node_nm;
        row.voltage_v = cost.voltage_v;
        if (row.action == "leakage") {
            row.device = cost.device;
            row.temperature_k = cost.temperature_k;
        }
        row.source = cost.source;
        row.place = "SRAM model";
        table.set(std::move(row));
    };
    add("read_bits", cost.read_pj_per_bit);
    add("write_bits", cost.write_pj_per_bit);
    add("leakage", cost.leakage_mw);
    add("area", cost.area_um2);
}

std::map<std::string, double> energy_pj(const Activity& activity, const EnergyTable& table,
                                        std::span<const ComponentInstance> instances,
                                        double seconds) {
    BITLOOM_CHECK(seconds >= 0, "leakage over {} s", seconds);
    std::map<std::string, double> energy;
    for (const auto& [event, count] : activity.events()) {
        const EnergyRow& row = table.require_event(event);
        energy[row.component] += static_cast<double>(count) * row.value;
    }
    energy["leakage"] += leakage_mw(table, instances) * seconds * kPicojoulesPerMilliwattSecond;
    return energy;
}

double leakage_mw(const EnergyTable& table, std::span<const ComponentInstance> instances) {
    double sum = 0;
    for (const ComponentInstance& instance : instances) {
        sum += static_cast<double>(instance.count) *
               table.require(instance.component, "leakage").value;
    }
    return sum;
}

std::map<std::string, double> area_mm2(const EnergyTable& table,
                                       std::span<const ComponentInstance> instances) {
    std::map<std::string, double> area;
    for (const ComponentInstance& instance : instances) {
        area[instance.component] += static_cast<double>(instance.count) *
                                    table.require(instance.component, "area").value * 1e-6;
    }
    return area;
}

std::string accelergy_ert(const EnergyTable& table, const std::string& name, double clock_hz) {
    BITLOOM_CHECK(clock_hz > 0, "clock of {} Hz", clock_hz);
    std::string text = "ERT:\n  version: '0.4'\n  tables:\n";
    for (const auto& [component, rows] : by_component(table)) {
        std::string actions;
        for (const EnergyRow* row : rows) {
            if (row->action == "area" || row->component == "clock") continue;
            const bool leak = row->action == "leakage";
            const double energy =
                leak ? row->value * kPicojoulesPerMilliwattSecond / clock_hz : row->value;
            actions += fmt::format("    - name: {}\n      arguments: {{}}\n      energy: {:.9g}\n",
                                   leak ? "leak" : row->action, energy);
        }
        if (actions.empty()) continue;
        text += fmt::format("  - name: {}.{}\n    actions:\n{}", name, component, actions);
    }
    return text;
}

std::string accelergy_art(const EnergyTable& table, const std::string& name) {
    std::string text = "ART:\n  version: '0.4'\n  tables:\n";
    for (const auto& [event, row] : table.rows()) {
        if (row.action != "area") continue;
        text += fmt::format("  - name: {}.{}\n    area: {:.9g}\n", name, row.component, row.value);
    }
    return text;
}

}  // namespace bitloom
