// SPDX-License-Identifier: Apache-2.0
// What an array did: cycles by cause, and exact counts of its events.
#pragma once

#include <cstdint>

#include "models/energy/activity.h"

namespace bitloom {

struct ArrayCycles {
    std::int64_t streaming = 0;   // operands enter
    std::int64_t fill_drain = 0;  // skew, operands loaded ahead, psums leaving, bubbles
    std::int64_t bandwidth = 0;   // the array waits for a scratchpad port
    std::int64_t total() const { return streaming + fill_drain + bandwidth; }
    bool operator==(const ArrayCycles&) const = default;
};

// Bits and words are exact counts. Counts that an array does not have stay zero.
struct ArrayCounts {
    std::int64_t macs = 0;        // PE multiply-accumulates with both operands valid
    std::int64_t decodes = 0;     // operands (nibbles) that passed a boundary decoder
    std::int64_t psum_words = 0;  // psums that left the array
    std::int64_t activation_read_bits = 0;
    std::int64_t weight_read_bits = 0;
    std::int64_t output_read_bits = 0;  // psums read back to be added to
    std::int64_t output_write_bits = 0;
    std::int64_t overflows = 0;  // psums that wrapped, in the array or when added
    // Of a bit-serial core.
    std::int64_t popcount_bits = 0;  // one-bit products that entered a popcount
    std::int64_t accumulates = 0;    // sums of a word added to an accumulator
    std::int64_t combines = 0;       // sums of planes shifted and added to others
    ArrayCycles cycles;
    bool operator==(const ArrayCounts&) const = default;
    ArrayCounts& operator+=(const ArrayCounts& other);
    ArrayCounts& operator-=(const ArrayCounts& other);
    void add_to(Activity& activity) const;
};

}  // namespace bitloom
