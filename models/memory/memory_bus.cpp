// SPDX-License-Identifier: Apache-2.0
#include "models/memory/memory_bus.h"

namespace bitloom {

MemoryBus::MemoryBus(sc_core::sc_module_name name)
    : sc_module(name), initiators("initiators"), memory("memory") {
    initiators.register_b_transport(this, &MemoryBus::b_transport);
    initiators.register_transport_dbg(this, &MemoryBus::transport_dbg);
}

void MemoryBus::b_transport(int, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    memory->b_transport(payload, delay);
}

unsigned int MemoryBus::transport_dbg(int, tlm::tlm_generic_payload& payload) {
    return memory->transport_dbg(payload);
}

}  // namespace bitloom
