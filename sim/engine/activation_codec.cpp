// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/activation_codec.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "models/array/convolution_tile.h"
#include "models/base/error.h"
#include "models/numeric/format.h"

namespace bitloom {

std::int64_t vector_bytes(const Activation& a) {
    return packed_bytes(a.shape.empty() ? 1 : a.shape.back(), format(a.format).bits());
}

std::int64_t vector_count(const Activation& a) {
    return a.shape.empty() ? 1 : element_count(a.shape) / a.shape.back();
}

std::vector<std::byte> encode_activation(const Activation& a, std::span<const float> values) {
    const Format& target = format(a.format);
    const std::int64_t length = a.shape.empty() ? 1 : a.shape.back();
    const std::int64_t vectors = vector_count(a);
    BITLOOM_CHECK(std::ssize(values) == vectors * length, "{} values for '{}'", values.size(),
                  a.name);
    std::vector<std::byte> bytes(static_cast<std::size_t>(vectors * vector_bytes(a)));
    if (target.bits() > 8) {
        std::vector<std::uint16_t> codes(values.size());
        target.encode(values, a.scale, codes);
        std::memcpy(bytes.data(), codes.data(), bytes.size());
        return bytes;
    }
    std::vector<std::uint8_t> codes(values.size());
    target.encode(values, a.scale, codes);
    for (std::int64_t v = 0; v < vectors; ++v) {
        const auto packed =
            pack_codes(std::span(codes).subspan(static_cast<std::size_t>(v * length),
                                                static_cast<std::size_t>(length)),
                       target.bits());
        std::copy(packed.begin(), packed.end(), bytes.begin() + v * vector_bytes(a));
    }
    return bytes;
}

std::vector<double> decode_activation(const Activation& a, std::span<const std::byte> bytes) {
    const Format& source = format(a.format);
    const std::int64_t length = a.shape.empty() ? 1 : a.shape.back();
    std::vector<double> values;
    for (std::int64_t v = 0; v < vector_count(a); ++v) {
        const std::byte* vector = bytes.data() + v * vector_bytes(a);
        for (std::int64_t i = 0; i < length; ++i) {
            std::uint32_t code = 0;
            if (source.bits() <= 8) {
                code = packed_code(vector, i, source.bits());
            } else {
                std::uint16_t word = 0;
                std::memcpy(&word, vector + 2 * i, sizeof word);
                code = word;
            }
            values.push_back(source.value(code) * a.scale);
        }
    }
    return values;
}

std::vector<float> dataset_input(const Trace& trace, std::int64_t index) {
    const TensorView inputs = trace.tensor("dataset/inputs");
    const auto& manifest = trace.manifest();
    const std::int64_t size = element_count(inputs.shape) / inputs.shape[0];
    std::vector<float> values(static_cast<std::size_t>(size));
    const auto first = static_cast<std::size_t>(index * size);
    if (inputs.type == TensorType::f32) {
        const auto all = inputs.as<float>().subspan(first, values.size());
        std::copy(all.begin(), all.end(), values.begin());
        return values;
    }
    const auto found = manifest.provenance.find("dataset_scale");
    if (found == manifest.provenance.end())
        fail("the trace's data set has 8-bit inputs but no provenance 'dataset_scale'");
    const auto scale = static_cast<float>(std::stod(found->second));
    const auto all = inputs.as<std::int8_t>().subspan(first, values.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(all[i]) * scale;
    return values;
}

std::vector<std::string> external_inputs(const Manifest& manifest) {
    std::set<std::string> produced;
    for (const Layer& layer : manifest.layers)
        produced.insert(layer.outputs.begin(), layer.outputs.end());
    std::vector<std::string> inputs;
    for (const auto& [name, activation] : manifest.activations)
        if (!produced.contains(name)) inputs.push_back(name);
    return inputs;
}

}  // namespace bitloom
