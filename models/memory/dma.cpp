// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dma.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/base/error.h"
#include "models/memory/sc_time_ps.h"

namespace bitloom {

namespace {

const DmaConfig& checked(const DmaConfig& config, const char* name) {
    require_picoseconds(name);
    const std::vector<std::string> found = problems(config);
    if (!found.empty()) fail("{}: {}", name, fmt::join(found, "; "));
    return config;
}

}  // namespace

std::vector<std::string> problems(const DmaConfig& config) {
    std::vector<std::string> found;
    const auto range = [&](const char* name, std::int64_t value, std::int64_t low,
                           std::int64_t high) {
        if (value < low || value > high) {
            found.push_back(fmt::format("dma.{} = {}: must be {}..{}", name, value, low, high));
        }
    };
    range("width_bits", config.width_bits, 8, 65536);
    range("outstanding", config.outstanding, 1, 4096);
    range("request_bytes", config.request_bytes, 1, std::int64_t{1} << 20);
    range("quantum_cycles", config.quantum_cycles, 1, 1'000'000);
    range("clock_period_ps", to_ps(config.clock_period), 1, 1'000'000'000);
    range("phase_ps", to_ps(config.phase), 0,
          std::max<std::int64_t>(0, to_ps(config.clock_period) - 1));
    return found;
}

Dma::Dma(sc_core::sc_module_name module_name, const DmaConfig& config)
    : sc_module(module_name),
      memory("memory"),
      config_(checked(config, name())),
      period_ps_(to_ps(config.clock_period)),
      timing_({period_ps_, to_ps(config.phase), config.width_bits, config.quantum_cycles,
               static_cast<std::size_t>(config.outstanding)}) {
}

void Dma::read(std::span<const Segment> segments, std::byte* destination) {
    transfer(segments, destination, false);
}

void Dma::write(std::span<const Segment> segments, const std::byte* source) {
    // The payload's data pointer is not const; a write command does not change what it points to.
    transfer(segments, const_cast<std::byte*>(source), true);
}

void Dma::transfer(std::span<const Segment> segments, std::byte* data, bool write) {
    BITLOOM_CHECK(!busy_, "{}: called while another transfer is under way", name());
    busy_ = true;
    const auto wait_until = [](std::int64_t ps) {
        if (const std::int64_t now = to_ps(sc_core::sc_time_stamp()); ps > now)
            sc_core::wait(from_ps(ps - now));
        return to_ps(sc_core::sc_time_stamp());
    };
    timing_.begin(wait_until(timing_.first_turn(to_ps(sc_core::sc_time_stamp()))));
    tlm::tlm_generic_payload payload;
    for (const Segment& segment : segments) {
        BITLOOM_CHECK(segment.bytes >= 0, "{}: segment of {} bytes", name(), segment.bytes);
        std::int64_t moved = 0;
        while (moved < segment.bytes) {
            const std::int64_t bytes = std::min(segment.bytes - moved, config_.request_bytes);
            const std::int64_t now = wait_until(timing_.turn(to_ps(sc_core::sc_time_stamp())));
            payload.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
            payload.set_address(segment.address + static_cast<std::uint64_t>(moved));
            payload.set_data_ptr(reinterpret_cast<unsigned char*>(data));
            payload.set_data_length(static_cast<unsigned int>(bytes));
            payload.set_streaming_width(static_cast<unsigned int>(bytes));
            payload.set_byte_enable_ptr(nullptr);
            payload.set_dmi_allowed(false);
            payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
            sc_core::sc_time delay = from_ps(timing_.issue(now) - now);
            memory->b_transport(payload, delay);
            if (!payload.is_response_ok()) {
                busy_ = false;
                fail("{}: {} of {} bytes at address {:#x}: the memory answers {}", name(),
                     write ? "write" : "read", bytes, payload.get_address(),
                     payload.get_response_string());
            }
            timing_.answered(to_ps(sc_core::sc_time_stamp()) + to_ps(delay), bytes);
            moved += bytes;
            data += bytes;
            ++counters_.requests;
        }
        (write ? counters_.bytes_written : counters_.bytes_read) += segment.bytes;
    }
    wait_until(timing_.end());
    counters_.busy_cycles += (timing_.end() - timing_.begin_time()) / period_ps_;
    busy_ = false;
}

void Dma::backdoor_read(std::uint64_t address, std::span<std::byte> destination) {
    backdoor(address, destination.data(), destination.size(), false);
}

void Dma::backdoor_write(std::uint64_t address, std::span<const std::byte> source) {
    backdoor(address, const_cast<std::byte*>(source.data()), source.size(), true);
}

void Dma::backdoor(std::uint64_t address, std::byte* data, std::size_t bytes, bool write) {
    constexpr std::size_t kMost = std::size_t{1} << 30;  // a payload's length is an unsigned int
    while (bytes > 0) {
        const auto part = static_cast<unsigned int>(std::min(bytes, kMost));
        tlm::tlm_generic_payload payload;
        payload.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
        payload.set_address(address);
        payload.set_data_ptr(reinterpret_cast<unsigned char*>(data));
        payload.set_data_length(part);
        payload.set_streaming_width(part);
        const unsigned int done = memory->transport_dbg(payload);
        if (done != part) {
            fail("{}: backdoor {} of {} bytes at address {:#x}: the memory did {}", name(),
                 write ? "write" : "read", part, address, done);
        }
        address += part;
        data += part;
        bytes -= part;
    }
}

}  // namespace bitloom
