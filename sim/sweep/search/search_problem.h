// SPDX-License-Identifier: Apache-2.0
// What the two algorithms of a search share: their operators, and costs of points that are not
// feasible.
#pragma once

#include <algorithm>
#include <pagmo/problem.hpp>
#include <pagmo/types.hpp>

namespace bitloom {

// Simulated binary crossover and polynomial mutation with the probabilities of Deb et al. 2002
// (0.9 and one gene a child) and indices of wide steps: domains here are small.
constexpr double crossover_probability = 0.9;
constexpr double crossover_index = 10.0;
constexpr double mutation_index = 10.0;
inline double mutation_probability(const pagmo::problem& problem) {
    return 1.0 / static_cast<double>(problem.get_nx());
}

// Every objective of an infeasible point is this or more, which no metric is.
constexpr double infeasible_cost = 1e30;
constexpr double most_violation = 1e6;  // relative; more counts as this
constexpr double failed_cost = infeasible_cost * (1.0 + most_violation) * 10.0;
constexpr double left_out_cost = failed_cost * 10.0;

inline bool is_feasible(const pagmo::vector_double& costs) {
    return std::all_of(costs.begin(), costs.end(),
                       [](double cost) { return cost < infeasible_cost; });
}

}  // namespace bitloom
