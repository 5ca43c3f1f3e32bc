// SPDX-License-Identifier: Apache-2.0
// What a sequencer puts on the pins of rtl/systolic_array.sv in each step of a command: whole
// vectors, without skew (the array delays its lines itself). It knows the schedule and the
// scratchpads and nothing of what happens inside the array.
#pragma once

#include <cstdint>
#include <vector>

#include "models/array/systolic/array_pins.h"
#include "models/array/systolic/systolic_body.h"

namespace bitloom {

// How the codes of a format reach a line of the array.
struct LineCoding {
    std::uint8_t type = 0;  // of ant_decoder.sv: 0 integer, 1 flint, 2 power of two; +4 signed
    bool narrow = false;    // flint of 3 bits, which has a decoder of its own
    int bits = 4;
    int lines = 1;

    explicit LineCoding(const AntDecoder& decoder);
    // The 4 bits of code on `line`; shorter integers and powers of two are widened to 4 bits with
    // the same value.
    std::uint32_t line_code(std::uint32_t code, int line) const;
};

class SystolicSequencer {
public:
    // The command must outlive this object; at most 16 x 16 lines.
    SystolicSequencer(const SystolicConfig& config, const ArrayCommand& command,
                      const AntDecoder& activation, const AntDecoder& weight);

    std::int64_t steps() const { return steps_; }
    std::int64_t depth() const { return depth_; }
    int lines() const { return lines_; }
    const std::vector<Fold>& folds() const { return folds_; }
    // The pins that do not change while the command runs; all others idle.
    ArrayPins idle() const;
    ArrayPins at(std::int64_t step) const;  // 0..steps()-1, without enable

private:
    void put_activations(ArrayPins& pins, const Fold& fold, std::int64_t position) const;
    void put_weights(ArrayPins& pins, const Fold& fold, std::int64_t position) const;
    bool output_stationary() const { return config_.dataflow == Dataflow::output_stationary; }

    const SystolicConfig config_;
    const ArrayCommand& command_;
    LineCoding activation_coding_;
    LineCoding weight_coding_;
    int lines_;
    std::vector<Fold> folds_;
    std::int64_t depth_;
    std::int64_t interval_;
    std::int64_t steps_;
};

}  // namespace bitloom
