// SPDX-License-Identifier: Apache-2.0
// The arrays that a chip may have, and what a chip and its mapper ask of any of them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "models/array/array_body.h"
#include "models/array/bit_serial/bit_serial_config.h"
#include "models/array/systolic/systolic_timing.h"
#include "models/energy/energy_account.h"

namespace bitloom {

using ArrayConfig = std::variant<SystolicConfig, BitSerialConfig>;

// Throws Error for a fidelity that the array does not have ("tile", "pe", some "rtl"), and for an
// array that the RTL is not built for.
std::unique_ptr<ArrayBody> make_array(const std::string& fidelity, const char* name,
                                      const ArrayConfig& config, sc_core::sc_time period);

int accumulator_bits(const ArrayConfig& config);

// Throws Error, without a place, when the array does not take these formats, or not together.
void require_operands(const ArrayConfig& config, const Format& activation, const Format& weight);

// Cycles of a command of these sizes for the mapper's choice of tiles: exact where the cycles do
// not depend on the data, else their upper bound.
std::int64_t estimate_cycles(const ArrayConfig& config, std::int64_t m, std::int64_t n,
                             std::int64_t k, const Format& activation, const Format& weight);

// What the array takes at a time of each size of a product; tiles that are multiples of it waste
// nothing.
std::int64_t pixels_at_a_time(const ArrayConfig& config, const Format& activation);  // of M
std::int64_t channels_at_a_time(const ArrayConfig& config, const Format& weight);    // of N
std::int64_t products_at_a_time(const ArrayConfig& config, const Format& weight);    // of K

// Passes over the array of a command of these sizes: blocks of M and N (output stationary,
// bit-serial, planes side by side) or of K and N (weight stationary).
std::int64_t array_folds(const ArrayConfig& config, std::int64_t m, std::int64_t n, std::int64_t k,
                         const Format& activation, const Format& weight);

// Multiplications of the two formats a cycle when every unit works; for data-dependent cycles at
// their upper bound.
double peak_macs_per_cycle(const ArrayConfig& config, int activation_bits, int weight_bits);

// One-bit products a cycle when every lane works; 0 for an array that is not bit-serial.
double peak_bit_macs_per_cycle(const ArrayConfig& config);

// What leaks and takes area.
std::vector<ComponentInstance> array_instances(const ArrayConfig& config);

}  // namespace bitloom
