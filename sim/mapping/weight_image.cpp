// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/weight_image.h"

#include <algorithm>
#include <cstring>

#include "models/numeric/format.h"
#include "models/vector/layer_parameters.h"
#include "sim/mapping/memory_map.h"

namespace bitloom {

std::vector<std::byte> weight_image(const Trace& trace, const Layer& layer) {
    const int bits = format(layer.weights->format).bits();
    const std::int64_t channels = layer.weights->shape[0];
    const std::int64_t k = element_count(layer.weights->shape) / channels;
    const TensorView packed = trace.tensor(layer.weights->tensor);
    // The file packs all codes without gaps; memory starts every channel on a byte.
    if (k * bits % 8 == 0) return {packed.bytes.begin(), packed.bytes.end()};
    const std::vector<std::uint8_t> codes = trace.weight_codes(layer);
    std::vector<std::byte> image;
    for (std::int64_t channel = 0; channel < channels; ++channel) {
        const auto vector =
            pack_codes(std::span(codes).subspan(static_cast<std::size_t>(channel * k),
                                                static_cast<std::size_t>(k)),
                       bits);
        image.insert(image.end(), vector.begin(), vector.end());
    }
    return image;
}

std::vector<std::byte> parameter_image(const Trace& trace, const Layer& layer) {
    const LayerParameters p = layer_parameters(trace, layer);
    std::vector<std::byte> image(p.multipliers.size() * static_cast<std::size_t>(parameter_bytes));
    for (std::size_t i = 0; i < p.multipliers.size(); ++i) {
        std::byte* at = image.data() + i * static_cast<std::size_t>(parameter_bytes);
        const std::int32_t bias = p.bias.empty() ? 0 : p.bias[i];
        const auto shift = static_cast<std::int16_t>(p.multipliers[i].shift);
        std::memcpy(at, &bias, 4);
        std::memcpy(at + 4, &p.multipliers[i].mantissa, 4);
        std::memcpy(at + 8, &shift, 2);
    }
    return image;
}

}  // namespace bitloom
