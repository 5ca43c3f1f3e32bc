// SPDX-License-Identifier: Apache-2.0
#include "models/memory/scratchpad.h"

#include <algorithm>

#include "models/base/error.h"

namespace bitloom {

Scratchpad::Scratchpad(std::string name, std::int64_t capacity_bytes)
    : name_(std::move(name)), half_bytes_(capacity_bytes / 2) {
    if (capacity_bytes < 2 || capacity_bytes % 2 != 0) {
        fail("{}: capacity = {} bytes: must be even and at least 2", name_, capacity_bytes);
    }
    bytes_.resize(static_cast<std::size_t>(capacity_bytes));
}

void Scratchpad::require_fit(std::int64_t bytes, const std::string& what) const {
    if (bytes > half_bytes_) {
        fail("{}: {} needs {} bytes: a half holds {}", name_, what, bytes, half_bytes_);
    }
}

std::span<std::byte> Scratchpad::place(int half, std::int64_t offset, std::int64_t bytes) {
    BITLOOM_CHECK(half == 0 || half == 1, "{}: half {}", name_, half);
    if (offset < 0 || bytes < 0 || offset > half_bytes_ || bytes > half_bytes_ - offset) {
        fail("{}: access to {} bytes at offset {}: a half holds {}", name_, bytes, offset,
             half_bytes_);
    }
    return std::span(bytes_).subspan(static_cast<std::size_t>(half * half_bytes_ + offset),
                                     static_cast<std::size_t>(bytes));
}

void Scratchpad::write(int half, std::int64_t offset, std::span<const std::byte> bytes) {
    const std::span<std::byte> to = place(half, offset, static_cast<std::int64_t>(bytes.size()));
    std::copy(bytes.begin(), bytes.end(), to.begin());
    count_write_bits(static_cast<std::int64_t>(bytes.size()) * 8);
}

std::span<const std::byte> Scratchpad::read(int half, std::int64_t offset, std::int64_t bytes) {
    const std::span<const std::byte> from = place(half, offset, bytes);
    count_read_bits(bytes * 8);
    return from;
}

Activity Scratchpad::activity() const {
    Activity activity;
    activity.add(name_ + ".read_bits", read_bits_);
    activity.add(name_ + ".write_bits", write_bits_);
    return activity;
}

}  // namespace bitloom
