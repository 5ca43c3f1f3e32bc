// SPDX-License-Identifier: Apache-2.0
#include "models/memory/on_chip_memory.h"

#include <cstring>

#include "models/base/error.h"
#include "models/memory/sc_time_ps.h"

namespace bitloom {

OnChipMemory::OnChipMemory(sc_core::sc_module_name module_name, std::uint64_t first_address,
                           std::int64_t size_bytes, std::int64_t port_bits,
                           std::int64_t latency_cycles, sc_core::sc_time period)
    : sc_module(module_name),
      socket("socket"),
      first_address_(first_address),
      timing_(port_bits, latency_cycles, to_ps(period)),
      bytes_(static_cast<std::size_t>(size_bytes)) {
    BITLOOM_CHECK(port_bits >= 1 && latency_cycles >= 0, "{}: port of {} bits, latency {}", name(),
                  port_bits, latency_cycles);
    socket.register_b_transport(this, &OnChipMemory::b_transport);
    socket.register_transport_dbg(this, &OnChipMemory::transport_dbg);
}

Activity OnChipMemory::activity() const {
    Activity activity;
    activity.add(std::string(basename()) + ".read_bits", read_bits_);
    activity.add(std::string(basename()) + ".write_bits", write_bits_);
    return activity;
}

bool OnChipMemory::in_range(const tlm::tlm_generic_payload& payload) const {
    const std::uint64_t address = payload.get_address();
    if (address < first_address_) return false;
    const std::uint64_t offset = address - first_address_;
    return offset < bytes_.size() && payload.get_data_length() <= bytes_.size() - offset;
}

void OnChipMemory::copy(const tlm::tlm_generic_payload& payload) {
    std::byte* place = bytes_.data() + (payload.get_address() - first_address_);
    if (payload.is_read())
        std::memcpy(payload.get_data_ptr(), place, payload.get_data_length());
    else
        std::memcpy(place, payload.get_data_ptr(), payload.get_data_length());
}

void OnChipMemory::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    payload.set_dmi_allowed(false);
    if (!payload.is_read() && !payload.is_write()) {
        payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
        return;
    }
    if (payload.get_byte_enable_ptr() != nullptr) {
        payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        return;
    }
    if (!in_range(payload)) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    copy(payload);
    const auto bits = static_cast<std::int64_t>(payload.get_data_length()) * 8;
    (payload.is_read() ? read_bits_ : write_bits_) += bits;
    const std::int64_t now = to_ps(sc_core::sc_time_stamp());
    delay = from_ps(timing_.access(now + to_ps(delay), bits) - now);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

unsigned int OnChipMemory::transport_dbg(tlm::tlm_generic_payload& payload) {
    if ((!payload.is_read() && !payload.is_write()) || !in_range(payload)) return 0;
    copy(payload);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    return payload.get_data_length();
}

}  // namespace bitloom
