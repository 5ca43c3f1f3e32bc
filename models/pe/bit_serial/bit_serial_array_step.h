// SPDX-License-Identifier: Apache-2.0
// An array of bit-serial PEs, one clock edge at a time: the C++ twin of rtl/bit_serial_array.sv.
// The words of an activation row go to all PEs of the row, those of a weight column to all PEs of
// the column: one pair of planes, one word of the reduction a cycle. Three register stages:
// operands; accumulators; results, which take a copy of all accumulators behind the last words of a
// tile and are read row by row while the next tile accumulates.
#pragma once

#include <cstdint>
#include <vector>

#include "models/pe/bit_serial/bit_serial_pe.h"

namespace bitloom {

class BitSerialArrayStep {
public:
    struct Inputs {
        BitSerialPe::Control control;
        bool last = false;  // last words of a tile; only with control.valid
        // Words of at most 64 bits; bits beyond the word are 0.
        std::vector<std::uint64_t> activations;  // one a row
        std::vector<std::uint64_t> masks;        // one a row: padded positions differ by row
        std::vector<std::uint64_t> weights;      // one a column
    };

    // Cycles from the edge that takes the last words of a tile to the cycle in which its results
    // can be read: the constant L beside the words of a tile.
    static constexpr int latency_cycles = 3;

    BitSerialArrayStep(int rows, int columns)
        : rows_(rows),
          columns_(columns),
          pes_(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns)),
          results_(pes_.size()) {}

    int rows() const { return rows_; }
    int columns() const { return columns_; }

    // Results are new in this cycle; they stay until the next tile's.
    bool valid() const { return results_new_; }
    std::int32_t result(int row, int column) const { return results_[index(row, column)]; }
    // What the accumulators hold: of waveforms and tests.
    std::int32_t accumulator(int row, int column) const {
        return pes_[index(row, column)].accumulator;
    }

    void reset() { *this = BitSerialArrayStep(rows_, columns_); }

    // One clock edge. Without control.valid the vectors may be empty.
    void edge(const Inputs& inputs) {
        // From the last stage to the first: each takes what the stage before held.
        results_new_ = last_q2_;
        if (last_q2_)
            for (std::size_t i = 0; i < pes_.size(); ++i) results_[i] = pes_[i].accumulator;
        last_q2_ = operands_.control.valid && operands_.last;
        if (operands_.control.valid)
            for (int r = 0; r < rows_; ++r)
                for (int c = 0; c < columns_; ++c) step(r, c);
        operands_ = inputs;
    }

private:
    std::size_t index(int row, int column) const {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
               static_cast<std::size_t>(column);
    }
    void step(int row, int column) {
        const auto r = static_cast<std::size_t>(row), c = static_cast<std::size_t>(column);
        BitSerialPe::State& pe = pes_[index(row, column)];
        pe = BitSerialPe::next(pe, {operands_.control,
                                    {&operands_.activations[r], 1},
                                    {&operands_.weights[c], 1},
                                    {&operands_.masks[r], 1}});
    }

    int rows_;
    int columns_;
    Inputs operands_;
    std::vector<BitSerialPe::State> pes_;
    bool last_q2_ = false;  // the accumulators hold a whole tile
    std::vector<std::int32_t> results_;
    bool results_new_ = false;
};

}  // namespace bitloom
