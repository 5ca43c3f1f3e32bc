// SPDX-License-Identifier: Apache-2.0
// A float network as imported: nodes in execution order over named activations, batch dropped.
// Images are [height, width, channels] whatever the source's layout; weights follow.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "workloads/trace/layer.h"

namespace bitloom {

struct FloatTensor {
    Shape shape;
    std::vector<float> values;
};

// The same operators as a trace; not yet fused. A clamp node is ReLU, ReLU6 or Clip.
struct Node {
    std::string name;                 // unique; the source's node name where it has one
    Operator op = Operator::gemm;
    std::vector<std::string> inputs;  // activation names
    std::string output;               // activation name
    Window window;
    std::int64_t groups = 1;
    std::string weights;              // constant: conv2d [OC,KH,KW,IC/groups], gemm [N,K]
    std::string bias;                 // constant [OC], or empty
    std::string constant;             // add: the second operand when it is a constant (already broadcast to the result's shape)
    std::string gamma, beta;          // layer_norm
    double epsilon = 1e-5;
    bool transpose_b = false;         // matmul
    double multiplier = 1.0;          // matmul: a constant factor (Mul/Div by a scalar) folded into it
    std::vector<std::int64_t> permutation;
    double clamp_low = 0.0, clamp_high = 0.0;  // clamp
};

struct Network {
    std::string name;
    std::string input, output;                  // activation names
    std::map<std::string, Shape> shapes;        // of every activation
    std::map<std::string, FloatTensor> constants;  // empty values: shape-only
    std::vector<Node> nodes;
    bool shape_only = false;
};

// A data set for a network: inputs already in the network's (NHWC) input layout.
struct Dataset {
    Shape input_shape;                // of one input
    std::vector<float> inputs;        // [count, input_shape...]
    std::vector<std::int64_t> labels; // [count]
    std::vector<float> calibration;   // [count, input_shape...], from the training set; may be empty
    std::int64_t count() const { return static_cast<std::int64_t>(labels.size()); }
};

}  // namespace bitloom
