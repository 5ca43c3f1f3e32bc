// SPDX-License-Identifier: Apache-2.0
// What a verb says about the files that it wrote.
#pragma once

#include <filesystem>
#include <string>

namespace bitloom {

// "written: digits.json, 12.3 kB\n"; of what is no regular file without a size, of - nothing. Call
// it when the file is complete.
std::string written_text(const std::filesystem::path& file);

}  // namespace bitloom
