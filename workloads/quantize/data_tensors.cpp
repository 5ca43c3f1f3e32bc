// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/data_tensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bitloom {

namespace {

bool is_multiple(float value, float step) {
    const double count = std::round(static_cast<double>(value) / static_cast<double>(step));
    return count >= -128.0 && count <= 127.0 && static_cast<float>(count) * step == value;
}

}  // namespace

Tensor packed_tensor(std::span<const std::uint8_t> codes, int bits) {
    Tensor tensor;
    tensor.type = TensorType::u8;
    tensor.bytes = pack_codes(codes, bits);
    tensor.shape = {static_cast<std::int64_t>(tensor.bytes.size())};
    return tensor;
}

Tensor word_tensor(Shape shape, std::span<const float> values, double scale) {
    std::vector<std::int16_t> words;
    words.reserve(values.size());
    for (const float value : values) {
        const double word = std::round(static_cast<double>(value) / scale);
        words.push_back(static_cast<std::int16_t>(std::clamp(word, -32768.0, 32767.0)));
    }
    return Tensor::of<std::int16_t>(TensorType::i16, std::move(shape), words);
}

std::optional<float> int8_step(std::span<const float> values) {
    float largest = 0.0f;
    for (const float value : values) {
        if (std::abs(value) > std::abs(largest)) largest = value;
    }
    if (largest == 0.0f || !std::isfinite(largest)) return std::nullopt;
    const int reach = largest < 0.0f ? 128 : 127;
    for (int count = 1; count <= reach; ++count) {
        // The product was rounded to float: its factor is one of the neighbours of the quotient.
        const float middle = std::abs(largest) / static_cast<float>(count);
        for (const float step :
             {middle, std::nextafter(middle, 0.0f), std::nextafter(middle, 2.0f * middle)}) {
            if (step > 0.0f && std::all_of(values.begin(), values.end(),
                                           [&](float value) { return is_multiple(value, step); })) {
                return step;
            }
        }
    }
    return std::nullopt;
}

void add_dataset(const Dataset& dataset, std::optional<float> step, Manifest& manifest,
                 std::map<std::string, Tensor>& tensors) {
    if (dataset.count() == 0) return;
    Shape shape = dataset.input_shape;
    shape.insert(shape.begin(), dataset.count());
    if (step) {
        std::vector<std::int8_t> inputs;
        inputs.reserve(dataset.inputs.size());
        for (const float value : dataset.inputs) {
            inputs.push_back(static_cast<std::int8_t>(std::lround(value / *step)));
        }
        tensors["dataset/inputs"] =
            Tensor::of<std::int8_t>(TensorType::i8, std::move(shape), inputs);
        // Nine digits name a float exactly.
        manifest.provenance["dataset_scale"] = fmt::format("{:.9g}", *step);
    } else {
        tensors["dataset/inputs"] =
            Tensor::of<float>(TensorType::f32, std::move(shape), dataset.inputs);
    }
    tensors["dataset/labels"] =
        Tensor::of<std::int64_t>(TensorType::i64, {dataset.count()}, dataset.labels);
}

void add_references(const Network& network, const EncodedManifest& built,
                    const std::map<std::string, std::vector<float>>& activations,
                    std::map<std::string, Tensor>& tensors) {
    const auto tensor = [&](const std::string& activation) {
        return Tensor::of<float>(TensorType::f32, network.shapes.at(activation),
                                 activations.at(activation));
    };
    tensors["reference/input"] = tensor(network.input);
    for (const auto& [layer, activation] : built.results) {
        tensors["reference/" + layer] = tensor(activation);
    }
}

}  // namespace bitloom
