// SPDX-License-Identifier: Apache-2.0
// Files of data that a user names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace bitloom {

// Largest file or array that is read, in bytes.
inline constexpr std::int64_t largest_data_bytes = std::int64_t{4} << 30;

// Throws Error for what is no regular file (a device would never end) and for larger files.
void require_data_file(const std::filesystem::path& path);

// The content. Throws Error as require_data_file does, and where the file cannot be read.
std::string read_data_file(const std::filesystem::path& path);

}  // namespace bitloom
