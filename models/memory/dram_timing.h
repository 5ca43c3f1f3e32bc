// SPDX-License-Identifier: Apache-2.0
// When a DRAM answers: plain C++, no SystemC, no data.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/memory/dram_parameters.h"

namespace bitloom {

struct DramCounters {
    std::int64_t read_bits = 0;   // transferred in whole bursts, also where fewer were asked for
    std::int64_t write_bits = 0;  // likewise; a partly written burst is masked, not shortened
    std::int64_t bursts = 0;
    std::int64_t row_hits = 0;    // bursts that found their row open
    std::int64_t row_misses = 0;  // bursts that had to activate it: bursts - row_hits
    std::int64_t activates = 0;
    std::int64_t precharges = 0;  // of single banks; a precharge of all counts each open bank
    std::int64_t refreshes = 0;   // all-bank refreshes, summed over the channels

    bool operator==(const DramCounters&) const = default;
};

// Where a byte lies.
struct DramLocation {
    std::int64_t channel = 0;
    std::int64_t group = 0;
    std::int64_t bank = 0;  // within the group
    std::int64_t row = 0;
    std::int64_t column = 0;  // in bursts

    bool operator==(const DramLocation&) const = default;
};

// In-order open-page controller, one per channel. Bursts of a channel move their data in the order
// of the calls (first come, first served); their activates and precharges are issued as early as
// the bank, tRRD and tFAW allow, up to queue_depth bursts ahead of the data. Every command waits
// for all of tRCD tRP tRAS tRRD tFAW tWR tWTR tRTP tCCD and for the data bus. All-bank refresh is
// due at every multiple of tREFI on all channels at once; it is never postponed, except to let
// commands issued before finish; refreshes due while a channel was idle are made up in order, as if
// they had been made in time. Not modelled: slots of the command bus, ranks, power-down, bursts cut
// short. All arithmetic is in integer DRAM clocks; arrivals are rounded up to a clock edge.
class DramTiming {
public:
    // Error listing the problems of the parameters, if any.
    explicit DramTiming(const DramParameters& parameters);

    // Reads or writes `bytes` (>= 1) from `address`, split into aligned bursts in address order.
    // Returns the time of the last beat of the last burst to finish, in ps. `arrival_ps` >= 0 may
    // be below that of an earlier call (initiators with local times): service begins at
    // max(arrival, banks and bus free).
    std::int64_t access(std::int64_t arrival_ps, bool write, std::uint64_t address,
                        std::int64_t bytes);

    DramLocation locate(std::uint64_t address) const;
    const DramCounters& counters() const { return counters_; }
    const DramParameters& parameters() const { return parameters_; }

private:
    struct Bank {
        std::int64_t open_row = -1;  // -1: precharged
        std::int64_t act_ready = 0;
        std::int64_t column_ready = 0;
        std::int64_t pre_ready = 0;
    };
    struct Group {
        std::int64_t last_act;
        std::int64_t last_column;
        std::int64_t write_end;
    };
    struct Channel {
        std::vector<Bank> banks;
        std::vector<Group> groups;
        std::array<std::int64_t, 4> acts;  // the last four activates, a ring
        std::size_t oldest_act = 0;
        std::int64_t last_act;
        std::int64_t last_column;
        std::int64_t write_end;  // last beat written
        std::int64_t bus_free;
        bool last_was_write = false;
        std::int64_t next_refresh;
        std::vector<std::int64_t> queue;  // ends of the last queue_depth bursts, a ring
        std::size_t oldest_entry = 0;
    };

    std::int64_t burst(Channel& channel, std::int64_t arrival, bool write,
                       const DramLocation& location);
    void refresh(Channel& channel, std::int64_t now);
    DramLocation locate_burst(std::uint64_t index) const;

    DramParameters parameters_;
    std::vector<Channel> channels_;
    DramCounters counters_;
    int burst_shift_;
    int interleave_shift_;  // in bursts
    int channel_shift_;
    int group_shift_;
    int column_shift_;
    int bank_shift_;
};

}  // namespace bitloom
