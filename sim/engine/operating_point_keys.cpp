// SPDX-License-Identifier: Apache-2.0
// Node, transistors, temperature and voltage of a chip: keys and the rules between them.
#include "models/base/error.h"
#include "models/energy/clock_law.h"
#include "sim/engine/chip_keys.h"

namespace bitloom {

namespace {

std::string megahertz(double hz) {
    return fmt::format("{:.6g} MHz", hz * 1e-6);
}

void finish_node(const KeySet& keys, const EnergyTable& table, ChipDescription& chip) {
    double& node = chip.point.node_nm;
    if (node == 0) {
        node = table_node_nm(table);
        return;
    }
    if (node != 14 && node != 28 && node != 32 && node != 45)
        fail("{}: must be 14, 28, 32 or 45 nm, or 0 for the table's",
             keys.where("technology.node"));
    if (chip.is_analog() && node != table_node_nm(table))
        fail("{}: arrays and converters do not scale: must be {:g} nm, the node of {}",
             keys.where("technology.node"), table_node_nm(table), table.name());
}

void finish_voltage(const KeySet& keys, const EnergyTable& table, ChipDescription& chip) {
    const ClockLaw law = clock_law(table, chip.point.node_nm);
    const auto clock = static_cast<double>(chip.clock_hz());
    const double needed = law.lowest_voltage(clock);
    if (needed == 0)
        fail("{}: at most {}, at {:.4g} V, the highest supply of {}", keys.where("clock.frequency"),
             megahertz(law.highest_hz(law.highest_v)), law.highest_v, table.name());
    double& voltage = chip.point.voltage_v;
    if (voltage == 0) voltage = needed;
    if (voltage < law.lowest_v || voltage > law.highest_v)
        fail(
            "{}: must be {:.4g}..{:.4g} V, the range of {}, or 0 for the least that the clock "
            "needs",
            keys.where("clock.voltage"), law.lowest_v, law.highest_v, table.name());
    if (voltage < needed && law.highest_hz(voltage) < clock)
        fail("{}: sustains {}; clock.frequency = {} needs at least {:.4g} V",
             keys.where("clock.voltage"), megahertz(law.highest_hz(voltage)), megahertz(clock),
             needed);
}

}  // namespace

void declare_point_keys(KeySet& keys, OperatingPoint& point) {
    keys.real("clock.voltage", point.voltage_v, {0, 1.2}, "V",
              "Supply of the digital part; 0: the least that the clock needs, of energy.table's "
              "range");
    keys.real("technology.node", point.node_nm, {0, 45}, "nm",
              "14, 28, 32 or 45: rows of other nodes are scaled; 0: the node of energy.table");
    keys.choice("technology.device", point.device, named(kMemoryDevices),
                "Transistors of the memories, for their leakage: high performance, low operating "
                "power, low standby power, cells of the last with a periphery of the first");
    keys.real("technology.temperature", point.temperature_k, {300, 360}, "K",
              "Of the silicon, for its leakage; lstp and lstp_hp: 300");
}

void finish_point(const KeySet& keys, ChipDescription& chip) {
    const EnergyTable table = EnergyTable::read(chip.energy_table);
    try {
        sram_leakage_mw_per_kb(chip.point.device, chip.point.temperature_k);
    } catch (const Error& error) {
        const std::string text = error.what();
        fail("{}{}", keys.where("technology.temperature"), text.substr(text.find(": ")));
    }
    finish_node(keys, table, chip);
    finish_voltage(keys, table, chip);
}

}  // namespace bitloom
