// SPDX-License-Identifier: Apache-2.0
// MOEA/D that has a whole generation's children evaluated together.
//
// As in Zhang, Li 2007 with Tchebycheff decomposition, their normalization of the objectives, SBX
// and polynomial mutation, and with Li, Zhang 2009 (IEEE Trans. Evolutionary Computation
// 13(2)) a child takes parents from everywhere with probability 0.1 and replaces at most two
// solutions. pagmo's own moead (2.18) needs the fitness of one child before it makes the next, so
// that nothing can run side by side; this one makes the children of all subproblems first.
#pragma once

#include <cstdint>
#include <pagmo/bfe.hpp>
#include <pagmo/problem.hpp>

namespace bitloom {

// Evaluates a first population and `generations` more with `evaluate`.
void run_moead(const pagmo::problem& problem, const pagmo::bfe& evaluate, std::size_t population,
               std::size_t generations, std::uint64_t seed);

}  // namespace bitloom
