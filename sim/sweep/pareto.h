// SPDX-License-Identifier: Apache-2.0
// The points of which no other is better.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace bitloom {

// Whether `a` is at most `b` in every cost and below it in one. Both have the same length.
bool dominates(std::span<const double> a, std::span<const double> b);

// Indices, rising, of the points that no other dominates; equal points are all in it or all not.
// Every point has as many costs (at least one, none of them NaN), all to be minimized.
// Exact; O(n log n) for one or two costs, else at worst O(n * front).
std::vector<std::size_t> pareto_front(std::span<const std::vector<double>> points);

}  // namespace bitloom
