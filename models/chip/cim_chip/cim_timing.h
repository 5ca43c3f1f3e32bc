// SPDX-License-Identifier: Apache-2.0
// The law of time of the analog chip: cycles of a phase, of an output position, of a layer. Pure
// arithmetic; the diagrams are in README.md.
#pragma once

#include <cstdint>
#include <vector>

namespace bitloom {

// What the time of a matrix-vector product follows from. Cycles are of the digital clock.
struct CimTiming {
    // true: converters integrate the current while it flows (ramp, current-controlled oscillator),
    // so that the rows are driven again for each group of columns: a phase is pulse + conversion.
    // false: all columns are sampled at the end of one pulse and converted one after another while
    // the next pulse is on.
    bool integrating = true;
    std::int64_t tick_cycles = 1;  // of one step of an input pulse
    std::int64_t set_cycles = 1;   // before a pulse
    std::int64_t end_cycles = 2;   // after it
    // Cycles of one conversion of a sampling converter, as a fraction.
    std::int64_t conversion_numerator = 9, conversion_denominator = 1;
    std::int64_t columns = 512;                    // of an array
    std::int64_t mux = 4;                          // columns that share a converter
    std::vector<std::int64_t> pass_ticks = {127};  // longest pulse of each pass
    // An integrating converter counts up to its largest code, a step a tick: its window is at least
    // so long, also where the pulses are shorter.
    std::int64_t counter_ticks = 127;
};

// Groups of columns that a block of so many columns keeps a converter busy with: columns that share
// a converter lie columns / mux apart. 1 <= columns_used <= columns.
std::int64_t phases_of(const CimTiming& timing, std::int64_t columns_used);

// Time of pulse (of an integrating converter: the longer of pulse and count), set and end of a
// pass: T_phase, which is 2^(b-1) + 2 cycles for sign and magnitude pulses of b bits, converters of
// b bits and the defaults above.
std::int64_t pulse_cycles(const CimTiming& timing, std::size_t pass);

// Time in which a sampling converter converts its share of a block, rounded up.
std::int64_t conversion_cycles(const CimTiming& timing, std::int64_t columns_used);

// One pass of a block. Integrating: phases * T_phase. Sampling: the larger of pulse and
// conversions, which are those of the pass before.
std::int64_t pass_cycles(const CimTiming& timing, std::size_t pass, std::int64_t columns_used);

// One block for one output position: its passes, one after another.
std::int64_t block_cycles(const CimTiming& timing, std::int64_t columns_used);

// Cycles from a block's last pulse to its last code: 0 for integrating converters.
std::int64_t tail_cycles(const CimTiming& timing, std::int64_t columns_used);

// The stages that every output position of a layer passes, each at work on another position.
struct LayerStages {
    std::int64_t positions = 1;
    std::int64_t fetch = 0;    // operands of a position from the activation memory
    std::int64_t array = 0;    // its blocks; of arrays side by side the slowest
    std::int64_t tail = 0;     // last conversions of a position
    std::int64_t finish = 0;   // its words through the vector unit and back to the memory
    std::int64_t latency = 0;  // of the vector unit, once

    std::int64_t slowest() const;
    // fetch + array + tail + finish + latency + (positions - 1) * slowest
    std::int64_t total() const;
};

}  // namespace bitloom
