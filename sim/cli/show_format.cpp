// SPDX-License-Identifier: Apache-2.0
// `bitloom show formats` and `bitloom show format NAME`.
#include <fmt/format.h>

#include "models/numeric/format.h"
#include "models/numeric/format_table.h"
#include "sim/cli/chip_operands.h"
#include "sim/cli/columns.h"
#include "sim/cli/show_topics.h"

namespace bitloom {

std::string show_formats(const std::filesystem::path& data, const TextStyle& style) {
    const ChipOperands chips(data);
    TextTable table({words_column("name"), number_column("bits"), number_column("min"),
                     number_column("max"), words_column("chips, as weights"),
                     words_column("chips, as activations"), words_column("description")});
    for (const std::string& name : format_names()) {
        const Format& one = format(name);
        table.add_row({name, fmt::format("{}", one.bits()), fmt::format("{:g}", one.min_value()),
                       fmt::format("{:g}", one.max_value()), chips.text(chips.with_weights(one)),
                       chips.text(chips.with_activations(one)), one.description()});
    }
    return table.to_string(style);
}

std::string show_format(const std::string& name, bool csv) {
    return csv ? format_csv(format(name)) : format_table(format(name));
}

}  // namespace bitloom
