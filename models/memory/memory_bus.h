// SPDX-License-Identifier: Apache-2.0
// Lets several initiators share a memory that has one target socket, and one on the chip.
#pragma once

#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm>

#include <cstdint>
#include <systemc>

namespace bitloom {

// Forwards b_transport and transport_dbg unchanged and in the order of the calls: no latency, no
// arbitration of its own (the memory serves first come, first served), no address translation. Any
// base-protocol target can be bound to `memory` in place of Dram; as the standard asks, its
// b_transport must stand being called again while an earlier call waits. Non-blocking transport and
// DMI are not offered.
// Addresses from here on are on the chip; a Dram ends below.
inline constexpr std::uint64_t on_chip_address = std::uint64_t{1} << 40;

class MemoryBus : public sc_core::sc_module {
public:
    tlm_utils::multi_passthrough_target_socket<MemoryBus> initiators;  // one or more
    tlm_utils::simple_initiator_socket<MemoryBus> memory;
    // Takes every request at an address of on_chip_address or above, unchanged; need not be bound.
    tlm_utils::simple_initiator_socket_optional<MemoryBus> on_chip;

    explicit MemoryBus(sc_core::sc_module_name name);

private:
    void b_transport(int initiator, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    unsigned int transport_dbg(int initiator, tlm::tlm_generic_payload& payload);
};

}  // namespace bitloom
