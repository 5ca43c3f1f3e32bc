// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dma.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "models/base/error.h"
#include "models/base/random.h"
#include "models/memory/dram.h"
#include "models/memory/memory_bus.h"
#include "models/memory/sc_time_ps.h"

namespace bitloom {
namespace {

constexpr std::int64_t kSize = 1 << 22;
constexpr std::int64_t kPeriod = 2000;  // ps

std::vector<std::byte> noise(std::size_t bytes, std::string_view what) {
    const RandomStream random(5, what);
    std::vector<std::byte> data(bytes);
    for (std::size_t i = 0; i < bytes; ++i) data[i] = std::byte(random.bits(i) & 0xff);
    return data;
}

// A memory that answers after a fixed time; `waits` says how: by wait() or by annotation.
struct FixedMemory : sc_core::sc_module {
    tlm_utils::simple_target_socket<FixedMemory> socket{"socket"};
    std::vector<unsigned char> bytes = std::vector<unsigned char>(kSize);
    sc_core::sc_time latency{100, sc_core::SC_NS};
    bool waits = false;
    std::vector<std::int64_t> arrivals_ps;

    explicit FixedMemory(sc_core::sc_module_name name) : sc_module(name) {
        socket.register_b_transport(this, &FixedMemory::b_transport);
        socket.register_transport_dbg(this, &FixedMemory::transport_dbg);
    }
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
        arrivals_ps.push_back(to_ps(sc_core::sc_time_stamp() + delay));
        if (waits) {
            sc_core::wait(delay + latency);
            delay = sc_core::SC_ZERO_TIME;
        } else {
            delay += latency;
        }
        transport_dbg(payload);
        payload.set_response_status(
            payload.get_address() < kSize ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    unsigned int transport_dbg(tlm::tlm_generic_payload& payload) {
        if (payload.get_address() >= kSize) return 0;
        unsigned char* place = &bytes[payload.get_address()];
        const unsigned int n = payload.get_data_length();
        if (payload.is_read()) {
            std::copy_n(place, n, payload.get_data_ptr());
        } else {
            std::copy_n(payload.get_data_ptr(), n, place);
        }
        return n;
    }
};

struct Thread : sc_core::sc_module {
    SC_HAS_PROCESS(Thread);
    std::function<void()> body;
    bool finished = false;

    Thread(sc_core::sc_module_name name, std::function<void()> what)
        : sc_module(name), body(std::move(what)) {
        SC_THREAD(run);
    }
    void run() {
        body();
        finished = true;
    }
};

DmaConfig config() {
    DmaConfig c;
    c.clock_period = from_ps(kPeriod);
    return c;
}

std::int64_t now_cycles() {
    const std::int64_t ps = to_ps(sc_core::sc_time_stamp());
    EXPECT_EQ(ps % kPeriod, 0) << "not at a clock edge";
    return ps / kPeriod;
}

void start(std::initializer_list<const Thread*> threads) {
    sc_core::sc_start();
    for (const Thread* thread : threads) EXPECT_TRUE(thread->finished) << thread->name();
}

struct FixedBench {
    FixedMemory memory{"memory"};
    Dma dma;
    explicit FixedBench(const DmaConfig& c) : dma("dma", c) { dma.memory.bind(memory.socket); }
    void run(std::function<void()> body) {
        Thread thread("thread", std::move(body));
        start({&thread});
    }
};

TEST(Dma, GathersAndScattersInOrder) {
    Dram dram("dram", dram_parameters("LPDDR4-3200"), kSize);
    Dma dma("dma", config());
    dma.memory.bind(dram.socket);
    Thread thread("thread", [&] {
        const std::vector<std::byte> source = noise(30'000, "source");
        // not contiguous, one longer than a request, one empty, one byte, not aligned
        const std::vector<Segment> segments = {
            {100'001, 10'000}, {5, 1}, {500'000, 0}, {300'000, 19'000}, {7, 999}};
        dma.write(segments, source.data());
        std::vector<std::byte> back(source.size());
        dma.read(segments, back.data());
        EXPECT_EQ(back, source);
        std::size_t at = 0;
        for (const Segment& s : segments) {
            std::vector<std::byte> part(static_cast<std::size_t>(s.bytes));
            dma.backdoor_read(s.address, part);
            EXPECT_TRUE(
                std::equal(part.begin(), part.end(), source.begin() + static_cast<long>(at)));
            at += part.size();
        }
        EXPECT_EQ(dma.counters().bytes_written, 30'000);
        EXPECT_EQ(dma.counters().bytes_read, 30'000);
        EXPECT_EQ(dma.counters().requests, 2 * (3 + 1 + 5 + 1));
    });
    start({&thread});
}

TEST(Dma, BackdoorTakesNoTimeAndCountsNothing) {
    Dram dram("dram", dram_parameters("LPDDR4-3200"), kSize);
    Dma dma("dma", config());
    dma.memory.bind(dram.socket);
    Thread thread("thread", [&] {
        const std::vector<std::byte> data = noise(10'000, "backdoor");
        dma.backdoor_write(77, data);
        std::vector<std::byte> back(data.size());
        dma.backdoor_read(77, back);
        EXPECT_EQ(back, data);
        EXPECT_EQ(sc_core::sc_time_stamp(), sc_core::SC_ZERO_TIME);
        try {
            dma.backdoor_write(kSize - 5, data);
            ADD_FAILURE() << "wrote beyond the end";
        } catch (const Error& error) {
            EXPECT_STREQ(
                error.what(),
                "dma: backdoor write of 10000 bytes at address 0x3ffffb: the memory did 5");
        }
    });
    start({&thread});
    EXPECT_EQ(dram.counters(), DramCounters{});
    EXPECT_EQ(dma.counters(), DmaCounters{});
}

// Latency 100 ns is 50 cycles of 2 ns; 16 bytes take one cycle of a bus of 128 bits.
TEST(Dma, OneRequestTakesTheLatencyOfTheMemory) {
    FixedBench b(config());
    b.run([&] {
        std::vector<std::byte> data(4096);
        const Segment one{0, 16};
        b.dma.read({&one, 1}, data.data());
        EXPECT_EQ(now_cycles(), 50);
        b.memory.latency = from_ps(100'001);  // rounded up to the next edge
        b.dma.read({&one, 1}, data.data());
        EXPECT_EQ(now_cycles(), 50 + 51);
        b.memory.latency = sc_core::SC_ZERO_TIME;  // then the bus decides
        const Segment long_one{0, 4096};
        b.dma.write({&long_one, 1}, data.data());
        EXPECT_EQ(now_cycles(), 101 + 256);
        b.dma.read({}, data.data());
        EXPECT_EQ(now_cycles(), 357);
    });
}

// A call between two edges begins at the next one.
TEST(Dma, CallsBetweenEdgesBeginAtTheNextEdge) {
    FixedBench b(config());
    b.run([&] {
        sc_core::wait(from_ps(kPeriod * 3 + 1));
        std::byte data[16];
        const Segment one{0, 16};
        b.dma.read({&one, 1}, data);
        EXPECT_EQ(now_cycles(), 4 + 50);
    });
}

TEST(Dma, IssuesOneRequestACycleUpToTheLimit) {
    DmaConfig c = config();
    c.outstanding = 8;
    FixedBench b(c);
    b.run([&] {
        std::vector<std::byte> data(16 * 20);
        std::vector<Segment> segments;
        for (std::uint64_t i = 0; i < 20; ++i) segments.push_back({i * 64, 16});
        b.dma.read(segments, data.data());
        // requests 0..7 at cycles 0..7; request 8 when request 0 is done, at 50, and so on
        std::vector<std::int64_t> expected;
        for (std::int64_t i = 0; i < 20; ++i) expected.push_back((i / 8 * 50 + i % 8) * kPeriod);
        EXPECT_EQ(b.memory.arrivals_ps, expected);
        EXPECT_EQ(now_cycles(), 2 * 50 + 3 + 50);
    });
}

// With enough requests in flight the on-chip bus is the limit, exactly.
TEST(Dma, BandwidthIsThatOfTheOnChipBus) {
    DmaConfig c = config();
    c.width_bits = 64;
    c.outstanding = 64;
    FixedBench b(c);
    b.run([&] {
        std::vector<std::byte> data(100'000);
        std::vector<Segment> segments;
        for (std::uint64_t i = 0; i < 1000; ++i) segments.push_back({i * 1000, 100});
        b.dma.read(segments, data.data());
        // 100 bytes take 13 cycles of 8 bytes; the first request ends after the memory's 50
        EXPECT_EQ(now_cycles(), 50 + 999 * 13);
        EXPECT_EQ(b.dma.counters().busy_cycles, 50 + 999 * 13);
    });
}

// A third-party memory that waits inside b_transport works in the Dram's place.
TEST(Dma, WorksWithAMemoryThatWaits) {
    FixedBench b(config());
    b.memory.waits = true;
    b.run([&] {
        const std::vector<std::byte> source = noise(10'000, "waits");
        std::vector<std::byte> back(source.size());
        const std::vector<Segment> segments = {{10, 6000}, {20'000, 4000}};
        b.dma.write(segments, source.data());
        // requests of 4096, 1904 and 4000 bytes, one at a time; the bus takes 250 cycles for the
        // last one after the 50 + 50 that the memory needs before it is issued
        EXPECT_EQ(now_cycles(), 256 + 119 + 250);
        b.dma.read(segments, back.data());
        EXPECT_EQ(back, source);
        for (std::size_t i = 1; i < b.memory.arrivals_ps.size(); ++i) {
            EXPECT_GE(b.memory.arrivals_ps[i] - b.memory.arrivals_ps[i - 1], 100'000);
        }
    });
}

TEST(Dma, MemoryErrorsStandAlone) {
    FixedBench b(config());
    b.run([&] {
        std::byte data[16];
        const Segment outside{kSize, 16};
        try {
            b.dma.read({&outside, 1}, data);
            ADD_FAILURE() << "read beyond the end";
        } catch (const Error& error) {
            EXPECT_STREQ(error.what(),
                         "dma: read of 16 bytes at address 0x400000: the memory answers "
                         "TLM_ADDRESS_ERROR_RESPONSE");
        }
        const Segment inside{0, 16};
        b.dma.read({&inside, 1}, data);  // usable after the error
    });
}

// A stream through the DMA keeps the DRAM's bandwidth when the on-chip bus is wide enough.
TEST(Dma, StreamsAtTheBandwidthOfTheDram) {
    DmaConfig c = config();
    c.width_bits = 1024;
    const DramParameters p = dram_parameters("LPDDR4-3200");
    Dram dram("dram", p, kSize);
    Dma dma("dma", c);
    dma.memory.bind(dram.socket);
    Thread thread("thread", [&] {
        std::vector<std::byte> data(kSize);
        const Segment all{0, kSize};
        dma.read({&all, 1}, data.data());
        const double seconds = sc_core::sc_time_stamp().to_seconds();
        EXPECT_GE(kSize / seconds, 0.90 * p.peak_bytes_per_s());
        EXPECT_LE(kSize / seconds, p.peak_bytes_per_s());
    });
    start({&thread});
}

// Two DMAs share one memory: both finish, their data are right, and each gets about half.
struct SharedRun {
    std::int64_t load_end = 0;
    std::int64_t store_end = 0;
};

SharedRun shared_run(std::int64_t quantum) {
    DmaConfig c = config();
    c.width_bits = 1024;
    c.quantum_cycles = quantum;
    Dram dram("dram", dram_parameters("DDR4-3200"), kSize);
    MemoryBus bus("bus");
    Dma load("load", c);
    Dma store("store", c);
    load.memory.bind(bus.initiators);
    store.memory.bind(bus.initiators);
    bus.memory.bind(dram.socket);
    SharedRun result;
    const std::vector<std::byte> source = noise(1 << 20, "shared");
    std::vector<std::byte> loaded(source.size());
    const Segment from{0, 1 << 20};
    const Segment to{1 << 21, 1 << 20};
    Thread reader("reader", [&] {
        load.read({&from, 1}, loaded.data());
        result.load_end = now_cycles();
    });
    Thread writer("writer", [&] {
        store.write({&to, 1}, source.data());
        result.store_end = now_cycles();
    });
    start({&reader, &writer});
    std::vector<std::byte> written(source.size());
    store.backdoor_read(to.address, written);
    EXPECT_EQ(written, source);
    return result;
}

TEST(Dma, TwoShareTheMemoryFairly) {
    const SharedRun run = shared_run(64);
    const auto sum = static_cast<double>(std::max(run.load_end, run.store_end));
    EXPECT_NEAR(static_cast<double>(run.load_end) / sum, 1.0, 0.05);
    EXPECT_NEAR(static_cast<double>(run.store_end) / sum, 1.0, 0.05);
    // together no faster than the peak: 2 MiB at 51.2 bytes a cycle of 2 ns
    EXPECT_GE(sum, (1 << 21) / 51.2);
}

// Alone on the memory, how far the DMA runs ahead of simulated time does not change its timing.
class DmaQuantum : public testing::TestWithParam<std::int64_t> {};
INSTANTIATE_TEST_SUITE_P(Cycles, DmaQuantum, testing::Values(1, 3, 64, 100'000));

TEST_P(DmaQuantum, DoesNotChangeTheTimingOfOne) {
    DmaConfig c = config();
    c.quantum_cycles = GetParam();
    Dram dram("dram", dram_parameters("HBM2-2000"), kSize);
    Dma dma("dma", c);
    dma.memory.bind(dram.socket);
    Thread thread("thread", [&] {
        std::vector<std::byte> data(200 * 1000);
        std::vector<Segment> segments;
        const RandomStream random(9, "segments");
        for (std::uint64_t i = 0; i < 1000; ++i) {
            segments.push_back({random.below(2 * i, kSize - 200),
                                static_cast<std::int64_t>(random.below(2 * i + 1, 200))});
        }
        dma.read(segments, data.data());
        dma.write(segments, data.data());
        // the same number for every quantum: also the test that runs are repeatable
        EXPECT_EQ(now_cycles(), 13'993);
    });
    start({&thread});
}

TEST(Dma, RefusesABadConfiguration) {
    DmaConfig c = config();
    c.width_bits = 0;
    c.outstanding = 5000;
    EXPECT_THAT(problems(c), testing::ElementsAre("dma.width_bits = 0: must be 8..65536",
                                                  "dma.outstanding = 5000: must be 1..4096"));
    try {
        Dma dma("dma", c);
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "dma: dma.width_bits = 0: must be 8..65536; dma.outstanding = 5000: must be "
                     "1..4096");
    }
}

}  // namespace
}  // namespace bitloom
