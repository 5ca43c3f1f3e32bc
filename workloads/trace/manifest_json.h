// SPDX-License-Identifier: Apache-2.0
// The manifest as JSON: what a trace file holds in its metadata under "bitloom".
//
// {"version": 1, "network": "digits", "scheme": "ant4", "input": "x", "output": "y",
//  "activations": {"x": {"shape": [8, 8, 1], "format": "int8", "scale": 0.01}, ...},
//  "layers": [{"name": "conv1", "op": "conv2d", "inputs": ["x"], "outputs": ["y"], ...}, ...],
//  "float_accuracy": 0.98, "quantized_accuracy": 0.97, "provenance": {"seed": "7"},
//  "promotion": {"format": "int8", "by_rule": ["conv1", "fc"], "raised": ["conv3"],
//                "accuracy_before": 0.95, "untried": false},
//  "trained_for": "w1a2", "random_seed": 1}
//
// Members of a layer are those of Layer, by the same names. A member of the default value is left
// out, as are the infinite bounds of a clamp, an absent accuracy and the last three of the
// manifest; "name", "op", "inputs",
// "outputs" and "working_scale" always stand, "window" (complete) and "weights" where the operator
// has them.
#pragma once

#include <string>
#include <string_view>

#include "workloads/trace/layer.h"

namespace bitloom {

// Requires problems(manifest) to be empty; then reading gives an equal manifest. Equal manifests
// give equal texts; numbers round-trip.
std::string manifest_to_json(const Manifest& manifest);

// Throws Error that names `place` and the path inside the text for anything that is not exactly
// the above: unknown, repeated and missing keys, wrong types. Does not call problems().
Manifest manifest_from_json(std::string_view text, const std::string& place);

}  // namespace bitloom
