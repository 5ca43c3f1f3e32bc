// SPDX-License-Identifier: Apache-2.0
// An analog compute-in-memory chip as a SystemC module: an activation memory, an unit that fetches
// windows from it (im2col), crossbar arrays with their converters, and a vector unit. Layers run
// one after another ("layer-serial"); weights stay in the arrays and are never written here.
#pragma once

#include <cstdint>
#include <memory>
#include <systemc>
#include <vector>

#include "models/chip/cim_chip/cim_array.h"
#include "models/chip/cim_chip/cim_program.h"
#include "models/energy/activity.h"

namespace bitloom {

// What one layer took.
struct CimMeasurement {
    std::int64_t begin_cycle = 0, cycles = 0;
    LayerStages stages;  // that the cycles follow from
    CimCounts counts;    // of the crossbars
    Activity activity;
};

class CimChip : public sc_core::sc_module {
public:
    SC_HAS_PROCESS(CimChip);
    // `mvm` must outlive it.
    CimChip(sc_core::sc_module_name name, const CimChipConfig& config, const CimMvm& mvm);

    // Runs one layer; called from an SC_THREAD at a clock edge, returns at the edge at which the
    // last result is in the activation memory. `event`: of the first output position; it keys the
    // noise.
    CimMeasurement run(const CimLayerProgram& program, std::uint64_t event);

    // The activation memory, outside of simulated time.
    std::span<std::byte> memory() { return memory_; }
    std::int64_t now_cycles() const;

private:
    void fetch_thread();
    void array_thread();
    void vector_thread();
    void run_tile();
    void start_arrays(std::int64_t position);
    VectorTask task_of(std::int64_t position) const;
    void edges(std::int64_t cycles) { wait(period_ * static_cast<double>(cycles)); }
    template <class Ready>
    void wait_until(Ready ready);
    std::span<const std::byte> operand() const;

    const CimChipConfig config_;
    const sc_core::sc_time period_;
    const CimMvm& mvm_;
    std::vector<std::unique_ptr<CimArray>> arrays_;  // stepped; none with fidelity tile
    std::vector<std::byte> memory_;

    // A position is fetched while the one before is in the arrays; a third is being converted and
    // a fourth in the vector unit.
    struct Slot {
        std::vector<std::int32_t> sums;
        std::int64_t ready_cycle = 0;  // when its last conversion is done
    };
    static constexpr std::int64_t slots = 3;
    std::vector<std::int8_t> rows_[2];
    Slot sums_[slots];

    // the layer being executed
    const CimLayerProgram* program_ = nullptr;
    std::uint64_t event_ = 0;
    LayerStages stages_;
    std::vector<std::vector<std::size_t>> blocks_;  // by array in use
    std::vector<CimArray*> used_;
    std::int64_t fetched_ = 0, started_ = 0, multiplied_ = 0, finished_ = 0;
    CimMeasurement measured_;
    sc_core::sc_event start_, progress_, done_;
};

// Sums of converter codes as psums: * 2^fraction_bits.
void scale_sums(std::span<std::int32_t> sums, int fraction_bits);

}  // namespace bitloom
