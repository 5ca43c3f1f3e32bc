// SPDX-License-Identifier: Apache-2.0
// What each operator demands of its layer. Used by problems(Manifest) only.
#pragma once

#include <string>
#include <vector>

#include "workloads/trace/layer.h"

namespace bitloom {

// Empty when the shape is within max_rank, max_axis and max_elements; else what is wrong.
std::string shape_problem(const Shape& shape);
// Empty when models/numeric knows the format; else what is wrong. Then sets `bits`.
std::string format_problem(const std::string& name, int& bits);

// Along one axis of `size` elements: the first of `outputs` windows that has nothing but padding
// (of which `before` elements come first), so that it has neither a maximum nor a mean; -1 where
// every window has an element.
std::int64_t window_of_padding(std::int64_t size, std::int64_t outputs, std::int64_t kernel,
                               std::int64_t stride, std::int64_t dilation, std::int64_t before);

// Adds the problems of one layer: members, number of inputs, shapes, formats. Requires that the
// activations it names exist and have valid shapes and formats, and that it has an output.
void check_operator(const Manifest& manifest, const Layer& layer,
                    std::vector<std::string>& problems);

// Adds the problems of members that the operator does not use and of values out of range.
void check_members(const Layer& layer, std::vector<std::string>& problems);

}  // namespace bitloom
