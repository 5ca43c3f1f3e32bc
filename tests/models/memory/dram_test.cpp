// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <functional>
#include <utility>
#include <vector>

#include "models/base/error.h"
#include "models/base/random.h"
#include "models/memory/sc_time_ps.h"

namespace bitloom {
namespace {

constexpr std::int64_t kSize = 1 << 20;

// An initiator whose thread runs the body of a test.
struct Bench : sc_core::sc_module {
    SC_HAS_PROCESS(Bench);
    tlm_utils::simple_initiator_socket<Bench> socket{"socket"};
    std::function<void()> body;
    bool finished = false;

    explicit Bench(sc_core::sc_module_name name) : sc_module(name) { SC_THREAD(run); }
    void run() {
        body();
        finished = true;
    }
};

struct Payload : tlm::tlm_generic_payload {
    Payload(tlm::tlm_command command, std::uint64_t address, std::vector<unsigned char>& data) {
        set_command(command);
        set_address(address);
        set_data_ptr(data.data());
        set_data_length(static_cast<unsigned>(data.size()));
        set_streaming_width(static_cast<unsigned>(data.size()));
        set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    }
};

struct DramBench {
    DramParameters parameters = dram_parameters("DDR4-3200");
    Dram dram{"dram", parameters, kSize};
    Bench bench{"bench"};

    void run(std::function<void()> body) {
        bench.socket.bind(dram.socket);
        bench.body = std::move(body);
        sc_core::sc_start();
        EXPECT_TRUE(bench.finished);
    }
};

TEST(Dram, AnnotatesTheDelayAndDoesNotWait) {
    DramBench b;
    b.run([&] {
        sc_core::wait(1, sc_core::SC_US);
        std::vector<unsigned char> data(64);
        Payload payload(tlm::TLM_READ_COMMAND, 0, data);
        sc_core::sc_time delay(100, sc_core::SC_NS);
        b.bench.socket->b_transport(payload, delay);
        const DramParameters& p = b.parameters;
        const std::int64_t parts = (p.trcd + p.read_latency() + p.burst_clocks()) * p.clock_ps;
        EXPECT_EQ(to_ps(sc_core::sc_time_stamp()), 1'000'000);
        EXPECT_EQ(to_ps(delay), 100'000 + parts);
        EXPECT_EQ(payload.get_response_status(), tlm::TLM_OK_RESPONSE);
        EXPECT_FALSE(payload.is_dmi_allowed());
    });
    Activity expected;
    expected.add("dram.read_bits", 512);
    EXPECT_EQ(b.dram.activity(), expected);
}

// Any sequence of reads and writes of any place and length behaves as an array of bytes.
TEST(Dram, BehavesAsAnArrayOfBytes) {
    DramBench b;
    b.run([&] {
        std::vector<unsigned char> mirror(kSize, 0);
        const RandomStream random(3, "array");
        for (std::uint64_t i = 0; i < 3000; ++i) {
            const std::uint64_t address = random.below(4 * i, kSize);
            const std::uint64_t most = std::min<std::uint64_t>(kSize - address, 5000);
            std::vector<unsigned char> data(1 + random.below(4 * i + 1, most));
            sc_core::sc_time delay;
            if (random.below(4 * i + 2, 2) == 0) {
                for (std::size_t k = 0; k < data.size(); ++k) {
                    data[k] = static_cast<unsigned char>(random.bits(4 * i + 3) >> (k % 8) * 8);
                }
                std::copy(data.begin(), data.end(), mirror.begin() + static_cast<long>(address));
                Payload payload(tlm::TLM_WRITE_COMMAND, address, data);
                b.bench.socket->b_transport(payload, delay);
                ASSERT_TRUE(payload.is_response_ok());
            } else {
                Payload payload(tlm::TLM_READ_COMMAND, address, data);
                if (i % 3 == 0) {
                    ASSERT_EQ(b.bench.socket->transport_dbg(payload), data.size());
                } else {
                    b.bench.socket->b_transport(payload, delay);
                }
                ASSERT_TRUE(payload.is_response_ok());
                ASSERT_TRUE(std::equal(data.begin(), data.end(),
                                       mirror.begin() + static_cast<long>(address)))
                    << "seed 3, step " << i;
            }
        }
    });
}

TEST(Dram, RefusesWhatItCannotDo) {
    DramBench b;
    b.run([&] {
        std::vector<unsigned char> data(8);
        const auto status = [&](tlm::tlm_generic_payload&& payload) {
            sc_core::sc_time delay(5, sc_core::SC_NS);
            b.bench.socket->b_transport(payload, delay);
            EXPECT_EQ(delay, sc_core::sc_time(5, sc_core::SC_NS));
            return payload.get_response_status();
        };
        EXPECT_EQ(status(Payload(tlm::TLM_READ_COMMAND, kSize, data)),
                  tlm::TLM_ADDRESS_ERROR_RESPONSE);
        EXPECT_EQ(status(Payload(tlm::TLM_READ_COMMAND, kSize - 7, data)),
                  tlm::TLM_ADDRESS_ERROR_RESPONSE);
        EXPECT_EQ(status(Payload(tlm::TLM_WRITE_COMMAND, ~std::uint64_t{0}, data)),
                  tlm::TLM_ADDRESS_ERROR_RESPONSE);
        EXPECT_EQ(status(Payload(tlm::tlm_command(3), 0, data)), tlm::TLM_COMMAND_ERROR_RESPONSE);
        Payload narrow(tlm::TLM_READ_COMMAND, 0, data);
        narrow.set_streaming_width(4);
        EXPECT_EQ(status(std::move(narrow)), tlm::TLM_BURST_ERROR_RESPONSE);
        Payload enabled(tlm::TLM_WRITE_COMMAND, 0, data);
        unsigned char enable = 0xff;
        enabled.set_byte_enable_ptr(&enable);
        enabled.set_byte_enable_length(1);
        EXPECT_EQ(status(std::move(enabled)), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        EXPECT_EQ(status(Payload(tlm::TLM_IGNORE_COMMAND, 0, data)), tlm::TLM_OK_RESPONSE);
        Payload at_the_end(tlm::TLM_READ_COMMAND, kSize - 3, data);
        EXPECT_EQ(b.bench.socket->transport_dbg(at_the_end), 3u);
    });
    EXPECT_EQ(b.dram.counters(), DramCounters{}) << "refused accesses are not counted";
}

// The base protocol's non-blocking path goes through the socket's conversion.
struct NonBlocking : sc_core::sc_module {
    SC_HAS_PROCESS(NonBlocking);
    tlm_utils::simple_initiator_socket<NonBlocking> socket{"socket"};
    std::vector<unsigned char> data = std::vector<unsigned char>(64);
    tlm::tlm_generic_payload payload;
    std::int64_t answered_ps = -1;

    explicit NonBlocking(sc_core::sc_module_name name) : sc_module(name) {
        socket.register_nb_transport_bw(this, &NonBlocking::backward);
        SC_THREAD(run);
    }
    tlm::tlm_sync_enum backward(tlm::tlm_generic_payload&, tlm::tlm_phase& phase,
                                sc_core::sc_time& delay) {
        if (phase == tlm::BEGIN_RESP) {
            answered_ps = to_ps(sc_core::sc_time_stamp() + delay);
            phase = tlm::END_RESP;
            return tlm::TLM_COMPLETED;
        }
        return tlm::TLM_ACCEPTED;
    }
    void run() {
        payload.set_command(tlm::TLM_READ_COMMAND);
        payload.set_address(0);
        payload.set_data_ptr(data.data());
        payload.set_data_length(64);
        payload.set_streaming_width(64);
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_core::sc_time delay;
        socket->nb_transport_fw(payload, phase, delay);
    }
};

TEST(Dram, NonBlockingTransportTakesTheSameTime) {
    const DramParameters p = dram_parameters("DDR4-3200");
    Dram dram("dram", p, kSize);
    NonBlocking initiator("initiator");
    initiator.socket.bind(dram.socket);
    sc_core::sc_start();
    EXPECT_EQ(initiator.answered_ps, (p.trcd + p.read_latency() + p.burst_clocks()) * p.clock_ps);
    EXPECT_TRUE(initiator.payload.is_response_ok());
}

TEST(Dram, RefusesABadSize) {
    try {
        Dram dram("dram", dram_parameters("DDR4-3200"), 0);
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "dram: size = 0 bytes: must be 1..2^40");
    }
}

}  // namespace
}  // namespace bitloom
