// SPDX-License-Identifier: Apache-2.0
// Post-training quantization: a float network and its data become a quantized layer trace.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/import/network.h"
#include "workloads/quantize/random_trace.h"
#include "workloads/quantize/scheme.h"
#include "workloads/trace/trace.h"

namespace bitloom {

struct QuantizeOptions {
    std::string scheme = "ant4";  // a name that find_scheme() takes
    std::int64_t calibration_inputs =
        64;                  // 1..; the first ones are taken; fewer when there are fewer
    std::uint64_t seed = 1;  // of the sub-sampling of large activations
    // -1: the scheme's own rule. 0..GEMM layers: exactly that many run as 8-bit integers: the first
    // layer, the last, then those with the largest error (ant.md 1.5, "-n8 N").
    std::int64_t int8_layers = -1;
    // Width of the first and the last layer, and of products of two activations; 0: as the other
    // layers (products then take 8 bits). Other than 8 only where these two alone are raised: for
    // int4 and wPaQ, without int8_layers.
    int first_last_bits = 8;
    // Layers are raised to 8 bits until the calibration accuracy is within this of the float
    // network's; 0..1.
    double accuracy_threshold = 0.01;
    bool evaluate = true;  // false: no forward passes beyond the calibration
    // Candidate scales are ratio_low..ratio_high-1 percent of the largest magnitude (ant.md 1.5).
    int ratio_low = 75, ratio_high = 150;  // 1..1000, low < high
    int ratio_low_wide = 95;               // the lower bound for formats of more than 6 bits
    int ratio_low_narrow = 5;              // the lower bound for formats of fewer than 4 bits
    std::string version{};                 // of the calling program, for the provenance
    std::string data_note{};               // what the data set is: provenance "data"
    // What somebody states as float accuracy, 0..1; -1: nothing. Another one over the data set, by
    // more than one input, is told in provenance "stated_accuracy".
    double stated_accuracy = -1.0;
    std::function<void(std::string_view what, double done, double total)> progress{};
};

// How well one tensor is held by its chosen format.
struct TensorReport {
    std::string layer;   // the layer that uses it
    std::string tensor;  // "weights" or "activations"; a matmul has two lines, for a and for b
    std::string format;
    double scale = 0.0;    // weights: the mean over the output channels
    double mse = 0.0;      // mean squared error in real units
    double sqnr_db = 0.0;  // 10 log10(mean square / mse); +infinity when nothing is lost
};

struct QuantizeResult {
    Trace trace;
    std::vector<TensorReport> tensors;  // in layer order: weights, then activations
    double float_accuracy = -1.0;       // top-1 over the data set, 0..1; -1: not evaluated
    double quantized_accuracy = -1.0;   // the same in float arithmetic on quantized values
};

// The trace of `network` under a scheme.
// - Fusion: see fuse.h. Encodings: see encodings.h. Type and scale of a tensor: see select.h.
// - Largest magnitudes are over all values of the calibration inputs; the error of an activation is
//   over at most 2^18 of its values, drawn evenly (stratified) over inputs and positions.
// - Calibration inputs come from dataset.calibration, or from dataset.inputs when that is empty.
// - A 16-bit word reaches twice the largest magnitude seen in the calibration (word_margin), so
//   that unseen inputs do not saturate sums and residuals.
// - bias = round(bias / (weight scale * input scale)), ties away from zero, saturated to 32 bits.
// - A network trained for the scheme (network.trained, workloads/zoo/README.md) brings the scales
// of
//   its low-bit weights and activations: they are taken instead of those of the search.
// - Every GEMM layer starts at the scheme's low-bit types except the first and the last; with
//   `evaluate`, layers are raised to 8 bits in the order of their relative error (weights' plus
//   activations' MSE, each divided by the tensor's mean square) until the share of calibration
//   inputs with the float network's top-1 prediction is at least 1 - accuracy_threshold.
// The result depends on the arguments alone, not on the number of threads.
// Throws Error: unknown scheme, options out of range, a shape-only network, no data.
QuantizeResult quantize(const Network& network, const Dataset& dataset,
                        const QuantizeOptions& options);

// Reach of the 16-bit word over the largest magnitude of the calibration.
inline constexpr double word_margin = 2.0;

}  // namespace bitloom
