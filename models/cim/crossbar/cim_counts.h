// SPDX-License-Identifier: Apache-2.0
// What multiplications on a crossbar do, in whole numbers.
#pragma once

#include <cstdint>

namespace bitloom {

// All of one or several multiplications; exact, adds up in any order.
struct CimCounts {
    std::int64_t vectors = 0;
    std::int64_t passes = 0;  // over blocks: input passes of each vector
    std::int64_t phases = 0;  // over blocks: passes times phases_of(block)
    std::int64_t conversions = 0;
    std::int64_t saturated = 0;       // conversions beyond the range of codes
    std::int64_t limited_inputs = 0;  // codes beyond largest_input(), once a vector
    std::int64_t row_pulses = 0;      // pulses of row drivers: each phase drives the rows again
    std::int64_t row_ticks = 0;       // their lengths without errors
    // Sum over passes, blocks and rows of ticks (without errors) times row_units: the energy of the
    // array is V^2 times this times g_max / 2^20 times a tick. Once a pass, not a phase: columns
    // whose ADC is at another one are disconnected. Below 2^63 for 2^15 vectors of 1024 x 512
    // pairs.
    std::int64_t unit_ticks = 0;

    CimCounts& operator+=(const CimCounts& other);
    bool operator==(const CimCounts&) const = default;
};

}  // namespace bitloom
