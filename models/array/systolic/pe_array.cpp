// SPDX-License-Identifier: Apache-2.0
#include "models/array/systolic/pe_array.h"

#include "models/base/error.h"

namespace bitloom {

PeArray::PeArray(sc_core::sc_module_name name, const SystolicConfig& config,
                 sc_core::sc_time period)
    : SystolicBody(name, config, period) {
    SC_METHOD(on_clock);
    sensitive << tick_;
    dont_initialize();
}

void PeArray::record_waveform(std::shared_ptr<WaveformFile> file) {
    waveform_ = std::make_unique<ArrayWaveform>(std::move(file), config_.rows, config_.columns,
                                                config_.accumulator_bits, period_.value());
}

void PeArray::execute(const ArrayCommand& command) {
    command_ = &command;
    set_operands(command);
    folds_ = folds_of(config_, command.tile, lines());
    const bool output_stationary = config_.dataflow == Dataflow::output_stationary;
    depth_ = output_stationary ? command.tile.k() : command.tile.m();
    interval_ = fold_interval(config_, depth_);
    step_cycles_ = cycles_per_step(config_, command.tile.activation_bits, command.tile.weight_bits);
    const auto fold_count = static_cast<std::int64_t>(folds_.size());
    steps_ = (fold_count - 1) * interval_ + fold_latency(config_, depth_);
    // Every pipeline register is empty between commands; the sums stay as they are.
    cells_.resize(static_cast<std::size_t>(config_.rows * config_.columns));
    for (Cell& each : cells_) {
        const AntPe::State sum = each.state;
        each = Cell{};
        each.state = sum;
    }
    captured_.assign(cells_.size(), Cell{});
    emitted_at_.assign(static_cast<std::size_t>(config_.columns), -1);
    pending_.assign(folds_.size(), {});
    outstanding_ = 0;
    for (std::size_t f = 0; f < folds_.size(); ++f) {
        pending_[f].resize(static_cast<std::size_t>(folds_[f].m_count * folds_[f].n_count));
        outstanding_ += std::ssize(pending_[f]);
    }
    step_ = 0;
    activation_coding_.emplace(activation_decoder());
    row_codes_.assign(static_cast<std::size_t>(config_.rows), {});
    column_psums_.resize(static_cast<std::size_t>(config_.columns));
    tick_.notify(sc_core::SC_ZERO_TIME);
    wait(done_);
    if (waveform_) {
        row_codes_.assign(row_codes_.size(), {});
        show_results();
        show_operands();
    }
    BITLOOM_CHECK(outstanding_ == 0, "{}: every psum left; {} did not", name(), outstanding_);
    counts_.cycles.streaming += fold_count * depth_;
    counts_.cycles.fill_drain += steps_ - fold_count * depth_;
    counts_.cycles.bandwidth += steps_ * (step_cycles_ - 1);
    command_ = nullptr;
}

// Shows the edges up to now and what the last step, if any, has left in the registers. The array
// is enabled in the last cycle of a step.
void PeArray::show_results() {
    const std::uint64_t now = sc_core::sc_time_stamp().value();
    if (step_ > 0)
        for (std::int64_t cycle = 1; cycle < step_cycles_; ++cycle) {
            waveform_->rise(now -
                            period_.value() * static_cast<std::uint64_t>(step_cycles_ - cycle));
            waveform_->set_enable(cycle == step_cycles_ - 1);
        }
    waveform_->rise(now);
    if (step_ == 0) return;
    for (std::int64_t column = 0; column < config_.columns; ++column) {
        const ColumnPsum& shown = column_psums_[static_cast<std::size_t>(column)];
        waveform_->set_psum(column, shown.psum, shown.valid);
    }
    if (!waveform_->shows_accumulators()) return;
    for (std::int64_t row = 0; row < config_.rows; ++row)
        for (std::int64_t column = 0; column < config_.columns; ++column)
            waveform_->set_accumulator(row, column, cell(row, column).state.accumulator);
}

// Shows the operands that lie at the left edge from now on.
void PeArray::show_operands() {
    waveform_->set_enable(step_ < steps_ && step_cycles_ == 1);
    for (std::int64_t row = 0; row < config_.rows; ++row) {
        const RowCode& shown = row_codes_[static_cast<std::size_t>(row)];
        waveform_->set_activation(row, shown.code, shown.valid);
    }
}

void PeArray::on_clock() {
    if (waveform_) {
        show_results();
        row_codes_.assign(row_codes_.size(), {});
        column_psums_.assign(column_psums_.size(), {});
    }
    if (config_.dataflow == Dataflow::output_stationary)
        step_output_stationary(step_);
    else
        step_weight_stationary(step_);
    if (waveform_) show_operands();
    ++step_;
    (step_ < steps_ ? tick_ : done_).notify(period_ * static_cast<double>(step_cycles_));
}

// The operand that enters row `row` in this step, decoded at the boundary.
PeArray::Operand PeArray::activation_at(std::int64_t step, std::int64_t row) {
    const bool output_stationary = config_.dataflow == Dataflow::output_stationary;
    // Weight stationary: the first fold waits R steps for its weights.
    const std::int64_t local = step - row - (output_stationary ? 0 : config_.rows);
    const std::int64_t index = local / interval_;
    const std::int64_t position = local % interval_;
    if (local < 0 || index >= std::ssize(folds_) || position >= depth_) return {};
    const Fold& fold = folds_[static_cast<std::size_t>(index)];
    const std::int64_t used = output_stationary ? fold.m_count : fold.k_count;
    const bool first = position == 0;
    // A row beyond the fold carries no operand, but the swap wave passes through it.
    if (row >= used * lines()) return {{}, false, first, false};
    const std::int64_t m = fold.m_begin + (output_stationary ? row / lines() : position);
    const std::int64_t k = fold.k_begin + (output_stationary ? position : row / lines());
    const int line = static_cast<int>(row % lines());
    const std::uint32_t code = command_->tile.activation_code(command_->activations, m, k);
    if (waveform_)
        row_codes_[static_cast<std::size_t>(row)] = {activation_coding_->line_code(code, line),
                                                     true};
    counts_.decodes += 1;
    // The two nibbles of an 8-bit operand come from one read.
    if (line == 0) counts_.activation_read_bits += command_->tile.activation_bits;
    return {activation_decoder().operand(code, line), true, first, position == depth_ - 1};
}

// Output stationary: the weight that enters the top of `column`. Weight stationary: the weight
// that shifts in, last row first, so that each stops at its own row.
PeArray::Operand PeArray::weight_at(std::int64_t step, std::int64_t column) {
    const bool output_stationary = config_.dataflow == Dataflow::output_stationary;
    const std::int64_t local = step - column;
    const std::int64_t index = local / interval_;
    const std::int64_t position = local % interval_;
    if (local < 0 || index >= std::ssize(folds_)) return {};
    const Fold& fold = folds_[static_cast<std::size_t>(index)];
    const std::int64_t row = output_stationary ? position : config_.rows - 1 - position;
    const std::int64_t k_lines = output_stationary ? fold.k_count : fold.k_count * lines();
    if (position >= (output_stationary ? depth_ : config_.rows)) return {};
    if (column >= fold.n_count * lines() || row >= k_lines) return {};
    const std::int64_t n = fold.n_begin + column / lines();
    const std::int64_t k = fold.k_begin + (output_stationary ? row : row / lines());
    const int line = static_cast<int>(column % lines());
    const std::uint32_t code = command_->tile.weight_code(command_->weights, n, k);
    // Weight stationary: two rows hold the same weight, one for each nibble of the activation; it
    // is read and decoded once and shifts in twice.
    const bool again = !output_stationary && row % lines() != 0;
    if (!again) counts_.decodes += 1;
    if (!again && line == 0) counts_.weight_read_bits += command_->tile.weight_bits;
    return {weight_decoder().operand(code, line), true, false, false};
}

void PeArray::emit(std::int64_t fold_index, std::int64_t row, std::int64_t column,
                   std::int64_t position, const AntPe::State& state, std::int64_t exact) {
    BITLOOM_CHECK(emitted_at_[static_cast<std::size_t>(column)] != step_,
                  "{}: column {} has one psum on its bus in step {}", name(), column, step_);
    emitted_at_[static_cast<std::size_t>(column)] = step_;
    const bool output_stationary = config_.dataflow == Dataflow::output_stationary;
    const Fold& fold = folds_[static_cast<std::size_t>(fold_index)];
    const std::int64_t m = output_stationary ? row / lines() : position;
    const std::int64_t n = column / lines();
    Pending& pending = pending_[static_cast<std::size_t>(fold_index)]
                               [static_cast<std::size_t>(m * fold.n_count + n)];
    pending.psum = wrap_to_bits(pending.psum + state.accumulator, config_.accumulator_bits);
    pending.exact += exact;
    const int parts = output_stationary ? lines() * lines() : lines();
    if (++pending.parts < parts) return;
    column_psums_[static_cast<std::size_t>(column)] = {pending.psum, true};

    const ConvolutionTile& tile = command_->tile;
    const bool add = tile.accumulate || fold.k_begin > tile.k_begin;
    std::int32_t& word = command_->psums->words[static_cast<std::size_t>(
        (fold.m_begin + m) * command_->psums->columns + tile.psum_column + fold.n_begin + n)];
    const std::int64_t sum = (add ? word : 0) + pending.psum;
    word = static_cast<std::int32_t>(wrap_to_bits(sum, config_.accumulator_bits));
    counts_.overflows += (pending.psum != pending.exact) + (word != sum);
    counts_.psum_words += 1;
    counts_.output_write_bits += config_.accumulator_bits;
    if (add) counts_.output_read_bits += config_.accumulator_bits;
    --outstanding_;
}

// The captured psums of a fold leave at the bottom row, R steps after the fold has ended.
void PeArray::shift_captured(std::int64_t step) {
    const std::int64_t local = step - (depth_ + config_.rows + config_.columns - 2);
    const std::int64_t fold = local / interval_;
    const std::int64_t shifted = local % interval_;
    if (local < 0 || shifted >= config_.rows || fold >= std::ssize(folds_)) return;
    for (std::int64_t column = 0; column < config_.columns; ++column) {
        const auto at = [&](std::int64_t row) -> Cell& {
            return captured_[static_cast<std::size_t>(row * config_.columns + column)];
        };
        if (at(config_.rows - 1).psum_valid)
            emit(fold, config_.rows - 1 - shifted, column, 0, at(config_.rows - 1).state,
                 at(config_.rows - 1).exact);
        for (std::int64_t row = config_.rows - 1; row > 0; --row) at(row) = at(row - 1);
        at(0) = Cell{};
    }
}

void PeArray::step_output_stationary(std::int64_t step) {
    if (config_.drain == Drain::shift) shift_captured(step);
    // Bottom right first: each PE reads what its neighbours held before this edge.
    for (std::int64_t row = config_.rows - 1; row >= 0; --row)
        for (std::int64_t column = config_.columns - 1; column >= 0; --column) {
            Cell& pe = cell(row, column);
            pe.activation =
                column > 0 ? cell(row, column - 1).activation : activation_at(step, row);
            pe.weight = row > 0 ? cell(row - 1, column).weight : weight_at(step, column);
            const AntPe::Inputs inputs{pe.activation.valid && pe.weight.valid, pe.activation.first,
                                       pe.activation.value, pe.weight.value};
            if (!inputs.valid) continue;
            pe.state = AntPe::next(pe.state, inputs, config_.accumulator_bits);
            pe.exact =
                (inputs.clear ? 0 : pe.exact) + AntPe::product(inputs.activation, inputs.weight);
            counts_.macs += 1;
            if (!pe.activation.last) continue;
            if (config_.drain == Drain::bus) {
                const std::int64_t fold = (step - row - column) / interval_;
                emit(fold, row, column, 0, pe.state, pe.exact);
            } else {
                Cell& slot = captured_[static_cast<std::size_t>(row * config_.columns + column)];
                BITLOOM_CHECK(!slot.psum_valid, "{}: a captured psum is shifted out in time",
                              name());
                slot.state = pe.state;
                slot.exact = pe.exact;
                slot.psum_valid = true;
            }
        }
}

void PeArray::step_weight_stationary(std::int64_t step) {
    for (std::int64_t row = config_.rows - 1; row >= 0; --row)
        for (std::int64_t column = config_.columns - 1; column >= 0; --column) {
            Cell& pe = cell(row, column);
            const Cell above = row > 0 ? cell(row - 1, column) : Cell{};
            pe.activation =
                column > 0 ? cell(row, column - 1).activation : activation_at(step, row);
            // The swap wave takes the shadow weight as it was before this edge.
            if (pe.activation.first) pe.active_weight = pe.weight.value;
            // Row r of the shadow chain shifts in the last R - r of the R steps of a load, so that
            // a weight stops at its row and none is disturbed before its swap.
            const std::int64_t load = step - column;
            if (load >= 0 && load % interval_ >= row && load % interval_ < config_.rows)
                pe.weight = row > 0 ? above.weight : weight_at(step, column);
            const bool moving = row > 0 && above.psum_valid;
            const AntPe::State psum = moving ? above.state : AntPe::State{};
            const AntPe::Inputs inputs{pe.activation.valid, false, pe.activation.value,
                                       pe.active_weight};
            const std::int64_t index = step - row - column - config_.rows;
            const std::int64_t fold = index / interval_;
            const bool used = inputs.valid && index >= 0 && fold < std::ssize(folds_) &&
                              column < folds_[static_cast<std::size_t>(fold)].n_count * lines();
            pe.psum_valid = moving || used;
            pe.state = used ? AntPe::next(psum, inputs, config_.accumulator_bits) : psum;
            pe.exact = (moving ? above.exact : 0) +
                       (used ? AntPe::product(inputs.activation, inputs.weight) : 0);
            counts_.macs += used;
            if (row == config_.rows - 1 && pe.psum_valid)
                emit(fold, row, column, index % interval_, pe.state, pe.exact);
        }
}

}  // namespace bitloom
