// SPDX-License-Identifier: Apache-2.0
// Tensors of a trace: packed codes, words, its data set and the float network's results.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "workloads/import/network.h"
#include "workloads/quantize/encodings.h"
#include "workloads/trace/trace.h"

namespace bitloom {

// U8: codes of a format of `bits` bits, packed. 1..8.
Tensor packed_tensor(std::span<const std::uint8_t> codes, int bits);

// I16: round(value / scale), ties away from zero, saturated. scale > 0.
Tensor word_tensor(Shape shape, std::span<const float> values, double scale);

// The step s such that every value is exactly the float product of s and an integer -128..127, or
// nothing. Data sets stored as bytes have one; the largest such s is found.
std::optional<float> int8_step(std::span<const float> values);

// Adds dataset/inputs (I8 and provenance "dataset_scale" where the inputs have an int8 step, else
// F32) and dataset/labels; nothing for a data set without inputs.
void add_dataset(const Dataset& dataset, std::optional<float> step, Manifest& manifest,
                 std::map<std::string, Tensor>& tensors);

// Adds reference/input and reference/<layer> from the float network's activations for one input.
void add_references(const Network& network, const EncodedManifest& built,
                    const std::map<std::string, std::vector<float>>& activations,
                    std::map<std::string, Tensor>& tensors);

}  // namespace bitloom
