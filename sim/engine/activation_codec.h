// SPDX-License-Identifier: Apache-2.0
// Activations between real values and the bytes that lie in the chip's memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "workloads/trace/trace.h"

namespace bitloom {

// Vectors (last axis) start on bytes.
std::int64_t vector_bytes(const Activation& a);
std::int64_t vector_count(const Activation& a);

// Codes of a real tensor, as the host hands them to the chip.
std::vector<std::byte> encode_activation(const Activation& a, std::span<const float> values);
// Real values of packed codes.
std::vector<double> decode_activation(const Activation& a, std::span<const std::byte> bytes);

// Input `index` of the data set as real values. Throws Error for 8-bit inputs without their scale.
std::vector<float> dataset_input(const Trace& trace, std::int64_t index);

// Activations that no layer produces, in order of name.
std::vector<std::string> external_inputs(const Manifest& manifest);

}  // namespace bitloom
