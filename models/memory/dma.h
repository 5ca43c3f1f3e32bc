// SPDX-License-Identifier: Apache-2.0
// Moves segments of memory to and from on-chip buffers.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <systemc>
#include <vector>

#include "models/memory/dma_timing.h"

namespace bitloom {

struct Segment {
    std::uint64_t address = 0;
    std::int64_t bytes = 0;  // >= 0; 0 moves nothing and takes no time

    bool operator==(const Segment&) const = default;
};

struct DmaConfig {
    std::int64_t width_bits = 128;                     // 8..65536: on-chip bus, a cycle
    int outstanding = 16;                              // 1..4096: requests in flight
    sc_core::sc_time clock_period{2, sc_core::SC_NS};  // a whole number of ps, > 0
    std::int64_t request_bytes = dma_request_bytes;    // 1..2^20: longer segments are split
    // 1..1000000: how far, in cycles, requests are issued ahead of simulated time before the other
    // processes get their turn. Alone on the memory the DMA's timing does not depend on it; two
    // DMAs that compete interleave at this grain.
    std::int64_t quantum_cycles = dma_quantum_cycles;
    // 0 <= phase < period: the DMA turns to the memory this long after a clock edge (with 0, at the
    // edge). DMAs of different phases that act in the same cycle do so in the order of their
    // phases, whatever other processes do at the edge. A transfer's first request is issued at an
    // edge.
    sc_core::sc_time phase{0, sc_core::SC_NS};
};

std::vector<std::string> problems(const DmaConfig& config);

struct DmaCounters {
    std::int64_t requests = 0;
    std::int64_t bytes_read = 0;  // asked for; the memory may move more (whole bursts)
    std::int64_t bytes_written = 0;
    std::int64_t busy_cycles = 0;  // between the begin and the end of transfers

    bool operator==(const DmaCounters&) const = default;
};

// Blocking calls for the caller's SC_THREAD; one transfer at a time per Dma (a second thread that
// calls meanwhile is an internal error). Timing, in cycles of the clock (edges at whole multiples
// of the period): a request is issued at most every cycle, and only while fewer than `outstanding`
// are unfinished. A request is done when the memory has moved its data and the on-chip bus, which
// takes ceil(bytes * 8 / width_bits) cycles a request, in order, has too; both work at the same
// time. The call returns at the edge at which the last request is done. A memory that annotates its
// delay is thus driven pipelined without a wait() a request; a memory that waits inside b_transport
// is driven one request at a time.
class Dma : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<Dma> memory;

    // Error listing the problems of the configuration.
    Dma(sc_core::sc_module_name name, const DmaConfig& config);

    // Gathers the segments, one after another, into `destination` (their total length).
    void read(std::span<const Segment> segments, std::byte* destination);
    // Scatters `source` to the segments.
    void write(std::span<const Segment> segments, const std::byte* source);

    // By transport_dbg: no time passes, nothing is counted; also outside of processes, after
    // elaboration. Error when the memory does less than asked.
    void backdoor_read(std::uint64_t address, std::span<std::byte> destination);
    void backdoor_write(std::uint64_t address, std::span<const std::byte> source);

    const DmaCounters& counters() const { return counters_; }

private:
    void transfer(std::span<const Segment> segments, std::byte* data, bool write);
    void backdoor(std::uint64_t address, std::byte* data, std::size_t bytes, bool write);

    const DmaConfig config_;
    const std::int64_t period_ps_;
    DmaCounters counters_;
    DmaTiming timing_;
    bool busy_ = false;
};

}  // namespace bitloom
