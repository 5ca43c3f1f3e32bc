// SPDX-License-Identifier: Apache-2.0
#include "models/base/temporary_files.h"

#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstring>

namespace bitloom {

namespace {

// A handler may neither allocate nor wait: paths lie in fixed places, and `owner` is written last.
struct Slot {
    std::atomic<bool> taken{false};
    std::atomic<pid_t> owner{0};  // 0: the path is not complete
    char path[PATH_MAX];
};

static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<pid_t>::is_always_lock_free);

Slot slots[max_temporary_files];

}  // namespace

TemporaryFile::TemporaryFile(const std::string& path) : slot_(-1) {
    if (path.size() >= PATH_MAX) return;
    for (int i = 0; i < max_temporary_files && slot_ < 0; ++i)
        if (!slots[i].taken.exchange(true)) slot_ = i;
    if (slot_ < 0) return;
    std::memcpy(slots[slot_].path, path.c_str(), path.size() + 1);
    slots[slot_].owner = ::getpid();
}

TemporaryFile::~TemporaryFile() {
    if (slot_ < 0) return;
    slots[slot_].owner = 0;
    slots[slot_].taken = false;
}

void remove_temporary_files() noexcept {
    const pid_t self = ::getpid();
    for (const Slot& slot : slots)
        if (slot.owner == self) ::unlink(slot.path);
}

}  // namespace bitloom
