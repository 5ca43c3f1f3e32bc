// SPDX-License-Identifier: Apache-2.0
// Random traces of every operator and random chips for them. Everything follows from the seed.
#pragma once

#include <cstdint>
#include <string>

#include "sim/config/read.h"
#include "sim/engine/chip_description.h"
#include "workloads/trace/trace.h"

namespace bitloom::test {

// Layers over images, sequences and batches of matrices: several encodings of a result, residuals,
// clamps, scales a channel, biases, moved codes of any format of up to 8 bits. Small: at most about
// a million multiplications.
// Operands of conv2d, gemm and matmul are of formats that the kind of array takes; an analog one
// has no matmul.
enum class ArrayKind { systolic, bit_serial, analog };
Trace random_network_trace(std::uint64_t seed, ArrayKind kind = ArrayKind::systolic);

// Keys of a chip of the kind that can hold every layer of the trace: array, dataflow, drain, ports,
// lanes, DMA, memory; each buffer is just sufficient, random or large. has_rtl: an array of a size
// of which there is RTL, with an accumulator of 32 bits.
KeyValues random_chip_keys(std::uint64_t seed, const Trace& trace, bool has_rtl = false,
                           ArrayKind kind = ArrayKind::systolic);

// models/chip/ant.ini, apnn_tc.ini or aon_cim.ini with these keys.
ChipDescription chip_with(const KeyValues& keys, ArrayKind kind = ArrayKind::systolic);

// "array.rows=4 ..." for messages.
std::string text_of(const KeyValues& keys);

}  // namespace bitloom::test
