// SPDX-License-Identifier: Apache-2.0
// `bitloom show energy`.
#include <fmt/format.h>

#include "models/energy/energy_table.h"
#include "sim/cli/columns.h"
#include "sim/cli/show_topics.h"

namespace bitloom {

namespace {

std::string optional_text(const std::optional<double>& value) {
    return value ? fmt::format("{:.5g}", *value) : "-";
}

}  // namespace

std::string show_energy(const std::filesystem::path& file, const TextStyle& style) {
    TextTable table({words_column("event"), number_column("value"), words_column("unit"),
                     number_column("nm"), number_column("V"), number_column("original"),
                     number_column("nm"), words_column("source")});
    const EnergyTable energy = EnergyTable::read(file);
    for (const auto& [event, row] : energy.rows())
        table.add_row({event, fmt::format("{:.5g}", row.value), row.unit,
                       optional_text(row.node_nm), optional_text(row.voltage_v),
                       optional_text(row.original_value), optional_text(row.original_node_nm),
                       row.source});
    return table.to_string(style);
}

}  // namespace bitloom
