// SPDX-License-Identifier: Apache-2.0
// An on-chip buffer of two halves: one is filled while the other is used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/energy/activity.h"

namespace bitloom {

// Bytes and counts, no timing: whoever uses a half knows its width and cycles. Every access names
// its half (0 or 1) and stays inside it; an access outside is an Error with the buffer's name.
class Scratchpad {
public:
    // capacity_bytes: both halves together; even, >= 2.
    Scratchpad(std::string name, std::int64_t capacity_bytes);

    const std::string& name() const { return name_; }
    std::int64_t half_bytes() const { return half_bytes_; }
    // Error unless `bytes` fit into a half; `what` says whose bytes ("tile 3 of conv1").
    void require_fit(std::int64_t bytes, const std::string& what) const;

    void write(int half, std::int64_t offset, std::span<const std::byte> bytes);
    std::span<const std::byte> read(int half, std::int64_t offset, std::int64_t bytes);
    // The place for a DMA to fill or drain; count_* states the traffic when it is done.
    std::span<std::byte> place(int half, std::int64_t offset, std::int64_t bytes);
    // Traffic of less or more than bytes moved at once (packed codes, repeated reads).
    void count_read_bits(std::int64_t bits) { read_bits_ += bits; }
    void count_write_bits(std::int64_t bits) { write_bits_ += bits; }

    std::int64_t read_bits() const { return read_bits_; }
    std::int64_t write_bits() const { return write_bits_; }
    Activity activity() const;  // NAME.read_bits, NAME.write_bits

private:
    std::string name_;
    std::int64_t half_bytes_;
    std::vector<std::byte> bytes_;
    std::int64_t read_bits_ = 0;
    std::int64_t write_bits_ = 0;
};

}  // namespace bitloom
