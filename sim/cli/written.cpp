// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/written.h"

#include <fmt/format.h>

#include <system_error>

#include "sim/report/quantities.h"
#include "sim/report/text_table.h"

namespace bitloom {

std::string written_text(const std::filesystem::path& file) {
    if (file == "-") return {};  // standard output: it is there to be seen
    std::error_code ignored;
    const std::string name = printable(file.string());
    if (!std::filesystem::is_regular_file(file, ignored)) return fmt::format("written: {}\n", name);
    const std::uintmax_t bytes = std::filesystem::file_size(file, ignored);
    if (bytes < 1000) return fmt::format("written: {}, {} B\n", name, bytes);
    return fmt::format("written: {}, {}\n", name, with_si_prefix(static_cast<double>(bytes), "B"));
}

}  // namespace bitloom
