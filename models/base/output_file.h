// SPDX-License-Identifier: Apache-2.0
// Output files appear whole or not at all.
#pragma once

#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace bitloom {

// Writes to a temporary file beside `path`; commit() renames it over `path`. Without commit() the
// temporary file is removed. Every failure throws Error with the path and the system's reason.
class OutputFile {
public:
    explicit OutputFile(std::filesystem::path path);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    void write(std::string_view bytes);
    void write(std::span<const std::byte> bytes);
    void commit();

private:
    std::filesystem::path path_;
    std::filesystem::path temporary_;
    std::FILE* file_ = nullptr;
};

void write_file(const std::filesystem::path& path, std::string_view text);
std::string read_file(const std::filesystem::path& path);

}  // namespace bitloom
