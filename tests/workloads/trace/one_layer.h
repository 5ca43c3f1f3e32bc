// SPDX-License-Identifier: Apache-2.0
// Manifests of one layer, to be broken by a test.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "workloads/trace/layer.h"

namespace bitloom::test {

// A layer "l" of the operator: inputs "a", "b", ... of the given shapes, output "y" (int16).
class OneLayer {
public:
    OneLayer(Operator op, const std::vector<Shape>& inputs, const Shape& output,
             bool codes = false) {
        Layer layer;
        layer.name = "l";
        layer.op = op;
        for (const Shape& shape : inputs) {
            const std::string name(1, static_cast<char>('a' + layer.inputs.size()));
            // A second input of conv2d and gemm is a residual.
            const bool residual = op != Operator::matmul && !layer.inputs.empty();
            m.activations[name] = {name, shape, codes && !residual ? "int8" : "int16", 1.0};
            layer.inputs.push_back(name);
        }
        m.activations["y"] = {"y", output, "int16", 1.0};
        layer.outputs = {"y"};
        m.input = "a";
        m.output = "y";
        m.layers = {layer};
    }

    Layer& layer() { return m.layers[0]; }
    Activation& operator[](const std::string& name) { return m.activations.at(name); }
    OneLayer& with(const std::function<void(OneLayer&)>& change) {
        change(*this);
        return *this;
    }
    std::vector<std::string> problems() const { return bitloom::problems(m); }

    Manifest m;
};

// A 3x2 kernel, stride 2x1, one row of padding on top: [5,4,6] -> [2,3,4].
inline OneLayer conv() {
    OneLayer one(Operator::conv2d, {{5, 4, 6}}, {2, 3, 4}, true);
    one.layer().window = {3, 2, 2, 1, 1, 0, 0, 0, 1, 1};
    one.layer().groups = 2;
    one.layer().weights = Weights{"w", {4, 3, 2, 3}, "int4", {1.0}};
    return one;
}

inline OneLayer gemm() {
    OneLayer one(Operator::gemm, {{3, 5}}, {3, 2}, true);
    one.layer().weights = Weights{"w", {2, 5}, "int4", {1.0, 2.0}};
    return one;
}

}  // namespace bitloom::test
