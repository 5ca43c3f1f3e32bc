// SPDX-License-Identifier: Apache-2.0
// `bitloom show energy`.
#include "models/energy/energy_table.h"
#include "sim/cli/show_topics.h"

namespace bitloom {

std::string show_energy(const std::filesystem::path& table) {
    return energy_table_text(EnergyTable::read(table));
}

}  // namespace bitloom
