// SPDX-License-Identifier: Apache-2.0
// Input files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace bitloom {

// A regular file of at most `most_bytes`, whole. Throws Error with the path: folders, devices and
// pipes, larger files, the system's reason.
std::string read_file(const std::filesystem::path& path, std::int64_t most_bytes = 1LL << 33);

// The text of a file that people write: at most 64 MiB, lines of at most 64 KiB. A byte order mark
// is left out and lines end with \n however the file ends them. Throws Error as read_file does, and
// with the line where there is a NUL.
std::string read_text(const std::filesystem::path& path);

// The same for text already in memory; `name` stands for it in messages.
std::string checked_text(std::string text, const std::string& name);

// Every file that this process has read is remembered, so that no output replaces it.
// `device`, `inode`: as fstat gives them.
void note_input(std::uint64_t device, std::uint64_t inode);
bool is_input(std::uint64_t device, std::uint64_t inode);

}  // namespace bitloom
