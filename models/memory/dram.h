// SPDX-License-Identifier: Apache-2.0
// DRAM behind a TLM-2.0 target socket (IEEE 1666 base protocol).
#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <tlm>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <systemc>

#include "models/energy/activity.h"
#include "models/memory/dram_timing.h"

namespace bitloom {

// Stores bytes and says when they move. A payload may have any length; it is split into bursts here
// (see DramTiming). b_transport never waits: it annotates the delay to the last beat (reads: data
// at the pins; writes: data accepted). Data are copied at the call, so the order of the calls is
// the order of effects; initiators whose transactions touch the same bytes must order them. Refused
// with the protocol's error responses: addresses beyond the size, commands other than read and
// write (TLM_IGNORE_COMMAND succeeds and does nothing), byte enables, streaming widths below the
// length. DMI is never granted. Never written bytes read as zero; transport_dbg takes no time and
// counts nothing.
class Dram : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<Dram> socket;

    // size_bytes: 1..2^40; the host's memory is taken when touched. Error for bad parameters and
    // unless the time resolution is 1 ps.
    Dram(sc_core::sc_module_name name, const DramParameters& parameters, std::int64_t size_bytes);

    std::int64_t size_bytes() const { return size_bytes_; }
    const DramParameters& parameters() const { return timing_.parameters(); }
    const DramCounters& counters() const { return timing_.counters(); }
    // dram.read_bits and dram.write_bits: bits transferred, in whole bursts.
    Activity activity() const;

private:
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    unsigned int transport_dbg(tlm::tlm_generic_payload& payload);
    bool in_range(const tlm::tlm_generic_payload& payload) const;
    void copy(const tlm::tlm_generic_payload& payload);

    struct Free {
        void operator()(std::byte* bytes) const { std::free(bytes); }
    };

    DramTiming timing_;
    const std::int64_t size_bytes_;
    std::unique_ptr<std::byte[], Free> bytes_;
};

}  // namespace bitloom
