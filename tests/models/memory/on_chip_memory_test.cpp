// SPDX-License-Identifier: Apache-2.0
#include "models/memory/on_chip_memory.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <cstring>

namespace bitloom {
namespace {

constexpr std::uint64_t first_address = 4096;

struct Driver : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<Driver> socket{"socket"};
    explicit Driver(sc_core::sc_module_name name) : sc_module(name) {}

    // Cycles from now until the data are there; -1 when refused.
    std::int64_t access(std::uint64_t address, std::vector<unsigned char>& data, bool write,
                        sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
        tlm::tlm_generic_payload payload;
        payload.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
        payload.set_address(address);
        payload.set_data_ptr(data.data());
        payload.set_data_length(static_cast<unsigned>(data.size()));
        payload.set_streaming_width(static_cast<unsigned>(data.size()));
        socket->b_transport(payload, delay);
        return payload.is_response_ok() ? static_cast<std::int64_t>(delay.value() / 2000) : -1;
    }
};

struct Bench {
    OnChipMemory memory{
        "global_buffer", first_address, 1024, 64, 3, sc_core::sc_time(2, sc_core::SC_NS)};
    Driver driver{"driver"};
    Bench() {
        driver.socket.bind(memory.socket);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }
};

TEST(OnChipMemory, ReadsBackWhatWasWrittenAndZeroElsewhere) {
    Bench bench;
    std::vector<unsigned char> written = {1, 2, 3, 4, 5}, read(7, 99);
    bench.driver.access(first_address + 10, written, true);
    bench.driver.access(first_address + 9, read, false);
    EXPECT_EQ(read, (std::vector<unsigned char>{0, 1, 2, 3, 4, 5, 0}));
    EXPECT_EQ(bench.memory.activity().count("global_buffer.write_bits"), 40);
    EXPECT_EQ(bench.memory.activity().count("global_buffer.read_bits"), 56);
}

// 64 bits a cycle, then 3 cycles of latency, through which the next request does not wait.
TEST(OnChipMemory, RequestsFollowOneAnotherAtThePortAndOverlapTheirLatency) {
    Bench bench;
    std::vector<unsigned char> word(8), words(20);
    EXPECT_EQ(bench.driver.access(first_address, word, false), 1 + 3);
    EXPECT_EQ(bench.driver.access(first_address, words, true), 1 + 3 + 3);
    EXPECT_EQ(bench.driver.access(first_address, word, false), 1 + 3 + 1 + 3);
    // One that comes later finds the port free.
    EXPECT_EQ(bench.driver.access(first_address, word, false, sc_core::sc_time(40, sc_core::SC_NS)),
              20 + 1 + 3);
}

TEST(OnChipMemory, RefusesWhatLiesOutside) {
    Bench bench;
    std::vector<unsigned char> data(8);
    EXPECT_EQ(bench.driver.access(first_address - 1, data, false), -1);
    EXPECT_EQ(bench.driver.access(first_address + 1017, data, true), -1);
    EXPECT_GT(bench.driver.access(first_address + 1016, data, true), 0);
}

}  // namespace
}  // namespace bitloom
