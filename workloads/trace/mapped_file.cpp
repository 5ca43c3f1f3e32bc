// SPDX-License-Identifier: Apache-2.0
#include "workloads/trace/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "models/base/error.h"
#include "models/base/input_file.h"
#include "models/base/text.h"

namespace bitloom {

namespace {

// A handler may neither allocate nor wait: `end` is written last.
struct Slot {
    std::atomic<bool> taken{false};
    std::atomic<const std::byte*> begin{nullptr}, end{nullptr};
    char path[1024];  // as a line may show it
};

static_assert(std::atomic<const std::byte*>::is_always_lock_free);

Slot slots[16];

int note_mapping(std::span<const std::byte> bytes, const std::string& path) {
    for (int i = 0; i < static_cast<int>(std::size(slots)); ++i) {
        Slot& slot = slots[i];
        if (slot.taken.exchange(true)) continue;
        const std::string shown = one_line(path, sizeof slot.path / 4 - 4);
        std::memcpy(slot.path, shown.c_str(), shown.size() + 1);
        slot.begin = bytes.data();
        slot.end = bytes.data() + bytes.size();
        return i;
    }
    return -1;
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) : path_(path.string()) {
    // O_NONBLOCK: opening a pipe that nobody writes must not wait for ever.
    file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file_ < 0) fail("{}: cannot open: {}", path_, std::strerror(errno));
    struct stat status {};
    if (::fstat(file_, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(file_);
        fail("{}: cannot open: must be a regular file", path_);
    }
    note_input(status.st_dev, status.st_ino);
    modified_ = status.st_mtim;
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) return;  // an empty file cannot be mapped
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file_, 0);
    if (address == MAP_FAILED) {
        const int reason = errno;
        ::close(file_);
        fail("{}: cannot map {} bytes: {}", path_, size, std::strerror(reason));
    }
    bytes_ = {static_cast<const std::byte*>(address), size};
    slot_ = note_mapping(bytes_, path_);
}

MappedFile::~MappedFile() {
    if (slot_ >= 0) {
        slots[slot_].end = nullptr;
        slots[slot_].taken = false;
    }
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
    ::close(file_);
}

void MappedFile::check_unchanged() const {
    struct stat status {};
    if (::fstat(file_, &status) != 0 || status.st_size != std::ssize(bytes_) ||
        status.st_mtim.tv_sec != modified_.tv_sec || status.st_mtim.tv_nsec != modified_.tv_nsec)
        fail("{}: was written to while it was read", path_);
}

const char* mapped_file_at(const void* address) noexcept {
    const auto* at = static_cast<const std::byte*>(address);
    for (const Slot& slot : slots)
        if (at >= slot.begin && at < slot.end) return slot.path;
    return nullptr;
}

}  // namespace bitloom
