// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "models/base/error.h"

namespace bitloom {

MappedFile::MappedFile(const std::filesystem::path& path) {
    // O_NONBLOCK: opening a pipe that nobody writes must not wait for ever.
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) fail("{}: cannot open: {}", path.string(), std::strerror(errno));
    struct stat status {};
    if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(file);
        fail("{}: cannot open: must be a regular file", path.string());
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size > 0) {  // an empty file cannot be mapped
        void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
        if (address == MAP_FAILED) {
            const int reason = errno;
            ::close(file);
            fail("{}: cannot map {} bytes: {}", path.string(), size, std::strerror(reason));
        }
        bytes_ = {static_cast<const std::byte*>(address), size};
    }
    ::close(file);
}

MappedFile::~MappedFile() {
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace bitloom
