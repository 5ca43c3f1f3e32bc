// SPDX-License-Identifier: Apache-2.0
// The convolutions of a trace through oneDNN's int8 primitives, as the yardstick of speed.
#pragma once

#include <cstdint>

#include "workloads/trace/trace.h"

namespace bitloom {

// Runs every conv2d and gemm layer (u8 activations, s8 weights, s32 sums; weights reordered
// beforehand, random data) and returns the seconds of one pass over all of them, best of `runs`.
double onednn_seconds(const Manifest& manifest, int runs);

}  // namespace bitloom
