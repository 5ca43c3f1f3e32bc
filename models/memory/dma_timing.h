// SPDX-License-Identifier: Apache-2.0
// When a DMA issues the requests of one transfer: plain C++, no SystemC, no data. The rules are
// those of dma.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bitloom {

inline constexpr std::int64_t dma_request_bytes = 4096;  // longer segments are split
inline constexpr std::int64_t dma_quantum_cycles = 64;

// All times in ps.
struct DmaTimingConfig {
    std::int64_t period = 2000;                        // of the clock, > 0
    std::int64_t phase = 0;                            // 0 <= phase < period
    std::int64_t width_bits = 128;                     // on-chip bus, a cycle
    std::int64_t quantum_cycles = dma_quantum_cycles;  // issued ahead of simulated time
    std::size_t outstanding = 16;                      // requests in flight
};

class DmaTiming {
public:
    explicit DmaTiming(const DmaTimingConfig& config);

    // The time at which a transfer called at `now` turns to the memory, >= now.
    std::int64_t first_turn(std::int64_t now) const;
    // Begins a transfer; now: the time of its first turn.
    void begin(std::int64_t now);
    // The time until which the DMA waits before its next request, > now, or `now`: no wait.
    std::int64_t turn(std::int64_t now);
    // The time at which the next request is issued, >= now. After turn().
    std::int64_t issue(std::int64_t now);
    // The memory has moved that request's `bytes` at `answered`.
    void answered(std::int64_t answered, std::int64_t bytes);
    // When the last request is done; begin_time() when there was none.
    std::int64_t end() const { return bus_free_; }
    std::int64_t begin_time() const { return begin_; }

private:
    std::int64_t edge(std::int64_t time) const;

    const DmaTimingConfig config_;
    std::vector<std::int64_t> in_flight_;  // times at which requests are done, a ring
    std::size_t oldest_ = 0;
    std::int64_t begin_ = 0;
    std::int64_t issue_ = 0;     // of the next request
    std::int64_t bus_free_ = 0;  // also: when the last request is done
};

}  // namespace bitloom
