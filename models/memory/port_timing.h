// SPDX-License-Identifier: Apache-2.0
// When a single-ported on-chip memory answers: plain C++, no SystemC, no data.
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/base/divide_up.h"

namespace bitloom {

// Requests are served one after another in the order of the calls; their data are there
// latency_cycles after the port has moved them (the next request does not wait for the latency).
class PortTiming {
public:
    // port_bits >= 1 a cycle; latency_cycles >= 0; period_ps > 0
    PortTiming(std::int64_t port_bits, std::int64_t latency_cycles, std::int64_t period_ps)
        : port_bits_(port_bits), latency_ps_(latency_cycles * period_ps), period_ps_(period_ps) {}

    // The time, in ps, at which `bits` asked for at `arrival_ps` are there.
    std::int64_t access(std::int64_t arrival_ps, std::int64_t bits) {
        free_at_ = std::max(free_at_, arrival_ps) + divide_up(bits, port_bits_) * period_ps_;
        return free_at_ + latency_ps_;
    }

private:
    std::int64_t port_bits_, latency_ps_, period_ps_;
    std::int64_t free_at_ = 0;  // the port has moved all that was asked for
};

}  // namespace bitloom
