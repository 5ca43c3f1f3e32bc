// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/layer_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/base/error.h"

namespace bitloom {

std::int32_t quantize_bias(double bias, double unit) {
    constexpr double low = std::numeric_limits<std::int32_t>::min();
    constexpr double high = std::numeric_limits<std::int32_t>::max();
    return static_cast<std::int32_t>(std::clamp(std::round(bias / unit), low, high));
}

double mean_square(std::span<const float> values) {
    double sum = 0.0;
    for (const float value : values) sum += static_cast<double>(value) * static_cast<double>(value);
    return values.empty() ? 0.0 : sum / static_cast<double>(values.size());
}

LayerWeights make_layer_weights(std::span<const float> weights, const TypeChoice& choice,
                                std::span<const float> bias, double input_scale) {
    constexpr double bias_reach = 1 << 30;  // units: half of what the word holds
    const Format& type = format(choice.format);
    const std::size_t channels = choice.scales.size();
    const std::size_t size = weights.size() / channels;
    LayerWeights result;
    result.format = choice.format;
    result.scales = choice.scales;
    result.codes.resize(weights.size());
    result.mean_square = mean_square(weights);
    for (std::size_t c = 0; c < channels; ++c) {
        double& scale = result.scales[c];
        if (!bias.empty()) {
            const double real = bias[c];
            scale = std::max(scale, std::abs(real) / (input_scale * bias_reach));
            result.bias.push_back(quantize_bias(real, scale * input_scale));
        }
        const auto part = weights.subspan(c * size, size);
        type.encode(part, scale, std::span(result.codes).subspan(c * size, size));
        result.mse += encoded_mse(part, type, scale) / static_cast<double>(channels);
    }
    return result;
}

std::vector<float> LayerWeights::real_weights() const {
    const auto table = bitloom::format(format).table();
    const std::size_t size = codes.size() / scales.size();
    std::vector<float> values(codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i) {
        values[i] = static_cast<float>(scales[i / size] * table[codes[i]]);
    }
    return values;
}

std::vector<float> LayerWeights::real_bias(double input_scale) const {
    std::vector<float> values;
    for (std::size_t c = 0; c < bias.size(); ++c) {
        values.push_back(static_cast<float>(bias[c] * (scales[c] * input_scale)));
    }
    return values;
}

}  // namespace bitloom
