// SPDX-License-Identifier: Apache-2.0
// A float network as imported: nodes in execution order over named activations, batch dropped.
// Images are [height, width, channels] whatever the source's layout; weights follow.
#pragma once

#include <map>
#include <optional>
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
    std::string name;  // unique; the source's node name where it has one
    Operator op = Operator::gemm;
    std::vector<std::string> inputs;  // activation names
    std::string output;               // activation name
    Window window;
    std::int64_t groups = 1;
    std::string weights;      // constant: conv2d [OC,KH,KW,IC/groups], gemm [N,K]
    std::string bias;         // constant [OC], or empty
    std::string constant;     // add: the second operand when it is a constant (already broadcast to
                              // the result's shape)
    std::string gamma, beta;  // layer_norm
    double epsilon = 1e-5;
    bool transpose_b = false;  // matmul
    double multiplier = 1.0;   // matmul: a constant factor (Mul/Div by a scalar) folded into it
    std::vector<std::int64_t> permutation;
    double clamp_low = 0.0, clamp_high = 0.0;  // clamp
    bool tanh_form =
        false;  // gelu: 0.5x(1+tanh(sqrt(2/pi)(x+0.044715x^3))) instead of the exact one
};

// What quantization-aware training found for one scheme: the scales of the low-bit codes.
struct TrainedScales {
    std::string scheme;                         // "w1a2"
    double accuracy = 0.0;                      // top-1, 0..1, as the trainer measured it
    std::map<std::string, double> activations;  // by activation
    // By node (conv2d, gemm); one an output channel, or one for the whole tensor.
    std::map<std::string, std::vector<double>> weights;
    // Analog arrays: the common range of the ADCs, in cells with the largest weight and the largest
    // input. 0: none was trained.
    double adc_full_scale = 0.0;
};

struct Network {
    std::string name;
    // Activation names. Every activation without a producer is an external input: a connected
    // network has one; in a SCALE-Sim topology each layer is on its own and `input` is that of the
    // first, `output` that of the last.
    std::string input, output;
    std::map<std::string, Shape> shapes;           // of every activation
    std::map<std::string, FloatTensor> constants;  // empty values: shape-only
    std::vector<Node> nodes;                       // a producer comes before its consumers
    bool shape_only = false;
    std::optional<TrainedScales> trained;
};

// Shape of the node's result from the shapes of its inputs and constants. Throws Error that names
// the node when they do not fit the operator.
Shape result_shape(const Network& network, const Node& node);

// Checks a whole network: unique names, order, shapes, constants. Throws Error at the first
// problem.
void check(const Network& network);

// Adds the node and the shape of its result. Throws Error as result_shape and check_limits do.
void append(Network& network, Node node);

// The GEMM that a conv2d (count = groups), gemm or matmul node is; all zero for the others.
GemmShape gemm_shape(const Network& network, const Node& node);

// Activations that no node produces, in order of first use.
std::vector<std::string> external_inputs(const Network& network);

// Activations that feed node inputs, by name of activation: how many node inputs read it.
std::map<std::string, int> use_counts(const Network& network);

// A data set for a network: inputs already in the network's (NHWC) input layout.
struct Dataset {
    Shape input_shape;                 // of one input
    std::vector<float> inputs;         // [count, input_shape...]
    std::vector<std::int64_t> labels;  // [count]
    std::vector<float> calibration;  // [count, input_shape...], from the training set; may be empty
    std::int64_t count() const { return static_cast<std::int64_t>(labels.size()); }
};

}  // namespace bitloom
