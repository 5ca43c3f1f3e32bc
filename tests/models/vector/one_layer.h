// SPDX-License-Identifier: Apache-2.0
// A trace of one layer, through the same checks as any other.
#pragma once

#include <string>
#include <vector>

#include "models/base/error.h"
#include "models/vector/layer_parameters.h"

namespace bitloom::test {

struct OneLayer {
    Manifest manifest;
    std::map<std::string, Tensor> tensors;

    // Inputs named "x", "b"; the result "y" is int16 of the working scale.
    OneLayer(Operator op, std::vector<Activation> inputs, Shape result, double working_scale) {
        Layer layer;
        layer.name = "l";
        layer.op = op;
        layer.working_scale = working_scale;
        for (Activation& input : inputs) {
            layer.inputs.push_back(input.name);
            manifest.activations[input.name] = std::move(input);
        }
        layer.outputs = {"y"};
        manifest.network = "one";
        manifest.scheme = "test";
        manifest.input = "x";
        manifest.output = "y";
        manifest.activations["y"] = {"y", std::move(result), "int16", working_scale};
        manifest.layers = {std::move(layer)};
    }

    Layer& layer() { return manifest.layers[0]; }
    template <class T>
    void tensor(const std::string& name, Shape shape, const std::vector<T>& values) {
        tensors[name] = Tensor::of<T>(tensor_type<T>(), std::move(shape), std::span(values));
    }
    LayerParameters parameters() const {
        const Trace trace = Trace::from_memory(manifest, tensors);
        return layer_parameters(trace, trace.manifest().layers[0]);
    }
    // What the error says, or "none".
    std::string error() const {
        try {
            parameters();
        } catch (const Error& e) {
            return e.what();
        }
        return "none";
    }
};

inline Activation input(std::string name, Shape shape, std::string format, double scale) {
    return {std::move(name), std::move(shape), std::move(format), scale};
}

}  // namespace bitloom::test
