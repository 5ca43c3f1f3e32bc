// SPDX-License-Identifier: Apache-2.0
#include "models/chip/cim_chip/cim_array.h"

#include <cstdlib>
#include <utility>

#include "models/base/error.h"

namespace bitloom {

CimArray::CimArray(sc_core::sc_module_name module_name, const CimMvm& mvm, const CimTiming& timing,
                   sc_core::sc_time period)
    : sc_module(module_name),
      mvm_(mvm),
      timing_(timing),
      passes_(input_passes(mvm.config().dac)),
      period_(period) {
    SC_THREAD(run);
}

void CimArray::start(const CimArrayCommand& command) {
    BITLOOM_CHECK(!busy_, "{} is idle when it is started", name());
    command_ = command;
    busy_ = true;
    start_.notify(sc_core::SC_ZERO_TIME);
}

CimCounts CimArray::take_counts() {
    return std::exchange(counts_, {});
}

void CimArray::run() {
    for (;;) {
        wait(start_);
        for (const std::size_t block : command_.blocks) run_block(block);
        busy_ = false;
        done_.notify(sc_core::SC_ZERO_TIME);
    }
}

void CimArray::run_block(std::size_t index) {
    const Block& block = mvm_.snapshot().placement->blocks[index];
    const std::int64_t phases = phases_of(timing_, block.columns());
    drive_.resize(static_cast<std::size_t>(block.k_size));
    for (int pass = 0; pass < static_cast<int>(passes_.size()); ++pass) {
        mvm_.drive(index, pass, command_.row, command_.event, drive_);
        count_pass(index, pass);
        const auto number = static_cast<std::size_t>(pass);
        const auto edges = [&](std::int64_t cycles) {
            wait(period_ * static_cast<double>(cycles));
        };
        if (!timing_.integrating) edges(pass_cycles(timing_, number, block.columns()));
        for (std::int64_t phase = 0; phase < phases; ++phase) {
            if (timing_.integrating) edges(pulse_cycles(timing_, number));
            for (std::int64_t column = 0; column < block.columns(); ++column)
                if (phase_of_column(mvm_.snapshot().geometry, column) == phase)
                    convert(index, pass, column);
        }
    }
}

void CimArray::count_pass(std::size_t index, int pass) {
    const CimSnapshot& snapshot = mvm_.snapshot();
    const Block& block = snapshot.placement->blocks[index];
    const std::int64_t phases = phases_of(timing_, block.columns());
    ++counts_.passes;
    counts_.phases += phases;
    for (std::int64_t k = 0; k < block.k_size; ++k) {
        const auto row = static_cast<std::size_t>(k);
        const int code = command_.row[static_cast<std::size_t>(block.k_begin + k)];
        const std::int64_t ticks = std::abs(pulse_ticks(mvm_.config().dac, pass, code));
        counts_.row_pulses += ticks > 0 ? phases : 0;
        counts_.row_ticks += ticks * phases;
        counts_.unit_ticks += ticks * snapshot.blocks[index].row_units[row];
    }
}

void CimArray::convert(std::size_t index, int pass, std::int64_t column) {
    const CimSnapshot& snapshot = mvm_.snapshot();
    const Block& block = snapshot.placement->blocks[index];
    const Adc& adc = mvm_.adc(index, column);
    const std::int64_t charge = mvm_.charge(index, column, pass, drive_, command_.event);
    const std::int32_t code = adc.convert(charge);
    ++counts_.conversions;
    counts_.saturated += adc.saturates(charge) ? 1 : 0;
    const InputPass& weight = passes_[static_cast<std::size_t>(pass)];
    const int slice = static_cast<int>(column % block.slices);
    const int shift = weight.shift + slice * snapshot.layers[block.layer].slice_bits;
    const std::int32_t shifted = code * (std::int32_t{1} << shift);
    std::int32_t& sum =
        command_.sums[static_cast<std::size_t>(block.n_begin + column / block.slices)];
    sum += weight.negative ? -shifted : shifted;
}

}  // namespace bitloom
