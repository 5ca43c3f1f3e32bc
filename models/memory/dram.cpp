// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram.h"

#include <algorithm>
#include <cstring>

#include "models/base/error.h"
#include "models/memory/sc_time_ps.h"

namespace bitloom {

Dram::Dram(sc_core::sc_module_name module_name, const DramParameters& parameters,
           std::int64_t size_bytes)
    : sc_module(module_name), socket("socket"), timing_(parameters), size_bytes_(size_bytes) {
    require_picoseconds(name());
    if (size_bytes < 1 || size_bytes > (std::int64_t{1} << 40)) {
        fail("{}: size = {} bytes: must be 1..2^40", name(), size_bytes);
    }
    // calloc hands out untouched zero pages; clearing them here would cost real time.
    bytes_.reset(static_cast<std::byte*>(std::calloc(static_cast<std::size_t>(size_bytes), 1)));
    if (!bytes_) fail("{}: size = {} bytes: the host has not that much memory", name(), size_bytes);
    socket.register_b_transport(this, &Dram::b_transport);
    socket.register_transport_dbg(this, &Dram::transport_dbg);
}

Activity Dram::activity() const {
    Activity activity;
    activity.add("dram.read_bits", counters().read_bits);
    activity.add("dram.write_bits", counters().write_bits);
    return activity;
}

bool Dram::in_range(const tlm::tlm_generic_payload& payload) const {
    const auto size = static_cast<std::uint64_t>(size_bytes_);
    const std::uint64_t address = payload.get_address();
    return address < size && payload.get_data_length() <= size - address;
}

void Dram::copy(const tlm::tlm_generic_payload& payload) {
    std::byte* place = bytes_.get() + payload.get_address();
    if (payload.is_read()) {
        std::memcpy(payload.get_data_ptr(), place, payload.get_data_length());
    } else {
        std::memcpy(place, payload.get_data_ptr(), payload.get_data_length());
    }
}

void Dram::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    payload.set_dmi_allowed(false);
    if (payload.get_command() == tlm::TLM_IGNORE_COMMAND) {
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
    } else if (!payload.is_read() && !payload.is_write()) {
        payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
    } else if (payload.get_byte_enable_ptr() != nullptr) {
        payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    } else if (payload.get_data_length() == 0 || payload.get_data_ptr() == nullptr ||
               payload.get_streaming_width() < payload.get_data_length()) {
        payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    } else if (!in_range(payload)) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    } else {
        copy(payload);
        const std::int64_t now = to_ps(sc_core::sc_time_stamp());
        const std::int64_t end =
            timing_.access(now + to_ps(delay), payload.is_write(), payload.get_address(),
                           static_cast<std::int64_t>(payload.get_data_length()));
        delay = from_ps(end - now);
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
    }
}

unsigned int Dram::transport_dbg(tlm::tlm_generic_payload& payload) {
    if (!payload.is_read() && !payload.is_write()) return 0;
    const auto size = static_cast<std::uint64_t>(size_bytes_);
    if (payload.get_address() >= size) return 0;
    // The standard allows a debug target to do less than asked and to say how much it did.
    const auto length = static_cast<unsigned int>(
        std::min<std::uint64_t>(payload.get_data_length(), size - payload.get_address()));
    std::byte* place = bytes_.get() + payload.get_address();
    if (payload.is_read()) {
        std::memcpy(payload.get_data_ptr(), place, length);
    } else {
        std::memcpy(place, payload.get_data_ptr(), length);
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    return length;
}

}  // namespace bitloom
