// SPDX-License-Identifier: Apache-2.0
// Cycles that depend on the codes: dynamic precision (Loom), essential bits (Pragmatic) and the
// static schedule of weights (Bit-Tactical), as DNNsim counts them (isakedo/DNNsim; read for its
// rules). Worked examples: the README beside this file.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/array/bit_serial/bit_serial_config.h"
#include "models/array/bit_serial/code_matrix.h"
#include "models/pe/bit_serial/bit_operand.h"

namespace bitloom {

// Planes that a lane of Loom sends for a code: the bits of its magnitude, and one more for the sign
// of a negative number, at most all of the operand's; a bipolar code has no plane without a value.
// 0 for the value zero.
int significant_planes(const BitOperand& operand, std::uint32_t code);

// Shifts of the terms that a lane of Pragmatic sends for a code, bit s for 2^s: the set bits of its
// magnitude (the sign goes beside them); all planes of a bipolar code.
std::uint32_t essential_bits(const BitOperand& operand, std::uint32_t code);

// Bit i of [s]: lane i (of up to 64) has a term of shift s.
using LaneShifts = std::array<std::uint64_t, 8>;

// Cycles of one dot-product unit of Pragmatic: a cycle takes from each lane its lowest term unless
// it lies more than 2^B - 1 above the lowest of all lanes (two-stage shifting); at least 1.
int pragmatic_cycles(LaneShifts lanes, int first_stage_bits);

// Where a slot of (line, lane) may find a weight: (lines ahead, lanes aside), in the order of
// preference. Lookahead H: (h, 0). Shape t adds D positions (1,1) (1,-1) (2,2) (2,-2) (1,3) ...,
// lines ahead returning to 1 behind H; shape l adds (1,-1) .. (1,-D). Sorted.
struct SearchOffset {
    int lines = 1, lanes = 0;
    auto operator<=>(const SearchOffset&) const = default;
};
std::vector<SearchOffset> search_offsets(const BitSerialConfig& config);

// The weights of a fold's columns, rearranged for Bit-Tactical. K is cut into lines of `lanes`
// positions. Line by line and column by column, as long as an idle slot of the line has a non-zero
// weight within reach, the slot with the most such weights (of equals the lowest lane) takes the
// first of them. A line in which nothing is left is skipped, at most `lookahead` in a row; a fold
// has at least one step (its sums have to be cleared and written).
struct TacticalSchedule {
    struct Step {
        std::int64_t line = 0;   // the last line that the step makes free
        std::int64_t lines = 1;  // lines read since the step before: 1 + those skipped
    };
    std::int64_t columns = 0, lanes = 0;
    std::vector<Step> steps;
    std::vector<std::int32_t> position;  // [step][column][lane]: index of K, or -1 for none
    const std::int32_t* slots(std::int64_t step, std::int64_t column) const {
        return position.data() + (step * columns + column) * lanes;
    }
};
TacticalSchedule tactical_schedule(const BitSerialConfig& config, const BitOperand& weight,
                                   const CodeMatrix& weights, std::int64_t column_begin,
                                   std::int64_t column_count);

}  // namespace bitloom
