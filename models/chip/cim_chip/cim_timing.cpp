// SPDX-License-Identifier: Apache-2.0
#include "models/chip/cim_chip/cim_timing.h"

#include <algorithm>

#include "models/base/divide_up.h"
#include "models/base/error.h"

namespace bitloom {

std::int64_t phases_of(const CimTiming& timing, std::int64_t columns_used) {
    BITLOOM_CHECK(columns_used >= 1 && columns_used <= timing.columns, "{} of {} columns",
                  columns_used, timing.columns);
    return divide_up(columns_used, timing.columns / timing.mux);
}

std::int64_t pulse_cycles(const CimTiming& timing, std::size_t pass) {
    const std::int64_t pulse = timing.pass_ticks[pass];
    const std::int64_t ticks = timing.integrating ? std::max(pulse, timing.counter_ticks) : pulse;
    return timing.set_cycles + ticks * timing.tick_cycles + timing.end_cycles;
}

std::int64_t conversion_cycles(const CimTiming& timing, std::int64_t columns_used) {
    return divide_up(phases_of(timing, columns_used) * timing.conversion_numerator,
                     timing.conversion_denominator);
}

std::int64_t pass_cycles(const CimTiming& timing, std::size_t pass, std::int64_t columns_used) {
    const std::int64_t pulse = pulse_cycles(timing, pass);
    return timing.integrating ? phases_of(timing, columns_used) * pulse
                              : std::max(pulse, conversion_cycles(timing, columns_used));
}

std::int64_t block_cycles(const CimTiming& timing, std::int64_t columns_used) {
    std::int64_t sum = 0;
    for (std::size_t pass = 0; pass < timing.pass_ticks.size(); ++pass)
        sum += pass_cycles(timing, pass, columns_used);
    return sum;
}

std::int64_t tail_cycles(const CimTiming& timing, std::int64_t columns_used) {
    return timing.integrating ? 0 : conversion_cycles(timing, columns_used);
}

std::int64_t LayerStages::slowest() const {
    return std::max({fetch, array, finish});
}

std::int64_t LayerStages::total() const {
    return fetch + array + tail + finish + latency + (positions - 1) * slowest();
}

}  // namespace bitloom
