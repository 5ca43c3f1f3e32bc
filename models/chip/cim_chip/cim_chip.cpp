// SPDX-License-Identifier: Apache-2.0
#include "models/chip/cim_chip/cim_chip.h"

#include <algorithm>

#include "models/base/error.h"
#include "models/chip/gemm_chip/vector_task.h"

namespace bitloom {

void scale_sums(std::span<std::int32_t> sums, int fraction_bits) {
    for (std::int32_t& sum : sums) sum *= std::int32_t{1} << fraction_bits;
}

CimChip::CimChip(sc_core::sc_module_name module_name, const CimChipConfig& config,
                 const CimMvm& mvm)
    : sc_module(module_name),
      config_(config),
      period_(static_cast<double>(1'000'000'000'000 / config.clock_hz), sc_core::SC_PS),
      mvm_(mvm),
      memory_(static_cast<std::size_t>(config.activation_sram_bytes)) {
    if (config.fidelity != "tile") {
        const CimTiming timing = cim_timing(config);
        for (int i = 0; i < mvm.snapshot().placement->arrays; ++i)
            arrays_.push_back(std::make_unique<CimArray>(fmt::format("array{}", i).c_str(), mvm,
                                                         timing, period_));
    }
    SC_THREAD(fetch_thread);
    SC_THREAD(array_thread);
    SC_THREAD(vector_thread);
}

std::int64_t CimChip::now_cycles() const {
    return static_cast<std::int64_t>(sc_core::sc_time_stamp().value() / period_.value());
}

std::span<const std::byte> CimChip::operand() const {
    return std::span<const std::byte>(memory_).subspan(
        static_cast<std::size_t>(program_->product->activations));
}

template <class Ready>
void CimChip::wait_until(Ready ready) {
    while (!ready()) wait(progress_);
}

CimMeasurement CimChip::run(const CimLayerProgram& program, std::uint64_t event) {
    program_ = &program;
    event_ = event;
    const Placement& placement = *mvm_.snapshot().placement;
    stages_ = layer_stages(config_, placement, program);
    measured_ = {};
    measured_.begin_cycle = now_cycles();
    measured_.stages = stages_;
    count_layer_events(program, measured_.activity);
    if (program.product && !arrays_.empty()) {
        blocks_ = blocks_by_array(placement, program.product->matrix);
        used_.clear();
        for (const auto& blocks : blocks_)
            used_.push_back(
                arrays_[static_cast<std::size_t>(placement.blocks[blocks[0]].array)].get());
        fetched_ = started_ = multiplied_ = finished_ = 0;
        start_.notify(sc_core::SC_ZERO_TIME);
        wait(done_);
        for (CimArray* array : used_) measured_.counts += array->take_counts();
        // Every array counts its own blocks; input vectors are the layer's.
        measured_.counts.vectors = stages_.positions;
    } else {
        run_tile();
        edges(stages_.total());
    }
    if (program.product)
        count_array_events(config_, placement, program, measured_.counts, measured_.activity);
    measured_.cycles = now_cycles() - measured_.begin_cycle;
    program_ = nullptr;
    return std::move(measured_);
}

// A whole layer at once; also the layers without product, which are one task of the vector unit.
void CimChip::run_tile() {
    std::vector<std::int32_t> psums;
    if (program_->product) {
        const CimProduct& product = *program_->product;
        const std::int64_t positions = product.im2col.positions();
        psums.resize(static_cast<std::size_t>(positions * product.outputs));
        mvm_.multiply(product.matrix, product.im2col.gather_all(operand()), positions, event_,
                      psums, measured_.counts);
        scale_sums(psums, product.fraction_bits);
    }
    run_vector_task(program_->vector, program_->task, memory_, psums);
}

void CimChip::fetch_thread() {
    for (;;) {
        wait(start_);
        const Im2col& im2col = program_->product->im2col;
        for (std::int64_t p = 0; p < stages_.positions; ++p) {
            wait_until([&] { return started_ >= p; });  // one of the two rows is free
            std::vector<std::int8_t>& row = rows_[p % 2];
            row.resize(static_cast<std::size_t>(im2col.rows()));
            im2col.gather(operand(), p, row);
            edges(stages_.fetch);
            ++fetched_;
            progress_.notify(sc_core::SC_ZERO_TIME);
        }
    }
}

void CimChip::start_arrays(std::int64_t position) {
    Slot& slot = sums_[position % slots];
    slot.sums.assign(static_cast<std::size_t>(program_->product->outputs), 0);
    for (std::size_t i = 0; i < used_.size(); ++i)
        used_[i]->start({blocks_[i], rows_[position % 2],
                         event_ + static_cast<std::uint64_t>(position), slot.sums});
}

void CimChip::array_thread() {
    for (;;) {
        wait(start_);
        for (std::int64_t p = 0; p < stages_.positions; ++p) {
            wait_until([&] { return fetched_ > p && finished_ > p - slots; });
            start_arrays(p);
            ++started_;
            progress_.notify(sc_core::SC_ZERO_TIME);
            for (CimArray* array : used_)
                while (!array->idle()) wait(array->done());
            sums_[p % slots].ready_cycle = now_cycles() + stages_.tail;
            ++multiplied_;
            progress_.notify(sc_core::SC_ZERO_TIME);
        }
    }
}

// The task of the whole layer, cut down to one output position.
VectorTask CimChip::task_of(std::int64_t position) const {
    VectorTask task = program_->task;
    task.work.rows = 1;
    for (std::size_t i = 0; i < task.inputs.size(); ++i) {
        task.input_elements[i] = task.work.features;
        task.inputs[i] += position * task.work.features * 2;
    }
    const auto& outputs = program_->vector.parameters.outputs;
    for (std::size_t i = 0; i < task.outputs.size(); ++i)
        task.outputs[i] += position * outputs[i].vector_bytes(task.work.features);
    return task;
}

void CimChip::vector_thread() {
    for (;;) {
        wait(start_);
        for (std::int64_t p = 0; p < stages_.positions; ++p) {
            wait_until([&] { return multiplied_ > p; });
            Slot& slot = sums_[p % slots];
            if (slot.ready_cycle > now_cycles()) edges(slot.ready_cycle - now_cycles());
            scale_sums(slot.sums, program_->product->fraction_bits);
            run_vector_task(program_->vector, task_of(p), memory_, slot.sums);
            edges(stages_.finish);
            ++finished_;
            progress_.notify(sc_core::SC_ZERO_TIME);
        }
        edges(stages_.latency);
        done_.notify(sc_core::SC_ZERO_TIME);
    }
}

}  // namespace bitloom
