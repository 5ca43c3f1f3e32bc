// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram_timing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "models/base/error.h"
#include "models/base/random.h"

namespace bitloom {
namespace {

constexpr bool kRead = false;
constexpr bool kWrite = true;

class DramTimingOf : public testing::TestWithParam<std::string> {
protected:
    const DramParameters p = dram_parameters(GetParam());
    DramTiming dram{p};

    std::int64_t ps(std::int64_t clocks) const { return clocks * p.clock_ps; }
    std::int64_t clocks(std::int64_t time_ps) const { return time_ps / p.clock_ps; }
    // The address of a burst of channel 0: the inverse of the mapping, found by its definition.
    std::uint64_t address(std::int64_t row, std::int64_t bank, std::int64_t column,
                          std::int64_t group) const {
        const std::int64_t columns = p.row_bytes / p.burst_bytes();
        const std::int64_t local =
            ((row * p.banks_per_group + bank) * columns + column) * p.bank_groups + group;
        const std::int64_t block = p.interleave_bytes / p.burst_bytes();
        const std::int64_t index = local / block * block * p.channels + local % block;
        return static_cast<std::uint64_t>(index * p.burst_bytes());
    }
    std::int64_t one(std::int64_t arrival_clock, bool write, std::uint64_t a) {
        return clocks(dram.access(ps(arrival_clock), write, a, 1));
    }
    // Time in clocks to transfer all bytes of [0, bytes), in requests that arrive at once.
    std::int64_t stream(std::int64_t bytes, bool write) {
        std::int64_t end = 0;
        for (std::int64_t at = 0; at < bytes; at += 4096) {
            end = std::max(end, dram.access(0, write, static_cast<std::uint64_t>(at), 4096));
        }
        return clocks(end);
    }
};

INSTANTIATE_TEST_SUITE_P(Every, DramTimingOf, testing::ValuesIn(dram_names()), [](auto& set) {
    std::string name = set.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST_P(DramTimingOf, MappingIsABijectionOfBursts) {
    const std::int64_t bytes = p.row_bytes * p.banks() * p.channels * 2;
    std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>> seen;
    for (std::int64_t at = 0; at < bytes; at += p.burst_bytes()) {
        const DramLocation l = dram.locate(static_cast<std::uint64_t>(at));
        EXPECT_EQ(l, dram.locate(static_cast<std::uint64_t>(at + p.burst_bytes() - 1)));
        ASSERT_LT(l.channel, p.channels);
        ASSERT_LT(l.group, p.bank_groups);
        ASSERT_LT(l.bank, p.banks_per_group);
        ASSERT_LT(l.column, p.row_bytes / p.burst_bytes());
        ASSERT_LT(l.row, 2);
        seen.emplace(l.channel, l.group, l.bank, l.row, l.column);
        ASSERT_EQ(l.channel, at / p.interleave_bytes % p.channels);
    }
    EXPECT_EQ(static_cast<std::int64_t>(seen.size()), bytes / p.burst_bytes());
    EXPECT_EQ(dram.locate(address(1, 2, 3, 0)), (DramLocation{0, 0, 2, 1, 3}));
}

TEST_P(DramTimingOf, UnloadedReadTakesTheSumOfItsParts) {
    EXPECT_EQ(one(10, kRead, address(0, 0, 0, 0)),
              10 + p.trcd + p.cl + p.tdqsck + p.burst_length / 2);
}

TEST_P(DramTimingOf, UnloadedWriteTakesTheSumOfItsParts) {
    EXPECT_EQ(one(10, kWrite, address(0, 0, 0, 0)),
              10 + p.trcd + p.cwl + p.tdqss + p.burst_length / 2);
}

// An arrival between two clock edges waits for the next one, and for no more.
TEST_P(DramTimingOf, ArrivalIsRoundedUpToAClockEdge) {
    const std::int64_t parts = p.trcd + p.read_latency() + p.burst_clocks();
    EXPECT_EQ(DramTiming(p).access(ps(10), kRead, 0, 1), ps(10 + parts));
    EXPECT_EQ(DramTiming(p).access(ps(10) + 1, kRead, 0, 1), ps(11 + parts));
    EXPECT_EQ(DramTiming(p).access(ps(11) - 1, kRead, 0, 1), ps(11 + parts));
}

TEST_P(DramTimingOf, RowHitSkipsTheActivate) {
    one(0, kRead, address(0, 0, 0, 0));
    EXPECT_EQ(one(500, kRead, address(0, 0, 1, 0)), 500 + p.read_latency() + p.burst_clocks());
    EXPECT_EQ(dram.counters().row_hits, 1);
    EXPECT_EQ(dram.counters().row_misses, 1);
    EXPECT_EQ(dram.counters().activates, 1);
    EXPECT_EQ(dram.counters().precharges, 0);
}

TEST_P(DramTimingOf, RowConflictPrechargesFirst) {
    one(0, kRead, address(0, 0, 0, 0));
    EXPECT_EQ(one(500, kRead, address(1, 0, 0, 0)),
              500 + p.trp + p.trcd + p.read_latency() + p.burst_clocks());
    EXPECT_EQ(dram.counters().activates, 2);
    EXPECT_EQ(dram.counters().precharges, 1);
}

// Both requests at time 0: the second activate comes tRC after the first, unless tRTP is later.
TEST_P(DramTimingOf, ConflictBackToBackWaitsForTheRowCycle) {
    one(0, kRead, address(0, 0, 0, 0));
    const std::int64_t precharge = std::max(p.tras, p.trcd + p.trtp);
    EXPECT_EQ(one(0, kRead, address(1, 0, 0, 0)),
              precharge + p.trp + p.trcd + p.read_latency() + p.burst_clocks());
}

// Long after the activate, so that tRAS is over, tRTP alone holds the precharge back.
TEST_P(DramTimingOf, PrechargeAfterReadWaitsForReadToPrecharge) {
    one(0, kRead, address(0, 0, 0, 0));
    one(500, kRead, address(0, 0, 1, 0));
    EXPECT_EQ(one(500, kRead, address(1, 0, 0, 0)),
              500 + p.trtp + p.trp + p.trcd + p.read_latency() + p.burst_clocks());
}

TEST_P(DramTimingOf, PrechargeAfterWriteWaitsForWriteRecovery) {
    const std::int64_t end = one(0, kWrite, address(0, 0, 0, 0));
    EXPECT_EQ(one(0, kRead, address(1, 0, 0, 0)),
              std::max(p.tras, end + p.twr) + p.trp + p.trcd + p.read_latency() + p.burst_clocks());
}

TEST_P(DramTimingOf, ReadAfterWriteWaitsForTheTurnaround) {
    const std::int64_t end = one(0, kWrite, address(0, 0, 0, 0));
    EXPECT_EQ(one(0, kRead, address(0, 0, 1, 0)),
              end + p.twtr_l + p.read_latency() + p.burst_clocks());
}

TEST_P(DramTimingOf, WriteAfterReadLeavesAGapOnTheBus) {
    const std::int64_t end = one(0, kRead, address(0, 0, 0, 0));
    EXPECT_EQ(one(0, kWrite, address(0, 0, 1, 0)), end + p.turnaround + p.burst_clocks());
}

TEST_P(DramTimingOf, SameGroupIsSlowerThanOtherGroup) {
    const std::int64_t first = one(0, kRead, address(0, 0, 0, 0));
    const std::int64_t same = one(0, kRead, address(0, 0, 1, 0));
    EXPECT_EQ(same - first, std::max(p.tccd_l, p.burst_clocks()));
    if (p.bank_groups == 1) return;
    DramTiming fresh(p);
    // Rows of both groups are opened first, so that only the column commands differ.
    fresh.access(0, kRead, address(0, 0, 0, 0), 1);
    fresh.access(0, kRead, address(0, 0, 0, 1), 1);
    const std::int64_t a = clocks(fresh.access(ps(500), kRead, address(0, 0, 1, 0), 1));
    const std::int64_t b = clocks(fresh.access(ps(500), kRead, address(0, 0, 1, 1), 1));
    EXPECT_EQ(b - a, std::max(p.tccd_s, p.burst_clocks()));
}

// Fifth activate in a row: not before tFAW after the first, and not later than the constraints ask.
TEST_P(DramTimingOf, FifthActivateWaitsForTheWindow) {
    std::int64_t act = 0;
    std::vector<std::int64_t> acts;
    std::int64_t end = 0;
    for (std::int64_t i = 0; i < 5; ++i) {
        const std::int64_t group = i % p.bank_groups;
        const std::int64_t bank = i / p.bank_groups;
        end = one(0, kRead, address(0, bank, 0, group));
        if (i > 0) act = acts.back() + p.trrd_s;
        if (p.bank_groups == 1 && i > 0) act = acts.back() + p.trrd_l;
        if (i >= p.bank_groups) {
            act = std::max(act, acts[static_cast<std::size_t>(i - p.bank_groups)] + p.trrd_l);
        }
        if (i == 4) act = std::max(act, acts[0] + p.tfaw);
        acts.push_back(act);
    }
    EXPECT_GE(acts[4] - acts[0], p.tfaw);
    EXPECT_EQ(end, acts[4] + p.trcd + p.read_latency() + p.burst_clocks());
}

TEST_P(DramTimingOf, SequentialStreamReachesNinetyPercentOfThePeak) {
    const std::int64_t bytes = std::int64_t{1} << 23;
    for (const bool write : {kRead, kWrite}) {
        dram = DramTiming(p);
        const double seconds = static_cast<double>(stream(bytes, write) * p.clock_ps) * 1e-12;
        const double bandwidth = static_cast<double>(bytes) / seconds;
        EXPECT_GE(bandwidth, 0.90 * p.peak_bytes_per_s()) << (write ? "write" : "read");
        EXPECT_LE(bandwidth, p.peak_bytes_per_s()) << (write ? "write" : "read");
    }
}

// Without refresh interference a stream loses nothing but its start: the rest is back to back.
TEST_P(DramTimingOf, SequentialStreamIsBackToBackBetweenRefreshes) {
    const std::int64_t bytes = p.trefi / 2 / p.burst_clocks() * p.burst_bytes() * p.channels;
    const std::int64_t whole = bytes / 4096 * 4096;
    const std::int64_t ideal = whole / p.channels / p.burst_bytes() * p.burst_clocks();
    const std::int64_t taken = stream(whole, kRead);
    EXPECT_GE(taken, ideal + p.trcd + p.read_latency());
    // the skew of channels and groups at the ends
    EXPECT_LE(taken, ideal + p.trcd + p.read_latency() + p.trrd_l * p.bank_groups +
                         4096 / p.burst_bytes() * p.burst_clocks());
}

// Reads of one bank that all miss: one per row cycle. Reads of all banks: four per tFAW at most.
TEST_P(DramTimingOf, RandomRowsAreBoundedByTheRowCycleAndTheActivateWindow) {
    constexpr std::int64_t kReads = 4000;
    std::int64_t end = 0;
    for (std::int64_t i = 0; i < kReads; ++i) {
        end = std::max(end, one(0, kRead, address(i, 0, 0, 0)));
    }
    EXPECT_GE(end, (kReads - 1) * (p.tras + p.trp));
    EXPECT_LE(end, kReads * (std::max(p.tras, p.trcd + p.trtp) + p.trp) * 110 / 100 + 1000);

    dram = DramTiming(p);
    const RandomStream random(1, "rows");
    for (std::int64_t i = 0; i < kReads; ++i) {
        const auto pick = static_cast<std::uint64_t>(i);
        const auto group = static_cast<std::int64_t>(
            random.below(3 * pick, static_cast<std::uint64_t>(p.bank_groups)));
        const auto bank = static_cast<std::int64_t>(
            random.below(3 * pick + 1, static_cast<std::uint64_t>(p.banks_per_group)));
        end = one(0, kRead, address(i, bank, 0, group));
    }
    EXPECT_GE(end, (kReads / 4 - 1) * p.tfaw);
    EXPECT_GE(end, kReads * (p.tras + p.trp) / p.banks());
    // ... and banks do overlap: far faster than one bank alone
    EXPECT_LE(end, kReads * (p.tras + p.trp) / 2);
    EXPECT_EQ(dram.counters().activates, kReads);
    EXPECT_EQ(dram.counters().row_hits, 0);
}

// Two sides of the edge: a column command one clock before the refresh is due is not delayed; one
// at the due time waits for precharge, refresh and a new activate.
TEST_P(DramTimingOf, RefreshTakesEffectExactlyWhenDue) {
    const std::int64_t a = address(0, 0, 0, 0);
    const std::int64_t early = p.trefi - 1;
    DramTiming before(p);
    before.access(ps(early - 1000), kRead, static_cast<std::uint64_t>(a), 1);
    EXPECT_EQ(clocks(before.access(ps(early), kRead, static_cast<std::uint64_t>(a), 1)),
              early + p.read_latency() + p.burst_clocks());
    EXPECT_EQ(before.counters().refreshes, 0);

    DramTiming at(p);
    at.access(ps(early - 1000), kRead, static_cast<std::uint64_t>(a), 1);
    EXPECT_EQ(clocks(at.access(ps(p.trefi), kRead, static_cast<std::uint64_t>(a), 1)),
              p.trefi + p.trpab + p.trfc + p.trcd + p.read_latency() + p.burst_clocks());
    EXPECT_EQ(at.counters().refreshes, 1);
    EXPECT_EQ(at.counters().precharges, 1);
}

// A stream over many intervals loses between tRFC and tRFC + the closing and opening of rows each.
TEST_P(DramTimingOf, RefreshStealsItsShareOfAStream) {
    const std::int64_t bytes = std::int64_t{1} << 24;
    const std::int64_t with = stream(bytes, kRead);
    DramParameters without_refresh = p;
    without_refresh.trefi = 1'000'000;
    without_refresh.trfc = 1;
    dram = DramTiming(without_refresh);
    const std::int64_t without = stream(bytes, kRead);
    const std::int64_t refreshes = with / p.trefi;
    ASSERT_GT(refreshes, 10);
    EXPECT_GE(with - without, (refreshes - 1) * p.trfc);
    EXPECT_LE(with - without,
              (refreshes + 1) * (p.trfc + p.tras + p.trpab + p.trcd + p.read_latency() + p.tfaw));
}

// The refreshes of a long pause are counted, and leave the state that stepping would have left.
TEST_P(DramTimingOf, RefreshesOfAPauseAreMadeUp) {
    for (const std::int64_t pause : {p.trefi * 1000 + 5, p.trefi * 1000 - 1, p.trefi * 2 + p.trfc,
                                     p.trefi * 3, p.trefi * 1'000'000 + p.trfc - 1}) {
        DramTiming jumped(p);
        jumped.access(0, kRead, 0, 1);
        const std::int64_t end = clocks(jumped.access(ps(pause), kRead, 0, 1));
        // the last refresh due before the column command could be issued
        const std::int64_t due = (pause + p.trcd) / p.trefi;
        const std::int64_t free_at = due * p.trefi + p.trfc;
        EXPECT_EQ(jumped.counters().refreshes, due) << pause;
        EXPECT_EQ(end, std::max(pause, free_at) + p.trcd + p.read_latency() + p.burst_clocks())
            << pause;
    }
}

TEST_P(DramTimingOf, WholeBurstsAreCounted) {
    dram.access(0, kRead, 1, 1);
    EXPECT_EQ(dram.counters().read_bits, p.burst_bytes() * 8);
    const auto edge = static_cast<std::uint64_t>(p.burst_bytes() - 1);
    dram.access(0, kRead, edge, 2);  // one byte in each of two bursts
    EXPECT_EQ(dram.counters().read_bits, 3 * p.burst_bytes() * 8);
    dram.access(0, kWrite, 0, p.burst_bytes());
    EXPECT_EQ(dram.counters().write_bits, p.burst_bytes() * 8);
    EXPECT_EQ(dram.counters().bursts, 4);
    EXPECT_EQ(dram.counters().row_hits + dram.counters().row_misses, 4);
}

// Splitting a request at burst boundaries changes nothing when the parts arrive together.
TEST_P(DramTimingOf, ALongRequestEqualsItsBursts) {
    DramTiming whole(p);
    DramTiming parts(p);
    const std::int64_t bytes = 100'000;
    const std::int64_t end = whole.access(777, kRead, 64, bytes);
    std::int64_t last = 0;
    for (std::int64_t at = 64; at < 64 + bytes; at += p.burst_bytes() - at % p.burst_bytes()) {
        last = std::max(last, parts.access(777, kRead, static_cast<std::uint64_t>(at), 1));
    }
    EXPECT_EQ(end, last);
    EXPECT_EQ(whole.counters(), parts.counters());
}

// Properties of any history: data of a channel never overlap, no answer before its latency, and the
// same calls give the same answers.
TEST_P(DramTimingOf, RandomTrafficKeepsTheBusExclusiveAndIsRepeatable) {
    const RandomStream random(7, "traffic");
    DramTiming again(p);
    std::map<std::int64_t, std::int64_t> last_end;  // by channel
    std::int64_t arrival = 0;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        arrival += static_cast<std::int64_t>(random.below(4 * i, 40)) * p.clock_ps / 8;
        const bool write = random.below(4 * i + 1, 3) == 0;
        const std::uint64_t a = random.below(4 * i + 2, 1 << 22) / 32 * 32;
        const std::int64_t jitter = static_cast<std::int64_t>(random.below(4 * i + 3, 1000));
        const std::int64_t when = std::max<std::int64_t>(0, arrival - jitter);
        const std::int64_t end = dram.access(when, write, a, 1);
        ASSERT_EQ(end, again.access(when, write, a, 1));
        const std::int64_t latency = write ? p.write_latency() : p.read_latency();
        ASSERT_GE(end, when + ps(latency + p.burst_clocks())) << i;
        std::int64_t& previous = last_end[dram.locate(a).channel];
        ASSERT_GE(end - previous, previous == 0 ? 0 : ps(p.burst_clocks())) << i;
        previous = end;
    }
    EXPECT_EQ(dram.counters(), again.counters());
}

// The controller looks queue_depth bursts ahead: with a queue of one, an activate waits for the
// burst before; with two, it overlaps.
TEST_P(DramTimingOf, ActivatesAreIssuedAheadWithinTheQueue) {
    DramParameters shallow = p;
    shallow.queue_depth = 1;
    DramTiming serial(shallow);
    const std::int64_t first = clocks(serial.access(0, kRead, address(0, 0, 0, 0), 1));
    EXPECT_EQ(clocks(serial.access(0, kRead, address(0, 1, 0, 0), 1)),
              first + p.trcd + p.read_latency() + p.burst_clocks());
    shallow.queue_depth = 2;
    DramTiming ahead(shallow);
    ahead.access(0, kRead, address(0, 0, 0, 0), 1);
    EXPECT_EQ(clocks(ahead.access(0, kRead, address(0, 1, 0, 0), 1)),
              p.trrd_l + p.trcd + p.read_latency() + p.burst_clocks());
}

TEST(DramTiming, RefusesBadParametersWithTheirName) {
    DramParameters p = dram_parameters("DDR4-3200");
    p.channels = 3;
    try {
        DramTiming dram(p);
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "DRAM 'DDR4-3200': dram.channels = 3: must be a power of two");
    }
}

}  // namespace
}  // namespace bitloom
