// SPDX-License-Identifier: Apache-2.0
// Multi-objective search: the points of a generation follow from the metrics of those before.
//
//   nsga2: NSGA-II (Deb, Pratap, Agarwal, Meyarivan, IEEE Trans. Evolutionary Computation 6(2),
//          2002), pagmo's.
//   moead: MOEA/D (Zhang, Li, IEEE Trans. Evolutionary Computation 11(6), 2007), see moead.h.
//
// A point that misses a limit is worse than every point that keeps all, and the worse the more it
// misses (Deb's rule of constraint domination); one that fails is worse than those, and one that
// the sweep's requirements leave out is worst and never run.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "sim/sweep/objectives.h"
#include "sim/sweep/sweep_file.h"

namespace bitloom {

// The metrics of each of these points, in their order; nothing for one that failed. The points
// differ from each other and from all asked for before.
using EvaluatePoints =
    std::function<std::vector<std::optional<Metrics>>(std::span<const SweepPoint>)>;

struct SearchResult {
    std::vector<SweepPoint> points;  // all that were evaluated, in their order
    std::vector<std::size_t> front;  // indices, rising: within the limits and not dominated
};

// Evaluates a generation in one call: at most population * (generations + 1) points. They follow
// from the file and the metrics alone: a search that was killed and is run again asks for the same
// points. `evaluate` may throw, which ends the search. It may fork (process_pool.h): the search
// starts no thread, and from then on TBB has one thread in this process and its children. Throws
// Error when no point that was evaluated has one of the metrics.
SearchResult search(const SweepFile& file, const EvaluatePoints& evaluate);

}  // namespace bitloom
