// SPDX-License-Identifier: Apache-2.0
// The array with every PE stepped in every cycle: operands move one PE a step, skewed by row and
// column; each PE is AntPe::next. It never computes a psum or a count in any other way.
#pragma once

#include <optional>

#include "models/array/systolic/array_waveform.h"
#include "models/array/systolic/systolic_body.h"
#include "models/array/systolic/systolic_sequencer.h"
#include "models/pe/ant_pe/ant_pe.h"

namespace bitloom {

class PeArray final : public SystolicBody {
public:
    SC_HAS_PROCESS(PeArray);
    PeArray(sc_core::sc_module_name name, const SystolicConfig& config, sc_core::sc_time period);
    void execute(const ArrayCommand& command) override;
    void record_waveform(std::shared_ptr<WaveformFile> file) override;

private:
    struct Operand {
        BaseExponent value;
        bool valid = false;
        bool first =
            false;  // clears the sum (output stationary), swaps the weight (weight stationary)
        bool last = false;  // completes the sum
    };
    struct Cell {
        Operand activation;  // moves right
        Operand weight;      // moves down (output stationary) or shadow weight that shifts in
        BaseExponent active_weight;  // weight stationary
        AntPe::State state;       // output stationary: the sum; weight stationary: psum moving down
        std::int64_t exact = 0;   // the same sum without wrapping, to count overflows
        bool psum_valid = false;  // weight stationary
    };
    // A psum on its way to the output scratchpad; in 8-bit mode four PEs contribute to it.
    struct Pending {
        std::int64_t psum = 0;
        std::int64_t exact = 0;
        int parts = 0;
    };

    // What a psum's column shows after a step.
    struct ColumnPsum {
        std::int64_t psum = 0;
        bool valid = false;
    };
    struct RowCode {
        std::uint32_t code = 0;
        bool valid = false;
    };

    void on_clock();  // the only process
    void show_results();
    void show_operands();
    void step_output_stationary(std::int64_t step);
    void step_weight_stationary(std::int64_t step);
    Operand activation_at(std::int64_t step, std::int64_t row);
    Operand weight_at(std::int64_t step, std::int64_t column);
    void shift_captured(std::int64_t step);
    void emit(std::int64_t fold, std::int64_t row, std::int64_t column, std::int64_t index,
              const AntPe::State& state, std::int64_t exact);
    Cell& cell(std::int64_t row, std::int64_t column) {
        return cells_[static_cast<std::size_t>(row * config_.columns + column)];
    }

    // registers
    std::vector<Cell> cells_;
    std::vector<Cell> captured_;  // shift drain
    std::int64_t step_ = 0;

    // the command being executed
    const ArrayCommand* command_ = nullptr;
    std::vector<Fold> folds_;
    std::vector<std::vector<Pending>> pending_;  // by fold
    std::vector<std::int64_t> emitted_at_;       // by column: last step with a psum on its bus
    std::int64_t depth_ = 1;
    std::int64_t interval_ = 1;
    std::int64_t steps_ = 0;
    std::int64_t step_cycles_ = 1;
    std::int64_t outstanding_ = 0;  // psums that have not left yet

    // the waveform, with what the last step put on the edges
    std::unique_ptr<ArrayWaveform> waveform_;
    std::optional<LineCoding> activation_coding_;
    std::vector<RowCode> row_codes_;
    std::vector<ColumnPsum> column_psums_;

    sc_core::sc_event tick_;
    sc_core::sc_event done_;
};

}  // namespace bitloom
