// SPDX-License-Identifier: Apache-2.0
// What the float network's activations look like over the calibration inputs.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "workloads/import/float_executor.h"
#include "workloads/import/network.h"

namespace bitloom {

// Values of one activation kept for the error of its quantization: at most 2^18.
inline constexpr std::int64_t max_samples = std::int64_t{1} << 18;

struct ActivationStatistics {
    double low = 0.0, high = 0.0;  // over all values of all inputs
    std::vector<float> samples;    // all values, or a stratified sample: the same number of each
                                   // input, one at a random place of each of as many equal parts
    double max_magnitude() const;
};

// The inputs used for calibration: the first ones of dataset.calibration, else of dataset.inputs.
struct CalibrationInputs {
    std::span<const float> values;  // [count, input shape...]; lives as long as the data set
    std::int64_t count = 0;
    std::string source;  // "calibration" or "inputs"
};
// Throws Error when the data set has neither, or does not fit the network's input.
CalibrationInputs calibration_inputs(const Network& network, const Dataset& dataset,
                                     std::int64_t wanted);

// Every activation by name. Inputs run in parallel; the result does not depend on it.
std::map<std::string, ActivationStatistics> calibrate(
    const FloatExecutor& executor, const CalibrationInputs& inputs, std::uint64_t seed,
    const std::function<void(double done, double total)>& progress);

}  // namespace bitloom
