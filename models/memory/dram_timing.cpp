// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram_timing.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "models/base/error.h"

namespace bitloom {
namespace {

constexpr std::int64_t kLongAgo = -(std::int64_t{1} << 40);  // clocks; constrains nothing

int log2_of(std::int64_t power) {
    return std::countr_zero(static_cast<std::uint64_t>(power));
}

std::int64_t take(std::uint64_t& bits, int count) {
    const std::uint64_t low = bits & ((std::uint64_t{1} << count) - 1);
    bits >>= count;
    return static_cast<std::int64_t>(low);
}

const DramParameters& checked(const DramParameters& p) {
    const std::vector<std::string> found = problems(p);
    if (!found.empty()) fail("DRAM '{}': {}", p.name, fmt::join(found, "; "));
    return p;
}

}  // namespace

DramTiming::DramTiming(const DramParameters& parameters)
    : parameters_(checked(parameters)),
      burst_shift_(log2_of(parameters_.burst_bytes())),
      interleave_shift_(log2_of(parameters_.interleave_bytes / parameters_.burst_bytes())),
      channel_shift_(log2_of(parameters_.channels)),
      group_shift_(log2_of(parameters_.bank_groups)),
      column_shift_(log2_of(parameters_.row_bytes / parameters_.burst_bytes())),
      bank_shift_(log2_of(parameters_.banks_per_group)) {
    Channel channel;
    channel.banks.resize(static_cast<std::size_t>(parameters_.banks()));
    channel.groups.assign(static_cast<std::size_t>(parameters_.bank_groups),
                          Group{kLongAgo, kLongAgo, kLongAgo});
    channel.acts.fill(kLongAgo);
    channel.last_act = channel.last_column = channel.write_end = channel.bus_free = kLongAgo;
    channel.next_refresh = parameters_.trefi;
    channel.queue.assign(static_cast<std::size_t>(parameters_.queue_depth), kLongAgo);
    channels_.assign(static_cast<std::size_t>(parameters_.channels), channel);
}

DramLocation DramTiming::locate_burst(std::uint64_t index) const {
    DramLocation l;
    const int offset_bits = interleave_shift_;
    const std::uint64_t offset = static_cast<std::uint64_t>(take(index, offset_bits));
    l.channel = take(index, channel_shift_);
    std::uint64_t local = index << offset_bits | offset;
    l.group = take(local, group_shift_);
    l.column = take(local, column_shift_);
    l.bank = take(local, bank_shift_);
    l.row = static_cast<std::int64_t>(local);
    return l;
}

DramLocation DramTiming::locate(std::uint64_t address) const {
    return locate_burst(address >> burst_shift_);
}

std::int64_t DramTiming::access(std::int64_t arrival_ps, bool write, std::uint64_t address,
                                std::int64_t bytes) {
    BITLOOM_CHECK(arrival_ps >= 0 && bytes >= 1, "DRAM access at {} ps of {} bytes", arrival_ps,
                  bytes);
    const std::int64_t arrival = (arrival_ps + parameters_.clock_ps - 1) / parameters_.clock_ps;
    const std::uint64_t first = address >> burst_shift_;
    const std::uint64_t last = (address + static_cast<std::uint64_t>(bytes) - 1) >> burst_shift_;
    std::int64_t end = 0;
    for (std::uint64_t index = first; index <= last; ++index) {
        const DramLocation location = locate_burst(index);
        Channel& channel = channels_[static_cast<std::size_t>(location.channel)];
        end = std::max(end, burst(channel, arrival, write, location));
    }
    const auto bursts = static_cast<std::int64_t>(last - first + 1);
    counters_.bursts += bursts;
    (write ? counters_.write_bits : counters_.read_bits) += bursts * parameters_.burst_bytes() * 8;
    return end * parameters_.clock_ps;
}

std::int64_t DramTiming::burst(Channel& c, std::int64_t arrival, bool write,
                               const DramLocation& location) {
    const DramParameters& p = parameters_;
    Group& group = c.groups[static_cast<std::size_t>(location.group)];
    Bank& bank = c.banks[static_cast<std::size_t>((location.group << bank_shift_) + location.bank)];
    const std::int64_t enter = std::max(arrival, c.queue[c.oldest_entry]);

    std::int64_t act = 0;
    std::int64_t column = 0;
    bool hit = false;
    for (;;) {
        hit = bank.open_row == location.row;
        if (hit) {
            column = std::max(enter, bank.column_ready);
        } else {
            act = bank.open_row < 0 ? std::max(enter, bank.act_ready)
                                    : std::max(enter, bank.pre_ready) + p.trp;
            act = std::max({act, c.last_act + p.trrd_s, group.last_act + p.trrd_l,
                            c.acts[c.oldest_act] + p.tfaw});
            column = act + p.trcd;
        }
        column = std::max({column, c.last_column + p.tccd_s, group.last_column + p.tccd_l});
        if (write) {
            const std::int64_t gap = c.last_was_write ? 0 : p.turnaround;
            column = std::max(column, c.bus_free + gap - p.write_latency());
        } else {
            column = std::max({column, c.bus_free - p.read_latency(), c.write_end + p.twtr_s,
                               group.write_end + p.twtr_l});
        }
        if (column < c.next_refresh) break;
        refresh(c, enter);  // closes all rows: this burst is looked at again
    }

    if (hit) {
        ++counters_.row_hits;
    } else {
        ++counters_.row_misses;
        ++counters_.activates;
        if (bank.open_row >= 0) ++counters_.precharges;
        bank.open_row = location.row;
        bank.column_ready = act + p.trcd;
        bank.pre_ready = act + p.tras;
        c.acts[c.oldest_act] = act;
        c.oldest_act = (c.oldest_act + 1) % c.acts.size();
        c.last_act = group.last_act = act;
    }
    const std::int64_t end =
        column + (write ? p.write_latency() : p.read_latency()) + p.burst_clocks();
    if (write) {
        bank.pre_ready = std::max(bank.pre_ready, end + p.twr);
        c.write_end = group.write_end = end;
    } else {
        bank.pre_ready = std::max(bank.pre_ready, column + p.trtp);
    }
    c.last_column = group.last_column = column;
    c.bus_free = end;
    c.last_was_write = write;
    c.queue[c.oldest_entry] = end;
    if (++c.oldest_entry == c.queue.size()) c.oldest_entry = 0;
    return end;
}

void DramTiming::refresh(Channel& c, std::int64_t now) {
    const DramParameters& p = parameters_;
    std::int64_t precharged = c.next_refresh;
    bool any_open = false;
    for (const Bank& bank : c.banks) {
        if (bank.open_row >= 0) {
            any_open = true;
            ++counters_.precharges;
            precharged = std::max(precharged, bank.pre_ready);
        }
    }
    std::int64_t start = any_open ? precharged + p.trpab : precharged;
    for (Bank& bank : c.banks) {
        start = std::max(start, bank.act_ready);  // a refresh not yet over
    }
    for (Bank& bank : c.banks) {
        bank.open_row = -1;
        bank.act_ready = start + p.trfc;
    }
    ++counters_.refreshes;
    c.next_refresh += p.trefi;
    // After a long pause: the banks are closed and each refresh ends before the next is due
    // (tRFC < tREFI), so all but the last can be counted without being stepped through.
    if (now > c.next_refresh + p.trefi) {
        const std::int64_t skipped = (now - c.next_refresh) / p.trefi;
        counters_.refreshes += skipped;
        c.next_refresh += skipped * p.trefi;
    }
}

}  // namespace bitloom
