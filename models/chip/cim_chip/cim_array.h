// SPDX-License-Identifier: Apache-2.0
// One crossbar array of the chip, stepped: every phase takes its time, every conversion happens in
// its phase. It holds no values of its own: charges and codes are those of the crossbar's model.
#pragma once

#include <cstdint>
#include <span>
#include <systemc>
#include <vector>

#include "models/chip/cim_chip/cim_timing.h"
#include "models/cim/crossbar/cim_mvm.h"

namespace bitloom {

// One input vector through some blocks of the array.
struct CimArrayCommand {
    std::span<const std::size_t> blocks;  // of the placement, all on this array, one after another
    std::span<const std::int8_t> row;     // the layer's whole input vector
    std::uint64_t event = 0;
    std::span<std::int32_t> sums;  // the layer's outputs; shifted codes are added
};

class CimArray : public sc_core::sc_module {
public:
    SC_HAS_PROCESS(CimArray);
    // `mvm` must outlive it.
    CimArray(sc_core::sc_module_name name, const CimMvm& mvm, const CimTiming& timing,
             sc_core::sc_time period);

    // Begins at once; done() is notified at the edge at which the last pulse has ended, and then
    // idle() holds. The command's spans must live until then.
    void start(const CimArrayCommand& command);
    bool idle() const { return !busy_; }
    const sc_core::sc_event& done() const { return done_; }

    // Everything counted since the last call.
    CimCounts take_counts();

private:
    void run();
    void run_block(std::size_t block);
    void count_pass(std::size_t block, int pass);
    void convert(std::size_t block, int pass, std::int64_t column);

    const CimMvm& mvm_;
    const CimTiming timing_;
    const std::vector<InputPass> passes_;
    const sc_core::sc_time period_;
    CimArrayCommand command_;
    std::vector<std::int16_t> drive_;
    bool busy_ = false;
    CimCounts counts_;
    sc_core::sc_event start_, done_;
};

}  // namespace bitloom
