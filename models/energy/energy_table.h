// SPDX-License-Identifier: Apache-2.0
// What an event costs: component tables, each number with its source.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "models/energy/sram_leakage.h"

namespace bitloom {

// Column names of a table file; `temperature_k` and the two `original_*` columns are optional.
// component,action,value,unit,node_nm,voltage_v,temperature_k,original_value,original_node_nm,source
// `-` in node_nm, voltage_v or temperature_k: does not apply or is not known (a DRAM standard; a
// converter with a supply of its own).
struct EnergyRow {
    std::string component;  // "array"
    std::string action;     // "mac"; "leakage" and "area" are of one instance, not of an event
    double value = 0;       // >= 0
    // Fixed by the action: "mW" for leakage, "um2" for area (above 0), "pJ/bit" for *_bits, "MHz"
    // for *_frequency, "V" for *_voltage, "1" for alpha (clock_law.h), else "pJ".
    std::string unit;
    std::optional<double> node_nm;
    std::optional<double> voltage_v;
    std::optional<double> temperature_k;   // of leakage
    std::optional<MemoryDevice> device;    // of a memory's leakage
    std::optional<double> original_value;  // before scaling, in the same unit
    std::optional<double> original_node_nm;
    std::string source;  // never empty
    std::string place;   // "28nm.csv:7"; where the row was derived otherwise

    std::string event() const { return component + "." + action; }
};

// The unit that an action has.
std::string unit_of_action(std::string_view action);

class EnergyTable {
public:
    EnergyTable() = default;

    // Strict: Error with file and line for unknown, missing or repeated columns, unknown or wrong
    // units, numbers that are not, empty fields, repeated rows.
    static EnergyTable read(const std::filesystem::path& path);
    static EnergyTable parse(const std::string& name, std::string_view text);

    const std::string& name() const { return name_; }  // the file, for messages
    const std::map<std::string, EnergyRow, std::less<>>& rows() const { return rows_; }  // by event
    const EnergyRow* find(std::string_view component, std::string_view action) const;
    // Error that names the event and the file when there is no such row.
    const EnergyRow& require(std::string_view component, std::string_view action) const;
    const EnergyRow& require_event(std::string_view event) const;

    // Adds a row, or replaces the row of the same event.
    void set(EnergyRow row);
    // Gives `component` a copy of every row of `of`, e.g. bind("dram", "dram_lpddr4"). Error when
    // there are none.
    void bind(const std::string& component, const std::string& of);

private:
    std::string name_ = "energy table";
    std::map<std::string, EnergyRow, std::less<>> rows_;
};

// The table as text for `bitloom show energy`: component, action, value, unit, node, voltage,
// value before scaling and its node, source; one line a row, in order of event.
std::string energy_table_text(const EnergyTable& table);

}  // namespace bitloom
