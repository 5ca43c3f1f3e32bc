// SPDX-License-Identifier: Apache-2.0
// A single-ported on-chip memory behind a TLM-2.0 target socket: where activations stay between
// layers.
#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <tlm>

#include <cstddef>
#include <cstdint>
#include <systemc>
#include <vector>

#include "models/energy/activity.h"
#include "models/memory/port_timing.h"

namespace bitloom {

// Serves requests one after another in the order of the calls, reads and writes alike: the port
// moves port_bits a cycle, so a request takes ceil(bits / port_bits) cycles, and its data are there
// latency_cycles later (pipelined: the next request does not wait for the latency). b_transport
// never waits: it annotates the delay. Refused with the protocol's error responses: addresses
// beyond the size, other commands, byte enables. Never written bytes read as zero; transport_dbg
// takes no time and counts nothing.
class OnChipMemory : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<OnChipMemory> socket;

    // first_address: address of the first byte. size_bytes >= 0, port_bits >= 1, latency >= 0.
    OnChipMemory(sc_core::sc_module_name name, std::uint64_t first_address, std::int64_t size_bytes,
                 std::int64_t port_bits, std::int64_t latency_cycles, sc_core::sc_time period);

    Activity activity() const;  // NAME.read_bits, NAME.write_bits

private:
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    unsigned int transport_dbg(tlm::tlm_generic_payload& payload);
    bool in_range(const tlm::tlm_generic_payload& payload) const;
    void copy(const tlm::tlm_generic_payload& payload);

    const std::uint64_t first_address_;
    PortTiming timing_;
    std::vector<std::byte> bytes_;
    std::int64_t read_bits_ = 0, write_bits_ = 0;
};

}  // namespace bitloom
