// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dma_timing.h"

#include <algorithm>

#include "models/base/divide_up.h"

namespace bitloom {

DmaTiming::DmaTiming(const DmaTimingConfig& config) : config_(config) {
}

std::int64_t DmaTiming::edge(std::int64_t time) const {
    return divide_up(time, config_.period) * config_.period;
}

std::int64_t DmaTiming::first_turn(std::int64_t now) const {
    if (config_.phase == 0) return now;
    return now + (config_.phase - now % config_.period + config_.period) % config_.period;
}

void DmaTiming::begin(std::int64_t now) {
    begin_ = issue_ = bus_free_ = edge(now);
    in_flight_.assign(config_.outstanding, 0);
    oldest_ = 0;
}

std::int64_t DmaTiming::turn(std::int64_t now) {
    issue_ = edge(std::max(issue_, in_flight_[oldest_]));
    if (issue_ <= now + config_.quantum_cycles * config_.period) return now;
    // A phase lies after an edge, so the last one before the issue is in the cycle before.
    return config_.phase == 0 ? issue_ : issue_ - config_.period + config_.phase;
}

std::int64_t DmaTiming::issue(std::int64_t now) {
    issue_ = std::max(issue_, edge(now));  // a memory that waits has moved time on
    return issue_;
}

void DmaTiming::answered(std::int64_t answered, std::int64_t bytes) {
    const std::int64_t bus =
        std::max(bus_free_, issue_) + divide_up(bytes * 8, config_.width_bits) * config_.period;
    bus_free_ = std::max(edge(answered), bus);
    in_flight_[oldest_] = bus_free_;
    if (++oldest_ == in_flight_.size()) oldest_ = 0;
    issue_ += config_.period;
}

}  // namespace bitloom
