// SPDX-License-Identifier: Apache-2.0
#include "models/chip/gemm_chip/gemm_chip.h"

#include <algorithm>

#include "models/base/error.h"
#include "models/chip/gemm_chip/vector_task.h"

namespace bitloom {

namespace {

DmaConfig dma_config(const GemmChipConfig& config, const sc_core::sc_time& period, int phase_ps) {
    DmaConfig dma;
    dma.width_bits = config.dma_width_bits;
    dma.outstanding = static_cast<int>(config.dma_outstanding);
    dma.clock_period = period;
    dma.phase = sc_core::sc_time(phase_ps, sc_core::SC_PS);
    return dma;
}

}  // namespace

GemmChip::GemmChip(sc_core::sc_module_name module_name, const GemmChipConfig& config)
    : sc_module(module_name),
      config_(config),
      period_(static_cast<double>(1'000'000'000'000 / config.clock_hz), sc_core::SC_PS),
      bus_("bus"),
      global_buffer_("global_buffer", on_chip_address, config.global_buffer_bytes,
                     config.global_buffer_port_bits, config.global_buffer_latency_cycles, period_),
      load_dma_("load_dma", dma_config(config, period_, 1)),
      store_dma_("store_dma", dma_config(config, period_, 2)),
      array_(make_array(config.fidelity, "array", config.array, period_)),
      activation_buffer_("activation_buffer", config.activation_buffer_bytes),
      weight_buffer_("weight_buffer", config.weight_buffer_bytes),
      vector_buffer_("vector_buffer", config.vector_buffer_bytes) {
    if (config.waveform) array_->record_waveform(config.waveform);
    bus_.on_chip.bind(global_buffer_.socket);
    load_dma_.memory.bind(bus_.initiators);
    store_dma_.memory.bind(bus_.initiators);
    SC_THREAD(load_thread);
    SC_THREAD(array_thread);
    SC_THREAD(vector_thread);
    SC_THREAD(store_thread);
}

std::int64_t GemmChip::now_cycles() const {
    return static_cast<std::int64_t>(sc_core::sc_time_stamp().value() / period_.value());
}

void GemmChip::backdoor_read(std::uint64_t address, std::span<std::byte> bytes) {
    load_dma_.backdoor_read(address, bytes);
}

void GemmChip::backdoor_write(std::uint64_t address, std::span<const std::byte> bytes) {
    load_dma_.backdoor_write(address, bytes);
}

LayerMeasurement GemmChip::run(const LayerProgram& program, bool record_spans) {
    BITLOOM_CHECK(program.tasks.size() == program.stores.size(), "{}: one store a task",
                  program.layer);
    program_ = &program;
    ++layers_run_;
    record_spans_ = record_spans;
    measured_ = {};
    loads_done_ = tiles_done_ = tasks_done_ = stores_done_ = 0;
    const std::int64_t begin = now_cycles();
    last_tile_end_ = last_task_end_ = begin;
    const ArrayCounts before = array_->counts();
    const Activity global_buffer_before = global_buffer_.activity();
    units_running_ = 4;
    start_.notify(sc_core::SC_ZERO_TIME);
    wait(finished_);

    measured_.begin_cycle = begin;
    measured_.cycles = now_cycles() - begin;
    ArrayCounts& array = measured_.array;
    array = array_->counts();
    array -= before;
    array.add_to(measured_.activity);
    Activity global_buffer = global_buffer_.activity();
    global_buffer -= global_buffer_before;
    measured_.activity += global_buffer;
    if (!program.tiles.empty()) measured_.wait_vector = last_task_end_ - last_tile_end_;
    measured_.wait_writeback = now_cycles() - last_task_end_;
    program_ = nullptr;
    return std::move(measured_);
}

template <class Ready>
void GemmChip::wait_until(Ready ready, std::int64_t& waited) {
    const std::int64_t begin = now_cycles();
    while (!ready()) wait(progress_);
    waited += now_cycles() - begin;
}

void GemmChip::record(UnitSpan::Unit unit, std::int64_t begin, bool stall,
                      const std::string& what) {
    const std::int64_t end = now_cycles();
    if (record_spans_ && end > begin) measured_.spans.push_back({unit, begin, end, stall, what});
}

// Called by each unit when its queue is empty; the last one ends the layer.
void GemmChip::finish_unit() {
    if (--units_running_ == 0) finished_.notify(sc_core::SC_ZERO_TIME);
}

void GemmChip::load_thread() {
    for (;;) {
        wait(start_);
        std::int64_t ignored = 0;
        for (std::size_t i = 0; i < program_->loads.size(); ++i) {
            const LoadCommand& load = program_->loads[i];
            wait_until(
                [&] {
                    return tiles_done_ >= load.after_tiles && tasks_done_ >= load.after_tasks &&
                           stores_done_ >= load.after_stores;
                },
                ignored);
            const std::int64_t begin = now_cycles();
            execute(load);
            record(UnitSpan::Unit::load, begin, false, fmt::format("load {}", i));
            ++loads_done_;
            progress_.notify(sc_core::SC_ZERO_TIME);
        }
        finish_unit();
    }
}

void GemmChip::execute(const LoadCommand& load) {
    const auto bytes = static_cast<std::size_t>(load.rows * load.row_bytes);
    if (load.target == Buffer::parameters) {
        staging_.resize(bytes);
        load_dma_.read(load.segments, staging_.data());
        weight_buffer_.count_write_bits(static_cast<std::int64_t>(bytes) * 8);
        measured_.activity.add("weight_buffer.write_bits", static_cast<std::int64_t>(bytes) * 8);
        return;
    }
    Scratchpad& buffer = load.target == Buffer::activation ? activation_buffer_
                         : load.target == Buffer::weight   ? weight_buffer_
                                                           : vector_buffer_;
    const std::span<std::byte> region = buffer.place(load.half, load.offset, load.region_bytes);
    if (load.rows == 1 && load.row_bytes == load.region_bytes) {
        load_dma_.read(load.segments, region.data());
    } else {
        staging_.resize(bytes);
        load_dma_.read(load.segments, staging_.data());
        std::fill(region.begin(), region.end(), std::byte{0});
        for (std::int64_t row = 0; row < load.rows; ++row)
            std::copy_n(staging_.data() + row * load.row_bytes, load.row_bytes,
                        region.data() + load.first_row_offset + row * load.row_pitch);
    }
    measured_.activity.add(buffer.name() + ".write_bits", load.region_bytes * 8);
}

void GemmChip::array_thread() {
    for (;;) {
        wait(start_);
        for (std::size_t i = 0; i < program_->tiles.size(); ++i) {
            const ArrayTask& task = program_->tiles[i];
            std::int64_t begin = now_cycles();
            wait_until([&] { return tasks_done_ >= task.needs_tasks; }, measured_.wait_output);
            record(UnitSpan::Unit::array, begin, true, "stall: output buffer");
            begin = now_cycles();
            wait_until([&] { return loads_done_ >= task.needs_loads; }, measured_.wait_operands);
            record(UnitSpan::Unit::array, begin, true, "stall: operands");
            PsumTile& psums = psums_[task.psum_half];
            if (task.first_of_psums) psums.clear(task.tile.m(), task.psum_columns);
            ArrayCommand command;
            command.tile = task.tile;
            command.activations =
                activation_buffer_
                    .place(task.activation_half, task.activation_offset,
                           task.tile.activation_bytes())
                    .data();
            command.weights =
                weight_buffer_.place(task.weight_half, task.weight_offset, task.tile.weight_bytes())
                    .data();
            command.activation_tag = {layers_run_, task.activation_content, task.group};
            command.weight_tag = {layers_run_, task.weight_content, task.group};
            command.activation_values = &program_->operands[0];
            command.weight_values = &program_->operands[1];
            command.psums = &psums;
            begin = now_cycles();
            array_->execute(command);
            record(UnitSpan::Unit::array, begin, false, fmt::format("tile {}", i));
            last_tile_end_ = now_cycles();
            ++tiles_done_;
            progress_.notify(sc_core::SC_ZERO_TIME);
        }
        finish_unit();
    }
}

void GemmChip::vector_thread() {
    for (;;) {
        wait(start_);
        // With array tiles the array's waits are the ones that count.
        std::int64_t ignored = 0;
        const bool alone = program_->tiles.empty();
        for (std::size_t i = 0; i < program_->tasks.size(); ++i) {
            const VectorTask& task = program_->tasks[i];
            wait_until(
                [&] { return tiles_done_ >= task.needs_tiles && loads_done_ >= task.needs_loads; },
                alone ? measured_.wait_operands : ignored);
            wait_until([&] { return stores_done_ >= task.needs_stores; },
                       alone ? measured_.wait_output : ignored);
            const std::int64_t begin = now_cycles();
            execute(task);
            std::int64_t cycles = vector_cycles(config_.vector, program_->parameters, task.work);
            if (program_->pool)
                cycles += vector_cycles(config_.vector, program_->pool->parameters, task.pool_work);
            wait(period_ * static_cast<double>(cycles));
            measured_.vector_busy += cycles;
            record(UnitSpan::Unit::vector, begin, false, fmt::format("task {}", i));
            last_task_end_ = now_cycles();
            ++tasks_done_;
            progress_.notify(sc_core::SC_ZERO_TIME);
        }
        finish_unit();
    }
}

void GemmChip::execute(const VectorTask& task) {
    const std::span<std::byte> half =
        vector_buffer_.place(task.half, 0, vector_buffer_.half_bytes());
    const VectorTraffic traffic =
        run_vector_task(*program_, task, half, psums_[task.psum_half].words);
    Activity& activity = measured_.activity;
    activity.add("vector_buffer.read_bits", traffic.read_bits);
    activity.add("vector_buffer.write_bits", traffic.write_bits);
    activity.add("output_buffer.read_bits", traffic.psums_read * accumulator_bits(config_.array));
    count_vector_events(program_->parameters, task.work, activity);
    if (program_->pool) count_vector_events(program_->pool->parameters, task.pool_work, activity);
}

void GemmChip::store_thread() {
    for (;;) {
        wait(start_);
        std::int64_t ignored = 0;
        for (std::size_t i = 0; i < program_->stores.size(); ++i) {
            const StoreCommand& store = program_->stores[i];
            wait_until([&] { return tasks_done_ >= store.needs_tasks; }, ignored);
            const std::int64_t begin = now_cycles();
            for (const StoreCommand::Piece& piece : store.pieces) {
                const auto bytes = vector_buffer_.place(store.half, piece.offset, piece.bytes);
                store_dma_.write(piece.segments, bytes.data());
                measured_.activity.add("vector_buffer.read_bits", piece.bytes * 8);
            }
            record(UnitSpan::Unit::store, begin, false, fmt::format("store {}", i));
            ++stores_done_;
            progress_.notify(sc_core::SC_ZERO_TIME);
        }
        finish_unit();
    }
}

}  // namespace bitloom
