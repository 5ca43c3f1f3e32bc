// SPDX-License-Identifier: Apache-2.0
// A file's bytes in memory, read on demand by the operating system.
#pragma once

#include <cstddef>
#include <ctime>
#include <filesystem>
#include <span>
#include <string>

namespace bitloom {

class MappedFile {
public:
    // Maps a regular file for reading. Throws Error with the path and the system's reason. The file
    // must stay as it is meanwhile: reading what was cut off raises SIGBUS (mapped_file_at tells of
    // which file), what was written over is read (check_unchanged finds it).
    explicit MappedFile(const std::filesystem::path& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    std::span<const std::byte> bytes() const { return bytes_; }

    // Throws Error when the file has been written to since it was mapped.
    void check_unchanged() const;

private:
    const std::string path_;
    int file_ = -1;
    int slot_ = -1;  // of mapped_file_at; -1: too many files
    struct timespec modified_ = {};
    std::span<const std::byte> bytes_;
};

// The path of the mapped file that has this address; null: none. Async-signal-safe.
const char* mapped_file_at(const void* address) noexcept;

}  // namespace bitloom
