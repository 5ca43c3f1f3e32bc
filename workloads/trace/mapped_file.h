// SPDX-License-Identifier: Apache-2.0
// A file's bytes in memory, read on demand by the operating system.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace bitloom {

class MappedFile {
public:
    // Maps a regular file for reading. Throws Error with the path and the system's reason.
    explicit MappedFile(const std::filesystem::path& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    std::span<const std::byte> bytes() const { return bytes_; }

private:
    std::span<const std::byte> bytes_;
};

}  // namespace bitloom
