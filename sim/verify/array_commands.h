// SPDX-License-Identifier: Apache-2.0
// Random commands for a systolic array of a given size: every pair of formats, windows, slices of
// channels and of K, partial folds, sums that start at other psums and wrap.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "models/array/systolic/systolic_body.h"
#include "sim/verify/verify_run.h"

namespace bitloom {

// A command with what it points to.
struct ArrayWork {
    ConvolutionTile tile;
    const Format* activation = nullptr;
    const Format* weight = nullptr;
    std::vector<std::byte> activations, weights;
    PsumTile start;  // psums before the command

    std::string describe() const;
};

// The pairs of formats that an array takes together: two of up to 4 bits, then two 8-bit integers.
inline constexpr std::size_t wide_format_pairs = 4;  // at the end
const std::vector<std::pair<const Format*, const Format*>>& array_format_pairs();

// Shapes around the array's: fewer, as many and twice as many lines.
ArrayWork draw_array_work(Draws& draws, const SystolicConfig& array, std::size_t format_pair);

}  // namespace bitloom
