// SPDX-License-Identifier: Apache-2.0
// `bitloom show chips`.
#include <sstream>

#include "models/base/error.h"
#include "models/base/input_file.h"
#include "sim/cli/columns.h"
#include "sim/cli/locate.h"
#include "sim/cli/show_topics.h"

namespace bitloom {

namespace {

// The first comment line that has words, without its mark. A file that the chip's own reader would
// refuse is listed all the same.
std::string first_comment(const std::filesystem::path& file) {
    std::istringstream stream(read_text(file));
    std::string line;
    while (std::getline(stream, line)) {
        if (!line.starts_with('#')) continue;
        const std::size_t begin = line.find_first_not_of("# \t");
        if (begin == std::string::npos || line.find("SPDX") != std::string::npos) continue;
        return printable(line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1));
    }
    return "";
}

}  // namespace

std::string show_chips(const std::filesystem::path& data, const TextStyle& style) {
    TextTable table({words_column("name"), words_column("description")});
    const std::vector<std::filesystem::path> files = chip_files(data);
    if (files.empty())
        fail("no chips in {}: no file ends with .ini", (data / "models" / "chip").string());
    for (const std::filesystem::path& file : files)
        table.add_row({printable(file.stem().string()), first_comment(file)});
    return table.to_string(style);
}

}  // namespace bitloom
