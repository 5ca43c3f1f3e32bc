// SPDX-License-Identifier: Apache-2.0
// How an ONNX tensor lies in an activation of the Network. Transposing and reshaping change only
// this description; a node that moves data is made when an operator needs another order.
//
// The tensor's axes are split into factors, e.g. [1,64,25] into 64,25. `stored` lists the factors
// in the order of the activation, outermost first: an image [1,C,H,W] kept as [H,W,C] has the
// factors C,H,W stored in the order 1,2,0. Axes of size 1 (the batch too) have no factor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "workloads/trace/layer.h"

namespace bitloom {

// Rows and columns of zeros around an image.
struct Padding {
    std::int64_t top = 0, left = 0, bottom = 0, right = 0;
    bool operator==(const Padding&) const = default;
};

struct TensorView {
    std::string activation;
    Shape shape;                        // ONNX's, with its batch axis of size 1
    std::vector<std::int64_t> factors;  // in ONNX's order, each above 1
    std::vector<std::size_t> stored;    // a permutation of the factors
    double scale = 1.0;                 // a pending scalar factor: value = scale * stored value
    bool exclusive = true;  // nobody but this tensor's one consumer reads the activation
    Padding padding = {};   // pending zeros around the image; the shape is without them
};

// Stored in ONNX's own order.
TensorView plain_view(std::string activation, Shape shape);
// [1,C,H,W] (or [1,C,W]) stored as [H,W,C].
TensorView image_view(std::string activation, Shape shape);

// Factors first..second-1 of each axis of the shape.
std::vector<std::pair<std::size_t, std::size_t>> axis_factors(const TensorView& view);

// The factors of the given axes, in that order.
std::vector<std::size_t> factor_order(const TensorView& view, const std::vector<std::size_t>& axes);

// Splits factors so that `sizes` (in ONNX's order, same product) are products of whole runs of
// them; nothing when a factor would have to be split unevenly.
std::optional<TensorView> refined(const TensorView& view, const std::vector<std::int64_t>& sizes);

// Joins factors of one axis that are neighbours in both orders.
TensorView merged(const TensorView& view);

std::optional<TensorView> reshaped(const TensorView& view, const Shape& shape);
TensorView transposed(const TensorView& view, const std::vector<std::size_t>& axes);

}  // namespace bitloom
