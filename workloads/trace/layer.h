// SPDX-License-Identifier: Apache-2.0
// The quantized layer trace: what a chip executes. One inference (batch 1); images are
// [height, width, channels], sequences [tokens, features].
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/trace/promotion.h"

namespace bitloom {

using Shape = std::vector<std::int64_t>;
// Product of the sizes; 1 for no axes. Throws Error when it exceeds 2^63-1 or a size is < 0.
std::int64_t element_count(const Shape& shape);
std::string to_string(const Shape& shape);  // "56x56x64"; "scalar" for no axes

// What a trace may hold. The limits keep every product of sizes inside 64 bits.
inline constexpr std::int64_t max_rank = 8;                            // axes of a shape
inline constexpr std::int64_t max_axis = std::int64_t{1} << 31;        // elements along one axis
inline constexpr std::int64_t max_elements = std::int64_t{1} << 40;    // elements of a shape
inline constexpr std::int64_t max_layer_macs = std::int64_t{1} << 60;  // multiplications of a layer

enum class Operator {
    conv2d,        // inputs: x [H,W,C]; optional second input: residual of the result's shape
    gemm,          // inputs: x [M,K] or [K]; optional residual; weights [N,K]
    matmul,        // inputs: a [...,M,K], b [...,K,N] (or [...,N,K] with transpose_b)
    add,           // inputs: a, b; or a with `constant`
    clamp,         // inputs: a (a stand-alone ReLU or clip)
    max_pool,      // inputs: x [H,W,C]
    average_pool,  // inputs: x [H,W,C]; padding never counts in the mean
    softmax,       // over the last axis
    layer_norm,    // over the last axis
    gelu,
    transpose,  // `permutation` of the axes: data movement only
    reshape,    // same order of elements, new shape: free
    concat,     // inputs joined along the last axis (channels), in their order: data movement only
};
std::string_view to_string(Operator op);               // the enumerator's name
Operator operator_from_string(std::string_view name);  // throws Error
bool has_window(Operator op);                          // conv2d and the pools
bool has_weights(Operator op);                         // conv2d and gemm

// Convolution and pooling windows. All sizes in elements.
struct Window {
    std::int64_t kernel_h = 1, kernel_w = 1;
    std::int64_t stride_h = 1, stride_w = 1;
    std::int64_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
    std::int64_t dilation_h = 1, dilation_w = 1;

    // Rows and columns of the result: floor((input + padding - extent) / stride) + 1 with extent =
    // dilation * (kernel - 1) + 1; 0 where the window does not fit. Strides >= 1.
    std::int64_t output_h(std::int64_t input_h) const;
    std::int64_t output_w(std::int64_t input_w) const;
    bool operator==(const Window&) const = default;
};

// One stored encoding of one activation. The same real tensor may be stored twice: as 16-bit words
// for the vector unit (format "int16") and as codes of an adaptive type for the array.
struct Activation {
    std::string name;
    Shape shape;
    std::string format;  // a name of models/numeric
    double scale = 1.0;  // real = scale * value(code)
    bool operator==(const Activation&) const = default;
};

// Weights of conv2d ([OC, KH, KW, IC/groups]) and gemm ([N, K]): codes, one scale per output
// channel (axis 0) or one for all.
struct Weights {
    std::string tensor;  // name of the packed codes in the file; empty: shape-only
    Shape shape;
    std::string format;
    std::vector<double> scales;  // size 1 or shape[0]
    bool operator==(const Weights&) const = default;
};

struct Layer {
    std::string name;
    Operator op = Operator::gemm;
    std::vector<std::string> inputs;  // activation names
    // Activation names: every encoding in which the result is stored.
    std::vector<std::string> outputs;
    Window window;                   // conv2d, pools
    std::int64_t groups = 1;         // conv2d
    std::optional<Weights> weights;  // conv2d, gemm
    // conv2d, gemm: int32 tensor [OC] in units of weight scale * input scale; may be empty.
    std::string bias;
    std::string constant;         // add: int16 tensor of the result's shape
    double constant_scale = 0.0;  // add with constant: real = constant_scale * int16
    std::string gamma, beta;  // layer_norm: float32 tensors [features]; empty in a shape-only trace
    double epsilon = 1e-5;    // layer_norm
    bool transpose_b = false;  // matmul
    double multiplier = 1.0;   // matmul: real factor on the product (e.g. 1/sqrt(d)); else 1
    std::vector<std::int64_t> permutation;  // transpose
    // gelu: 0.5x(1 + tanh(sqrt(2/pi)(x + 0.044715x^3))) instead of the exact form with erf.
    bool tanh_form = false;
    // Real bounds applied to the result: ReLU is 0..inf.
    double clamp_low = -std::numeric_limits<double>::infinity();
    double clamp_high = std::numeric_limits<double>::infinity();
    // Real value of one unit of the vector unit's 16-bit word while this result is formed; equals
    // the scale of the int16 encoding of the result where one is stored.
    double working_scale = 1.0;
    bool operator==(const Layer&) const = default;
};

// Everything in a trace that is not a tensor.
struct Manifest {
    int version = 1;
    std::string network;  // e.g. "digits"
    std::string scheme;   // e.g. "ant4"
    std::string input;    // activation name; its codes are computed by the host
    std::string output;   // activation name
    std::map<std::string, Activation> activations;
    std::vector<Layer> layers;  // in execution order
    // Absent (< 0): not available.
    double float_accuracy = -1.0;      // top-1 of the float network over the data set, 0..1
    double quantized_accuracy = -1.0;  // the same of the quantized network in float arithmetic
    // Absent: the scheme has one width for all layers.
    std::optional<Promotion> promotion;
    // The scheme that the network was trained for; empty: for none. float_accuracy is then that of
    // the trained weights, without the rounding of activations.
    std::string trained_for;
    // Weights are random codes with this seed, >= 0. Absent: they are a network's.
    std::optional<std::int64_t> random_seed;
    // Program version, source, calibration, seed, ...
    std::map<std::string, std::string> provenance;

    const Activation& activation(std::string_view name) const;  // throws Error
    const Layer* find_layer(std::string_view name) const;       // null when absent
    // Activations that are read but not produced, in order of first use.
    std::vector<std::string> external_inputs() const;
    bool operator==(const Manifest&) const = default;
};

// Optional tensors, by name:
//   dataset/inputs   F32 or I8 [count, input shape...] in the layout of the trace's input
//   dataset/labels   I64 [count]
//   reference/input  F32: one input
//   reference/<layer> F32: the float network's result of <layer> for it
// With I8 inputs, provenance "dataset_scale" has the real value of one unit.

// Every problem of a manifest by itself (names, shapes, formats, references between layers), one
// line each: "layer 'conv1': what is wrong: found: allowed". Empty: the manifest is valid. The
// rules beyond shapes:
// - An activation is "int16" or of a format of at most 8 bits. The array reads formats of at most
//   8 bits (conv2d, gemm: first input; matmul: both); the vector unit reads int16 (every other
//   operator and every residual). transpose, reshape and concat also move codes of other formats:
//   then every input and output has one format and scale, and there is no clamp.
// - Each activation is an output of at most one layer, before it is read. One that no layer
//   produces is an external input; `input` is the first of them. A connected network has no other;
//   a topology of separate layers has one for each layer.
// - The outputs of a layer have one shape; an int16 output has the working scale as its scale.
// - A member of Layer that the operator does not use keeps its default.
// - A promotion names layers with weights, each once.
std::vector<std::string> problems(const Manifest& manifest);

// The GEMM that conv2d, gemm or matmul is on an array: `count` GEMMs of M x K by K x N.
struct GemmShape {
    std::int64_t count = 1, m = 0, n = 0, k = 0;
    std::int64_t macs() const { return count * m * n * k; }
};
// conv2d: count = groups, m = output pixels, n = OC/groups, k = KH*KW*IC/groups; matmul: count =
// product of the leading axes. Requires a valid manifest; throws Error for any other operator.
GemmShape gemm_shape(const Manifest& manifest, const Layer& layer);

}  // namespace bitloom
