// SPDX-License-Identifier: Apache-2.0
// `bitloom show chip CHIP`.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "models/base/output_file.h"
#include "sim/cli/columns.h"
#include "sim/cli/show_topics.h"
#include "sim/engine/chip_description.h"

namespace bitloom {

std::string show_chip(const std::filesystem::path& ini, const KeyValues& overrides,
                      const TextStyle& style) {
    // First with every check of a run, between keys as well.
    const std::vector<std::string> notes = read_chip(ini, overrides).notes;
    ChipDescription chip = default_chip(ini, overrides);
    KeySet keys;
    declare_keys(keys, chip);
    read_chip_keys(keys, ini, overrides);

    const std::string file = read_file(ini);
    const auto lines = std::count(file.begin(), file.end(), '\n') + 1;
    TextTable table({words_column("key"), words_column("value"), words_column("unit"),
                     words_column("allowed"), words_column("from"), words_column("meaning")});
    for (const Key& key : keys.keys()) {
        // The file is named once, above the table; its lines suffice.
        const std::size_t colon = key.place.rfind(':');
        const bool beyond =
            colon != std::string::npos && std::atoll(key.place.c_str() + colon + 1) > lines;
        const std::string from = key.place.empty() ? "default"
                                 : beyond          ? "no line"  // every SCALE-Sim chip has it
                                 : colon == std::string::npos
                                     ? key.place
                                     : "line " + key.place.substr(colon + 1);
        table.add_row({key.name, printable(key.print()), std::string(key.unit.name), key.allowed,
                       from, key.help});
    }
    std::string text = fmt::format("{}\n\n{}", ini.string(), table.to_string(style));
    if (!notes.empty()) text += "\nNotes\n";
    for (const std::string& note : notes) text += fmt::format("  - {}\n", wrapped(printable(note), style.width - 4, 4));
    return text;
}

}  // namespace bitloom
