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

// Adds the problems of one layer: members, number of inputs, shapes, formats. Requires that the
// activations it names exist and have valid shapes and formats, and that it has an output.
void check_operator(const Manifest& manifest, const Layer& layer,
                    std::vector<std::string>& problems);

// Adds the problems of members that the operator does not use and of values out of range.
void check_members(const Layer& layer, std::vector<std::string>& problems);

}  // namespace bitloom
