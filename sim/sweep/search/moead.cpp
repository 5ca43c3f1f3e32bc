// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/search/moead.h"

#include <algorithm>
#include <numeric>
#include <pagmo/population.hpp>
#include <pagmo/rng.hpp>
#include <pagmo/utils/generic.hpp>
#include <pagmo/utils/genetic_operators.hpp>
#include <pagmo/utils/multi_objective.hpp>
#include <random>

#include "sim/sweep/search/search_problem.h"

namespace bitloom {

namespace {

using Vector = pagmo::vector_double;
using Indices = std::vector<std::size_t>;

constexpr std::size_t neighbours = 20;        // T of the papers
constexpr double near_probability = 0.9;      // delta: parents from the neighbourhood
constexpr std::size_t most_replacements = 2;  // n_r: solutions that one child replaces

class Moead {
public:
    Moead(const pagmo::problem& problem, const pagmo::bfe& evaluate, std::size_t size,
          std::uint64_t seed)
        : problem_(problem),
          evaluate_(evaluate),
          bounds_(problem.get_bounds()),
          random_(static_cast<pagmo::detail::random_engine_type::result_type>(seed)),
          population_(problem, evaluate, size, static_cast<unsigned>(seed >> 32)),
          genes_(population_.get_x()),
          costs_(population_.get_f()),
          all_(size) {
        const std::size_t objectives = problem.get_nobj();
        weights_ = pagmo::decomposition_weights(
            objectives, size, objectives == 2 ? "grid" : "low discrepancy", random_);
        near_ = pagmo::kNN(weights_, std::min(neighbours, size - 1));
        for (std::size_t i = 0; i < size; ++i) near_[i].push_back(i);
        std::iota(all_.begin(), all_.end(), std::size_t{0});
        best_ = pagmo::ideal(costs_);
    }

    void generation() {
        normalize();
        std::vector<bool> from_near;
        Vector children;
        for (std::size_t i = 0; i < genes_.size(); ++i) {
            from_near.push_back(uniform() < near_probability);
            const Vector child = make_child(from_near[i] ? near_[i] : all_);
            children.insert(children.end(), child.begin(), child.end());
        }
        const Vector costs = evaluate_(problem_, children);
        const auto genes = static_cast<std::ptrdiff_t>(problem_.get_nx());
        const auto objectives = static_cast<std::ptrdiff_t>(problem_.get_nobj());
        for (std::size_t i = 0; i < genes_.size(); ++i) {
            const auto child = children.begin() + static_cast<std::ptrdiff_t>(i) * genes;
            const auto cost = costs.begin() + static_cast<std::ptrdiff_t>(i) * objectives;
            offer({child, child + genes}, {cost, cost + objectives},
                  from_near[i] ? near_[i] : all_);
        }
    }

private:
    double uniform() { return std::uniform_real_distribution<>(0.0, 1.0)(random_); }

    Vector make_child(const Indices& pool) {
        std::uniform_int_distribution<std::size_t> pick(0, pool.size() - 1);
        const std::size_t one = pool[pick(random_)];
        std::size_t other = pool[pick(random_)];
        while (other == one) other = pool[pick(random_)];
        Vector child = pagmo::sbx_crossover(genes_[one], genes_[other], bounds_, problem_.get_nix(),
                                            crossover_probability, crossover_index, random_)
                           .first;
        pagmo::polynomial_mutation(child, bounds_, problem_.get_nix(),
                                   mutation_probability(problem_), mutation_index, random_);
        return child;
    }

    // The scale of each objective: from the best to the worst of those that keep every limit.
    void normalize() {
        scale_.assign(best_.size(), 1.0);
        for (std::size_t k = 0; k < best_.size(); ++k) {
            double worst = best_[k];
            for (const Vector& cost : costs_)
                if (is_feasible(cost)) worst = std::max(worst, cost[k]);
            if (worst > best_[k]) scale_[k] = worst - best_[k];
        }
    }

    double decomposed(const Vector& cost, std::size_t subproblem) const {
        Vector normal(cost.size());
        for (std::size_t k = 0; k < cost.size(); ++k) normal[k] = (cost[k] - best_[k]) / scale_[k];
        return pagmo::decompose_objectives(normal, weights_[subproblem], Vector(cost.size(), 0.0),
                                           "tchebycheff")[0];
    }

    void offer(const Vector& genes, const Vector& cost, Indices pool) {
        for (std::size_t k = 0; k < cost.size(); ++k) best_[k] = std::min(best_[k], cost[k]);
        std::shuffle(pool.begin(), pool.end(), random_);
        std::size_t replaced = 0;
        for (const std::size_t i : pool) {
            if (replaced == most_replacements) break;
            if (!(decomposed(cost, i) < decomposed(costs_[i], i))) continue;
            genes_[i] = genes;
            costs_[i] = cost;
            ++replaced;
        }
    }

    const pagmo::problem& problem_;
    const pagmo::bfe& evaluate_;
    const std::pair<Vector, Vector> bounds_;
    pagmo::detail::random_engine_type random_;
    const pagmo::population population_;  // the first
    std::vector<Vector> genes_, costs_;   // of the best solution so far of each subproblem
    std::vector<Vector> weights_;
    std::vector<Indices> near_;  // subproblems with near weights, itself among them
    Indices all_;
    Vector best_;   // least of each objective seen: the papers' z*
    Vector scale_;  // of each objective
};

}  // namespace

void run_moead(const pagmo::problem& problem, const pagmo::bfe& evaluate, std::size_t population,
               std::size_t generations, std::uint64_t seed) {
    Moead moead(problem, evaluate, population, seed);
    for (std::size_t i = 0; i < generations; ++i) moead.generation();
}

}  // namespace bitloom
