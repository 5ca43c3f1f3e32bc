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
Trace random_network_trace(std::uint64_t seed);

// Keys of a chip that can hold every layer of the trace: array, dataflow, drain, ports, lanes, DMA,
// memory; each buffer is just sufficient, random or large.
KeyValues random_chip_keys(std::uint64_t seed, const Trace& trace);

// models/chip/ant.ini with these keys.
ChipDescription chip_with(const KeyValues& keys);

// "array.rows=4 ..." for messages.
std::string text_of(const KeyValues& keys);

}  // namespace bitloom::test
