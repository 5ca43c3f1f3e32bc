// SPDX-License-Identifier: Apache-2.0
// Labels in text files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace bitloom {

// One integer a line. Empty lines and a first line "label" are left out. Throws Error "FILE:LINE:
// ..." otherwise.
std::vector<std::int64_t> read_labels(const std::filesystem::path& path);

// "NAME,LABEL" a line; a first line "file,label" is left out. Throws Error as above, and for a name
// that is there twice.
std::map<std::string, std::int64_t> read_named_labels(const std::filesystem::path& path);

}  // namespace bitloom
