// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/memory_map.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/numeric/format.h"
#include "sim/mapping/first_fit.h"

namespace bitloom {

std::uint64_t TensorPlace::at(std::int64_t vector, std::int64_t first) const {
    BITLOOM_CHECK(first * bits % 8 == 0, "element {} of {} bits starts on a byte", first, bits);
    return address + static_cast<std::uint64_t>(vector * vector_bytes() + first * bits / 8);
}

bool MemoryMap::is_alias(const Manifest& manifest, const Layer& layer) {
    if (layer.op != Operator::reshape || layer.outputs.size() != 1) return false;
    const Activation& in = manifest.activation(layer.inputs[0]);
    const Activation& out = manifest.activation(layer.outputs[0]);
    const int bits = format(in.format).bits();
    const auto dense = [&](const Activation& a) {
        return a.shape.empty() || a.shape.back() * bits % 8 == 0;
    };
    const bool bounded = std::isfinite(layer.clamp_low) || std::isfinite(layer.clamp_high);
    return in.format == out.format && in.scale == out.scale && dense(in) && dense(out) && !bounded;
}

void MemoryMap::place(const std::string& name, std::int64_t vectors, std::int64_t length,
                      int bits) {
    TensorPlace tensor{static_cast<std::uint64_t>(size_bytes_), vectors, length, bits};
    size_bytes_ += (tensor.bytes() + 63) / 64 * 64;
    places_[name] = tensor;
}

// First fit: an activation is placed when the layer that writes it comes, in the lowest gap between
// those that are still read by it or after it.
void MemoryMap::place_on_chip(const Manifest& manifest,
                              const std::map<std::string, std::string>& aliases,
                              std::int64_t global_buffer_bytes, const FusedPools& pools) {
    const auto root = [&](std::string name) {
        for (auto found = aliases.find(name); found != aliases.end(); found = aliases.find(name))
            name = found->second;
        return name;
    };
    std::map<std::string, std::size_t> last_read;
    for (std::size_t i = 0; i < manifest.layers.size(); ++i)
        for (const std::string& name : manifest.layers[i].inputs) last_read[root(name)] = i;
    last_read.erase(root(manifest.output));
    FirstFit memory;
    for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
        memory.advance_to(i);
        const Layer& layer = manifest.layers[i];
        if (std::any_of(pools.begin(), pools.end(),
                        [&](const auto& fused) { return fused.second == &layer; }))
            continue;
        const auto fused = pools.find(layer.name);
        for (const std::string& name : (fused != pools.end() ? *fused->second : layer).outputs) {
            if (aliases.contains(name) || !last_read.contains(name)) continue;
            const Activation& a = manifest.activation(name);
            TensorPlace tensor;
            tensor.vector_length = a.shape.empty() ? 1 : a.shape.back();
            tensor.vectors = element_count(a.shape) / tensor.vector_length;
            tensor.bits = format(a.format).bits();
            const std::int64_t begin =
                memory.place(tensor.bytes(), last_read.at(name), global_buffer_bytes);
            if (begin < 0) continue;
            tensor.address = on_chip_address + static_cast<std::uint64_t>(begin);
            places_["activation " + name] = tensor;
        }
    }
}

MemoryMap::MemoryMap(const Trace& trace, std::int64_t global_buffer_bytes,
                     const FusedPools& pools) {
    const Manifest& manifest = trace.manifest();
    const auto place_activation = [&](const Activation& a) {
        const std::int64_t length = a.shape.empty() ? 1 : a.shape.back();
        place("activation " + a.name, element_count(a.shape) / length, length,
              format(a.format).bits());
    };
    std::map<std::string, std::string> aliases;
    for (const Layer& layer : manifest.layers)
        if (is_alias(manifest, layer)) aliases[layer.outputs[0]] = layer.inputs[0];
    place_on_chip(manifest, aliases, global_buffer_bytes, pools);
    for (const auto& [name, activation] : manifest.activations)
        if (!aliases.contains(name) && !places_.contains("activation " + name))
            place_activation(activation);
    for (const Layer& layer : manifest.layers) {
        if (is_alias(manifest, layer)) {
            const Activation& out = manifest.activation(layer.outputs[0]);
            TensorPlace shared = activation(layer.inputs[0]);
            shared.vector_length = out.shape.empty() ? 1 : out.shape.back();
            shared.vectors = element_count(out.shape) / shared.vector_length;
            places_["activation " + out.name] = shared;
        }
        if (layer.weights) {
            const Shape& shape = layer.weights->shape;
            place("weights " + layer.name, shape[0], element_count(shape) / shape[0],
                  format(layer.weights->format).bits());
            place("parameters " + layer.name, shape[0], parameter_bytes, 8);
        } else if (layer.op == Operator::matmul) {
            place("parameters " + layer.name, 1, parameter_bytes, 8);
        }
        if (!layer.constant.empty()) {
            const Shape& shape = manifest.activation(layer.outputs[0]).shape;
            place("constant " + layer.name, element_count(shape) / shape.back(), shape.back(), 16);
        }
    }
    size_bytes_ = std::max<std::int64_t>(size_bytes_, 64);
}

const TensorPlace& MemoryMap::find(const std::string& name) const {
    const auto found = places_.find(name);
    BITLOOM_CHECK(found != places_.end(), "'{}' has a place in memory", name);
    return found->second;
}

const TensorPlace& MemoryMap::activation(const std::string& name) const {
    return find("activation " + name);
}
const TensorPlace& MemoryMap::weights(const Layer& layer) const {
    return find("weights " + layer.name);
}
const TensorPlace& MemoryMap::constant(const Layer& layer) const {
    return find("constant " + layer.name);
}
const TensorPlace& MemoryMap::parameters(const Layer& layer) const {
    return find("parameters " + layer.name);
}

}  // namespace bitloom
