// SPDX-License-Identifier: Apache-2.0
// Global drift compensation: known inputs are multiplied right after programming and later, and
// the ratio of the outputs multiplies every digital output (Joshi et al., Nature Communications
// 2020, Methods). The read-outs are ordinary multiplications, with their noise and their cost.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "models/cim/crossbar/cim_mvm.h"

namespace bitloom {

enum class ReadOutInput {
    one_hot,  // k multiplications, one row at a time with the largest input
    common,   // one multiplication, every row with the largest input
};

// Sum of |acc| of a layer over the read-out: at least 0. Its events begin at `event`.
std::int64_t drift_read_out(const CimMvm& mvm, std::size_t layer, ReadOutInput input,
                            std::uint64_t event, CimCounts& counts);

// first / now; Error naming the layer when `now` is 0 and `first` is not, 1 when both are 0.
double drift_alpha(std::string_view layer, std::int64_t first, std::int64_t now);

}  // namespace bitloom
