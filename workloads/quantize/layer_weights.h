// SPDX-License-Identifier: Apache-2.0
// The integers of a layer with weights, and the real values that they stand for.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "workloads/quantize/select.h"

namespace bitloom {

struct LayerWeights {
    std::string format;
    std::vector<double> scales;       // one an output channel
    std::vector<std::uint8_t> codes;  // in the order of the float weights
    std::vector<std::int32_t> bias;   // in units of scales[c] * input scale; empty: none
    double mse = 0.0;                 // mean over the weights
    double mean_square = 0.0;         // of the float weights

    std::vector<float> real_weights() const;
    std::vector<float> real_bias(double input_scale) const;
};

// Codes of `weights` (scales.size() equal parts) of the chosen type and scales. Where a channel's
// bias would not fit 2^30 units, its scale is raised until it does: such a channel's weights are
// negligible beside its bias.
LayerWeights make_layer_weights(std::span<const float> weights, const TypeChoice& choice,
                                std::span<const float> bias, double input_scale);

// round(bias / unit), ties away from zero, saturated to 32 bits. unit > 0.
std::int32_t quantize_bias(double bias, double unit);

// Mean of squares, in double.
double mean_square(std::span<const float> values);

}  // namespace bitloom
