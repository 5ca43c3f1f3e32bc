// SPDX-License-Identifier: Apache-2.0
#include "models/energy/energy_table.h"

#include <algorithm>
#include <array>
#include <vector>

#include "models/base/error.h"
#include "models/base/input_file.h"
#include "models/base/text.h"
#include "models/energy/csv_file.h"

namespace bitloom {
namespace {

const std::vector<std::string> kRequired = {"component", "action",    "value", "unit",
                                            "node_nm",   "voltage_v", "source"};
const std::vector<std::string> kOptional = {"temperature_k", "original_value", "original_node_nm"};

std::string optional_text(const std::optional<double>& value) {
    return value ? fmt::format("{:.5g}", *value) : "-";
}

}  // namespace

std::string unit_of_action(std::string_view action) {
    if (action == "leakage") return "mW";
    if (action == "area") return "um2";
    if (action.ends_with("_bits")) return "pJ/bit";
    if (action.ends_with("_frequency")) return "MHz";
    if (action.ends_with("_voltage")) return "V";
    if (action == "alpha") return "1";
    return "pJ";
}

EnergyTable EnergyTable::read(const std::filesystem::path& path) {
    return parse(path.string(), read_text(path));
}

EnergyTable EnergyTable::parse(const std::string& name, std::string_view text) {
    const CsvFile file(name, text, kRequired, kOptional);
    EnergyTable table;
    table.name_ = name;
    for (const CsvFile::Record& record : file.records()) {
        EnergyRow row;
        row.place = file.place(record);
        const auto word = [&](const char* column) {
            std::string value = file.text(record, column);
            if (value.empty()) fail("{}: {} is empty", row.place, column);
            return value;
        };
        const auto maybe = [&](const char* column, std::string_view absent) {
            std::optional<double> value;
            if (file.has(column) && file.text(record, column) != absent) {
                value = file.number(record, column);
            }
            return value;
        };
        row.component = word("component");
        row.action = word("action");
        row.value = file.number(record, "value");
        row.unit = word("unit");
        row.node_nm = maybe("node_nm", "-");
        row.voltage_v = maybe("voltage_v", "-");
        row.temperature_k = maybe("temperature_k", "-");
        row.original_value = maybe("original_value", "");
        row.original_node_nm = maybe("original_node_nm", "");
        row.source = word("source");
        if (row.action.find('.') != std::string::npos) {
            fail("{}: action = '{}': must not contain a dot", row.place, row.action);
        }
        constexpr std::array kUnits = {"pJ", "pJ/bit", "mW", "um2", "MHz", "V", "1"};
        if (std::find(kUnits.begin(), kUnits.end(), row.unit) == kUnits.end()) {
            fail("{}: unknown unit '{}': must be pJ, pJ/bit, mW, um2, MHz, V or 1", row.place,
                 row.unit);
        }
        if (row.unit != unit_of_action(row.action)) {
            fail("{}: unit of {} = '{}': must be {}", row.place, row.event(), row.unit,
                 unit_of_action(row.action));
        }
        if (row.action == "area" && row.value <= 0) {
            fail("{}: area of {} = {}: must be above 0: every part takes room", row.place,
                 row.component, row.value);
        }
        if (const EnergyRow* first = table.find(row.component, row.action)) {
            fail("{}: {} is there twice, first at {}", row.place, row.event(), first->place);
        }
        table.set(std::move(row));
    }
    return table;
}

const EnergyRow* EnergyTable::find(std::string_view component, std::string_view action) const {
    const auto found = rows_.find(fmt::format("{}.{}", component, action));
    return found == rows_.end() ? nullptr : &found->second;
}

const EnergyRow& EnergyTable::require(std::string_view component, std::string_view action) const {
    return require_event(fmt::format("{}.{}", component, action));
}

const EnergyRow& EnergyTable::require_event(std::string_view event) const {
    const auto found = rows_.find(event);
    if (found != rows_.end()) return found->second;
    std::vector<std::string> known;
    for (const auto& [name, row] : rows_) known.push_back(name);
    fail("{}: no row for '{}'{}", name_, event, did_you_mean(event, known));
}

void EnergyTable::set(EnergyRow row) {
    BITLOOM_CHECK(row.unit == unit_of_action(row.action), "row {} has unit {}", row.event(),
                  row.unit);
    std::string event = row.event();
    rows_.insert_or_assign(std::move(event), std::move(row));
}

void EnergyTable::bind(const std::string& component, const std::string& of) {
    std::vector<EnergyRow> copies;
    for (const auto& [event, row] : rows_) {
        if (row.component == of) copies.push_back(row);
    }
    if (copies.empty()) {
        std::vector<std::string> known;
        for (const auto& [event, row] : rows_) {
            if (known.empty() || known.back() != row.component) known.push_back(row.component);
        }
        fail("{}: no rows of component '{}'{}", name_, of, did_you_mean(of, known));
    }
    for (EnergyRow& row : copies) {
        row.component = component;
        row.source = of + ": " + row.source;
        set(std::move(row));
    }
}

std::string energy_table_text(const EnergyTable& table) {
    std::string text = fmt::format("{:<32} {:>10} {:<7} {:>5} {:>5} {:>10} {:>5}  {}\n", "event",
                                   "value", "unit", "nm", "V", "original", "nm", "source");
    for (const auto& [event, row] : table.rows()) {
        text += fmt::format("{:<32} {:>10} {:<7} {:>5} {:>5} {:>10} {:>5}  {}\n", event,
                            fmt::format("{:.5g}", row.value), row.unit, optional_text(row.node_nm),
                            optional_text(row.voltage_v), optional_text(row.original_value),
                            optional_text(row.original_node_nm), row.source);
    }
    return text;
}

}  // namespace bitloom
