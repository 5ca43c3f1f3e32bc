// SPDX-License-Identifier: Apache-2.0
#include "models/array/systolic/rtl_array.h"

#include <bit>

#include "models/base/error.h"
#include "models/pe/ant_pe/ant_pe.h"

namespace bitloom {

RtlArray::RtlArray(sc_core::sc_module_name name, const SystolicConfig& config,
                   sc_core::sc_time period)
    : SystolicBody(name, config, period), array_(make_verilated_array(config)) {
    SC_METHOD(on_clock);
    sensitive << tick_;
    dont_initialize();
}

RtlArray::~RtlArray() {
    if (risen_) array_->dump(last_rise_ps_);
}

void RtlArray::record_waveform(std::shared_ptr<WaveformFile> file) {
    array_->open_waveform(std::move(file));
    recording_ = true;
}

void RtlArray::execute(const ArrayCommand& command) {
    command_ = &command;
    set_operands(command);
    sequencer_.emplace(config_, command, activation_decoder(), weight_decoder());
    step_cycles_ = cycles_per_step(config_, command.tile.activation_bits, command.tile.weight_bits);
    next_psums_.assign(static_cast<std::size_t>(config_.columns), {});
    outstanding_ = 0;
    for (const Fold& fold : sequencer_->folds()) outstanding_ += fold.m_count * fold.n_count;
    step_ = cycle_ = 0;
    array_->drive(sequencer_->idle());
    rise();
    present_step();
    tick_.notify(period_);
    wait(done_);
    BITLOOM_CHECK(outstanding_ == 0, "{}: every psum left; {} did not", name(), outstanding_);
    const auto fold_count = static_cast<std::int64_t>(sequencer_->folds().size());
    counts_.cycles.streaming += fold_count * sequencer_->depth();
    counts_.cycles.fill_drain += step_ - fold_count * sequencer_->depth();
    counts_.cycles.bandwidth += step_ * (step_cycles_ - 1);
    command_ = nullptr;
}

// A rising edge of the clock, now. The waveform shows each point of time once, as it ended.
void RtlArray::rise() {
    const std::uint64_t now = sc_core::sc_time_stamp().value();
    if (risen_ && now != last_rise_ps_) array_->dump(last_rise_ps_);
    array_->clock(false);
    if (risen_ && now != last_rise_ps_) array_->dump(last_rise_ps_ + period_.value() / 2);
    array_->clock(true);
    risen_ = recording_;
    last_rise_ps_ = now;
}

// Puts the operands of step_ at the pins.
void RtlArray::present_step() {
    const bool running = step_ < sequencer_->steps();
    pins_ = running ? sequencer_->at(step_) : sequencer_->idle();
    pins_.enable = running && step_cycles_ == 1;
    array_->drive(pins_);
}

void RtlArray::on_clock() {
    if (pins_.enable) {
        const int lines = sequencer_->lines();
        const ConvolutionTile& tile = command_->tile;
        counts_.macs += array_->macs();
        counts_.decodes +=
            std::popcount(array_->activation_decodes()) + std::popcount(array_->weight_decodes());
        counts_.activation_read_bits +=
            std::popcount(pins_.activation_valid) / lines * tile.activation_bits;
        counts_.weight_read_bits += std::popcount(pins_.weight_valid) / lines * tile.weight_bits;
    }
    rise();
    if (pins_.enable) {
        take_psums();
        ++step_;
        cycle_ = 0;
        present_step();
    } else {
        ++cycle_;
        pins_.enable = cycle_ == step_cycles_ - 1;
        array_->drive(pins_);
    }
    if (step_ < sequencer_->steps())
        tick_.notify(period_);
    else
        done_.notify();
}

// A column gives the psums of the folds that use it; in 8-bit mode the odd one of a pair does.
bool RtlArray::gives_psums(const Fold& fold, std::int64_t column) const {
    const int lines = sequencer_->lines();
    return column % lines == lines - 1 && column / lines < fold.n_count;
}

void RtlArray::take_psums() {
    const std::vector<Fold>& folds = sequencer_->folds();
    for (std::uint32_t left = array_->psum_valid(); left != 0; left &= left - 1) {
        const std::int64_t column = std::countr_zero(left);
        NextPsum& next = next_psums_[static_cast<std::size_t>(column)];
        while (next.fold < folds.size() &&
               (!gives_psums(folds[next.fold], column) || next.index == folds[next.fold].m_count)) {
            ++next.fold;
            next.index = 0;
        }
        BITLOOM_CHECK(next.fold < folds.size(), "{}: column {} has a psum to give in step {}",
                      name(), column, step_);
        const Fold& fold = folds[next.fold];
        // The shift drain gives the lowest row first.
        const bool shift =
            config_.dataflow == Dataflow::output_stationary && config_.drain == Drain::shift;
        const std::int64_t m = shift ? fold.m_count - 1 - next.index : next.index;
        store(fold, m, column / sequencer_->lines(), array_->psum(column));
        ++next.index;
    }
}

void RtlArray::store(const Fold& fold, std::int64_t m, std::int64_t n, std::int32_t psum) {
    const ConvolutionTile& tile = command_->tile;
    const AntDecoder& activation = activation_decoder();
    const AntDecoder& weight = weight_decoder();
    // No signal of the RTL tells that a sum has wrapped; where it may have, the exact sum does.
    std::int64_t exact = psum;
    const std::int64_t limit = (std::int64_t{1} << (config_.accumulator_bits - 1)) - 1;
    if (fold.k_count * activation.max_magnitude() * weight.max_magnitude() > limit) {
        exact = 0;
        for (std::int64_t k = fold.k_begin; k < fold.k_begin + fold.k_count; ++k)
            exact += std::int64_t{activation.value(
                         tile.activation_code(command_->activations, fold.m_begin + m, k))} *
                     weight.value(tile.weight_code(command_->weights, fold.n_begin + n, k));
    }
    const bool add = tile.accumulate || fold.k_begin > tile.k_begin;
    std::int32_t& word = command_->psums->words[static_cast<std::size_t>(
        (fold.m_begin + m) * command_->psums->columns + tile.psum_column + fold.n_begin + n)];
    const std::int64_t sum = (add ? word : 0) + std::int64_t{psum};
    word = static_cast<std::int32_t>(wrap_to_bits(sum, config_.accumulator_bits));
    counts_.overflows += (psum != exact) + (word != sum);
    counts_.psum_words += 1;
    counts_.output_write_bits += config_.accumulator_bits;
    if (add) counts_.output_read_bits += config_.accumulator_bits;
    --outstanding_;
}

}  // namespace bitloom
