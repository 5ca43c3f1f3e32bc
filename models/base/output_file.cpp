// SPDX-License-Identifier: Apache-2.0
#include "models/base/output_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "models/base/error.h"

namespace bitloom {

OutputFile::OutputFile(std::filesystem::path path) : path_(std::move(path)) {
    temporary_ = path_;
    temporary_ += fmt::format(".{}.tmp", ::getpid());
    file_ = std::fopen(temporary_.c_str(), "wb");
    if (file_ == nullptr) fail("{}: cannot write: {}", path_.string(), std::strerror(errno));
}

OutputFile::~OutputFile() {
    if (file_ == nullptr) return;
    std::fclose(file_);
    std::error_code ignored;
    std::filesystem::remove(temporary_, ignored);
}

void OutputFile::write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size())
        fail("{}: cannot write: {}", path_.string(), std::strerror(errno));
}

void OutputFile::write(std::span<const std::byte> bytes) {
    write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

void OutputFile::commit() {
    const bool flushed = std::fflush(file_) == 0;
    int reason_number = flushed ? 0 : errno;
    const bool closed = std::fclose(file_) == 0 && flushed;
    if (flushed && !closed) reason_number = errno;
    file_ = nullptr;
    std::error_code error;
    if (closed) std::filesystem::rename(temporary_, path_, error);
    if (!closed || error) {
        const std::string reason = closed ? error.message() : std::strerror(reason_number);
        std::filesystem::remove(temporary_, error);
        fail("{}: cannot write: {}", path_.string(), reason);
    }
}

void write_file(const std::filesystem::path& path, std::string_view text) {
    OutputFile file(path);
    file.write(text);
    file.commit();
}

std::string read_file(const std::filesystem::path& path) {
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (file == nullptr) fail("{}: cannot read: {}", path.string(), std::strerror(errno));
    std::string text;
    char block[65536];
    std::size_t count = 0;
    while ((count = std::fread(block, 1, sizeof block, file)) > 0) text.append(block, count);
    const bool bad = std::ferror(file) != 0;
    std::fclose(file);
    if (bad) fail("{}: cannot read: {}", path.string(), std::strerror(errno));
    return text;
}

}  // namespace bitloom
