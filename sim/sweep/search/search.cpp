// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/search/search.h"

#include <tbb/global_control.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <pagmo/algorithms/nsga2.hpp>
#include <pagmo/bfe.hpp>
#include <pagmo/population.hpp>
#include <pagmo/problem.hpp>
#include <set>

#include "models/base/error.h"
#include "models/base/random.h"
#include "models/base/text.h"
#include "sim/sweep/pareto.h"
#include "sim/sweep/search/genome.h"
#include "sim/sweep/search/moead.h"
#include "sim/sweep/search/search_problem.h"

namespace bitloom {

namespace {

using Vector = pagmo::vector_double;

// Turns genomes into costs, each point evaluated once.
class Evaluator {
public:
    Evaluator(const SweepFile& file, const EvaluatePoints& evaluate)
        : file_(file), genome_(file), evaluate_(evaluate) {}

    const Genome& genome() const { return genome_; }
    // The algorithms want two objectives at least: a single one counts twice.
    std::size_t objectives() const {
        return std::max<std::size_t>(2, file_.search.objectives.size());
    }

    // Genomes one behind the other in, costs one behind the other out.
    Vector costs_of(const Vector& genomes) {
        std::vector<std::string> hashes;  // of the point of each genome; empty: left out
        std::vector<SweepPoint> fresh;
        for (std::size_t start = 0; start < genomes.size(); start += genome_.genes()) {
            std::optional<SweepPoint> point =
                genome_.decode(std::span(genomes).subspan(start, genome_.genes()));
            hashes.push_back(point ? point->hash : "");
            if (point && known_.emplace(point->hash, Vector()).second)
                fresh.push_back(std::move(*point));
        }
        if (!fresh.empty()) evaluate_points(std::move(fresh));
        Vector result;
        for (const std::string& hash : hashes) {
            const Vector costs = hash.empty() ? all_objectives(left_out_cost) : known_.at(hash);
            result.insert(result.end(), costs.begin(), costs.end());
        }
        return result;
    }

    SearchResult result() && {
        std::vector<std::vector<double>> feasible;
        std::vector<std::size_t> indices;
        for (std::size_t i = 0; i < points_.size(); ++i)
            if (const Vector& costs = known_.at(points_[i].hash); is_feasible(costs)) {
                feasible.push_back(costs);
                indices.push_back(i);
            }
        SearchResult result;
        for (const std::size_t i : pareto_front(feasible)) result.front.push_back(indices[i]);
        result.points = std::move(points_);
        return result;
    }

private:
    Vector all_objectives(double cost) const { return Vector(objectives(), cost); }

    void evaluate_points(std::vector<SweepPoint> fresh) {
        const std::vector<std::optional<Metrics>> measured = evaluate_(fresh);
        BITLOOM_CHECK(measured.size() == fresh.size(), "there is an answer for every point");
        for (const std::optional<Metrics>& metrics : measured)
            if (metrics)
                for (const auto& [name, value] : *metrics) seen_.insert(name);
        if (!seen_.empty()) check_metrics();
        for (std::size_t i = 0; i < fresh.size(); ++i)
            known_.at(fresh[i].hash) =
                measured[i] ? costs_of(*measured[i]) : all_objectives(failed_cost);
        std::move(fresh.begin(), fresh.end(), std::back_inserter(points_));
    }

    Vector costs_of(const Metrics& metrics) const {
        double missed = 0.0;
        for (const MetricLimit& limit : file_.search.limits) {
            const auto found = metrics.find(limit.metric);
            if (found == metrics.end()) return all_objectives(failed_cost);
            missed += violation(limit, number(found->second));
        }
        if (missed > 0.0)
            return all_objectives(infeasible_cost * (1.0 + std::min(missed, most_violation)));
        std::optional<Vector> result = costs(file_.search.objectives, metrics);
        if (!result || !is_feasible(*result)) return all_objectives(failed_cost);
        result->resize(objectives(), result->front());
        return *result;
    }

    void check_metrics() const {
        const auto check = [&](const std::string& metric) {
            if (seen_.count(metric) > 0) return;
            const std::vector<std::string> names(seen_.begin(), seen_.end());
            fail("{}: no point has the metric '{}'{}; there are: {}", file_.name, metric,
                 did_you_mean(metric, names), fmt::join(names, " "));
        };
        for (const Objective& objective : file_.search.objectives) check(objective.metric);
        for (const MetricLimit& limit : file_.search.limits) check(limit.metric);
    }

    const SweepFile& file_;
    const Genome genome_;
    const EvaluatePoints& evaluate_;
    std::vector<SweepPoint> points_;       // evaluated
    std::map<std::string, Vector> known_;  // costs by the point's hash
    std::set<std::string> seen_;           // metrics
};

// The evaluator as pagmo wants it: a problem, and a batch evaluator of its own. pagmo makes objects
// of these types by default, but uses none of them.
struct Problem {
    Evaluator* evaluator = nullptr;

    Vector fitness(const Vector& genome) const { return evaluator->costs_of(genome); }
    std::pair<Vector, Vector> get_bounds() const {
        if (evaluator == nullptr) return {{0.0}, {1.0}};
        return {evaluator->genome().least(), evaluator->genome().most()};
    }
    Vector::size_type get_nobj() const {
        return evaluator == nullptr ? 1 : evaluator->objectives();
    }
    Vector::size_type get_nix() const {
        return evaluator == nullptr ? 0 : evaluator->genome().whole();
    }
};

struct BatchEvaluator {
    Evaluator* evaluator = nullptr;

    Vector operator()(const pagmo::problem&, const Vector& genomes) const {
        return evaluator->costs_of(genomes);
    }
};

}  // namespace

SearchResult search(const SweepFile& file, const EvaluatePoints& evaluate) {
    BITLOOM_CHECK(file.is_search(), "the sweep is a search");
    // pagmo uses TBB in small things; its threads would be in the way of those that fork. Not taken
    // back before the process ends: TBB would start them then.
    static const tbb::global_control one_thread(tbb::global_control::max_allowed_parallelism, 1);
    Evaluator evaluator(file, evaluate);
    const pagmo::problem problem(Problem{&evaluator});
    const pagmo::bfe batch(BatchEvaluator{&evaluator});
    const auto population = static_cast<std::size_t>(file.search.population);
    const auto generations = static_cast<std::size_t>(file.search.generations);
    const RandomStream seeds(static_cast<std::uint64_t>(file.settings.seed), "sweep.search");
    if (file.settings.method == SweepMethod::moead) {
        run_moead(problem, batch, population, generations, seeds.bits(0));
    } else {
        pagmo::nsga2 nsga2(static_cast<unsigned>(generations), crossover_probability,
                           crossover_index, mutation_probability(problem), mutation_index,
                           static_cast<unsigned>(seeds.bits(0)));
        nsga2.set_bfe(batch);
        nsga2.evolve(
            pagmo::population(problem, batch, population, static_cast<unsigned>(seeds.bits(1))));
    }
    return std::move(evaluator).result();
}

}  // namespace bitloom
