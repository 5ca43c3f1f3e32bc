// SPDX-License-Identifier: Apache-2.0
#include "models/memory/memory_bus.h"

namespace bitloom {

MemoryBus::MemoryBus(sc_core::sc_module_name name)
    : sc_module(name), initiators("initiators"), memory("memory"), on_chip("on_chip") {
    initiators.register_b_transport(this, &MemoryBus::b_transport);
    initiators.register_transport_dbg(this, &MemoryBus::transport_dbg);
}

void MemoryBus::b_transport(int, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    if (payload.get_address() >= on_chip_address && on_chip.size() > 0)
        on_chip->b_transport(payload, delay);
    else
        memory->b_transport(payload, delay);
}

unsigned int MemoryBus::transport_dbg(int, tlm::tlm_generic_payload& payload) {
    if (payload.get_address() >= on_chip_address && on_chip.size() > 0)
        return on_chip->transport_dbg(payload);
    return memory->transport_dbg(payload);
}

}  // namespace bitloom
