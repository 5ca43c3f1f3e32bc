// SPDX-License-Identifier: Apache-2.0
// A GEMM chip as a SystemC module: DMA, double-buffered scratchpads, an array (models/array) and a
// vector unit, with a TLM-2.0 memory outside. It executes layer programs; it never computes a
// value, a cycle or a count that is not of its parts.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "models/array/array_body.h"
#include "models/chip/gemm_chip/gemm_chip_config.h"
#include "models/chip/gemm_chip/layer_program.h"
#include "models/memory/dma.h"
#include "models/memory/memory_bus.h"
#include "models/memory/on_chip_memory.h"
#include "models/memory/scratchpad.h"

namespace bitloom {

// A time span of one unit, in cycles.
struct UnitSpan {
    enum class Unit { load, array, vector, store } unit = Unit::array;
    std::int64_t begin = 0, end = 0;
    bool stall = false;
    std::string what;
};

// What one layer took. Cycle causes add up: streaming + every stall = cycles.
struct LayerMeasurement {
    std::int64_t begin_cycle = 0, cycles = 0;
    ArrayCounts array;
    std::int64_t vector_busy = 0;
    // Layers with array tiles: cycles in which the array did not stream operands, by cause.
    // Others: cycles in which the vector unit did not work.
    std::int64_t wait_operands = 0;   // for a load
    std::int64_t wait_output = 0;     // for a free psum or result buffer
    std::int64_t wait_vector = 0;     // the array is done, the vector unit is not
    std::int64_t wait_writeback = 0;  // all is computed, results are leaving
    Activity activity;                // everything but the memory's own events
    std::vector<UnitSpan> spans;      // when asked for
};

class GemmChip : public sc_core::sc_module {
public:
    SC_HAS_PROCESS(GemmChip);
    GemmChip(sc_core::sc_module_name name, const GemmChipConfig& config);

    // To a base-protocol memory.
    tlm_utils::simple_initiator_socket<MemoryBus>& memory() { return bus_.memory; }

    // Runs one layer; called from an SC_THREAD at a clock edge, returns at the edge at which the
    // last result is in memory.
    LayerMeasurement run(const LayerProgram& program, bool record_spans);

    // Outside of simulated time.
    void backdoor_read(std::uint64_t address, std::span<std::byte> bytes);
    void backdoor_write(std::uint64_t address, std::span<const std::byte> bytes);

    std::int64_t now_cycles() const;
    const sc_core::sc_time& period() const { return period_; }

private:
    void load_thread();
    void array_thread();
    void vector_thread();
    void store_thread();
    void execute(const LoadCommand& command);
    void execute(const VectorTask& task);
    // Waits until `ready`, and adds the cycles waited to `waited`.
    template <class Ready>
    void wait_until(Ready ready, std::int64_t& waited);
    void record(UnitSpan::Unit unit, std::int64_t begin, bool stall, const std::string& what);
    void finish_unit();

    const GemmChipConfig config_;
    const sc_core::sc_time period_;
    MemoryBus bus_;
    OnChipMemory global_buffer_;
    Dma load_dma_;
    Dma store_dma_;
    std::unique_ptr<ArrayBody> array_;
    Scratchpad activation_buffer_, weight_buffer_, vector_buffer_;
    PsumTile psums_[2];

    // the layer being executed
    const LayerProgram* program_ = nullptr;
    bool record_spans_ = false;
    std::int64_t layers_run_ = 0;
    LayerMeasurement measured_;
    std::int64_t loads_done_ = 0, tiles_done_ = 0, tasks_done_ = 0, stores_done_ = 0;
    std::int64_t last_tile_end_ = 0, last_task_end_ = 0;
    int units_running_ = 0;
    std::vector<std::byte> staging_;
    sc_core::sc_event start_, progress_, finished_;
};

}  // namespace bitloom
