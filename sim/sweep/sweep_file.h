// SPDX-License-Identifier: Apache-2.0
// A sweep as the user wrote it, and its points.
//
//     chip = ant, olive
//     network = zoo/digits
//     [array]
//     rows = 16..128 step *2              # sim/sweep/domain.h has all forms
//     columns = 16..128 step *2
//     stacking = auto, none
//     [when]                              # the point has the key only where this holds
//     array.stacking = chip == olive
//     [require]                           # points where this fails are left out
//     area = array.rows * array.columns <= 4096
//     [search]
//     minimize = latency_s, energy_pj     # metrics; the frontier is over these
//     maximize = accuracy
//     limits = area_mm2 <= 10             # of points on the frontier
//     population = 40                     # of nsga2 and moead
//     generations = 20
//     [sweep]
//     method = grid                       # or random, latin_hypercube, nsga2, moead
//     points = 100                        # of random and latin_hypercube
//     seed = 1                            # of all but grid
//     timeout = 600s                      # of one point; 0: none
//     memory = 2GiB                       # of one point; 0: no limit
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/sweep/condition.h"
#include "sim/sweep/domain.h"
#include "sim/sweep/objectives.h"

namespace bitloom {

// The last two are searches: which points come next depends on the metrics of those before
// (sim/sweep/search/search.h).
enum class SweepMethod { grid, random, latin_hypercube, nsga2, moead };

struct SweepSettings {
    SweepMethod method = SweepMethod::grid;
    std::int64_t points = 100;      // 1..1 000 000
    std::int64_t seed = 1;          // >= 0
    double timeout_s = 0.0;         // >= 0
    std::int64_t memory_bytes = 0;  // >= 0
};

struct SearchSettings {
    std::vector<Objective> objectives;  // minimized ones first, in the order given
    std::vector<MetricLimit> limits;
    std::int64_t population = 40;   // 8..10 000, a multiple of 4
    std::int64_t generations = 20;  // after the first population; 1..100 000
};

struct SweepParameter {
    std::string name;  // "array.rows"
    Domain domain;
    std::string place;              // "runs/a.ini:12"
    std::optional<Condition> when;  // over parameters above this one in the file
    std::string when_place;         // "runs/a.ini:14: when.array.rows"
};

struct SweepRequirement {
    std::string place;  // "runs/a.ini:16: require.area"
    Condition condition;
};

// The keys of one simulation. `hash` names the content: equal keys, values and contents of files,
// equal hash, whatever the sweep. Values are compared as written: 64KiB and 65536 differ.
struct SweepPoint {
    std::vector<std::pair<std::string, std::string>> values;  // by key
    std::string hash;                                         // sha256_of_pairs

    const std::string* find(std::string_view key) const;
};

struct SweepFile {
    static constexpr std::int64_t most_points = 1'000'000;

    std::string name;  // of the file
    std::string text;  // as read
    SweepSettings settings;
    SearchSettings search;
    std::vector<SweepParameter> parameters;  // in the order of the file
    std::vector<SweepRequirement> requirements;
    // What lies in the files that values name, as hashes, by parameter and value. The maker of the
    // points fills it: a chip or network that changes is another point.
    std::map<std::string, std::map<std::string, std::string>> contents;

    bool is_search() const {
        return settings.method == SweepMethod::nsga2 || settings.method == SweepMethod::moead;
    }

    // The point with these values of the parameters (in their order), without the keys whose
    // condition does not hold; nothing when it fails a requirement.
    std::optional<SweepPoint> point(const std::vector<std::string>& values) const;

    // Not of a search. Without duplicates, in the order in which they are found; the same file
    // gives the same points.
    //   grid: every combination; the last parameter of the file changes fastest.
    //   random: settings.points different ones, each parameter drawn on its own.
    //   latin_hypercube: each parameter's domain is cut into settings.points equal parts and every
    //     part is used once (McKay, Beckman, Conover, Technometrics 1979); points that fail a
    //     requirement or repeat another are left out, so that there may be fewer.
    // A requirement that mentions a key which a point lacks is met. Throws Error when no point is
    // left, when there are too many, or when random finds too few.
    std::vector<SweepPoint> points() const;
};

// Throws Error with every problem, a line each. With `known` a key that is not in it is a problem,
// with `metrics` an objective or limit of another metric.
SweepFile parse_sweep(const std::string& name, const std::string& text,
                      const std::vector<std::string>& known = {},
                      const std::vector<std::string>& metrics = {});
SweepFile read_sweep(const std::filesystem::path& path, const std::vector<std::string>& known = {},
                     const std::vector<std::string>& metrics = {});

}  // namespace bitloom
