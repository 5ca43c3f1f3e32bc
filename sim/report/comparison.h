// SPDX-License-Identifier: Apache-2.0
// Two results side by side: ratios, and what the differences come from.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/report/result_file.h"
#include "sim/report/text_style.h"

namespace bitloom {

struct LayerComparison {
    std::size_t a = 0, b = 0;      // index among the layers of each result
    double time_ratio = 0.0;       // b / a, in seconds; NaN where both are 0
    double energy_ratio = 0.0;     // b / a; NaN where both are 0
    std::string bound_a, bound_b;  // what most cycles go to: "array", "DRAM", "vector unit", ...
    // The largest share of the difference of time: "DRAM: +1,200 of +1,500 cycles; moves 2.00 x the
    // bytes". "-" where there is none.
    std::string time_cause;
    std::string energy_cause;  // "DRAM: +80 of +100 pJ"
};

struct Comparison {
    ResultFile a, b;
    std::vector<LayerComparison> layers;            // of both, in the order of a
    std::vector<std::string> only_in_a, only_in_b;  // names of layers
    struct Difference {
        std::string key, a, b;  // "-" where a result does not have the key
    };
    std::vector<Difference> configuration;  // keys whose values differ, by name
    std::vector<std::string> notes;         // why the results may not be comparable

    const LayerFile& in_a(const LayerComparison& layer) const { return a.layers[layer.a]; }
    const LayerFile& in_b(const LayerComparison& layer) const { return b.layers[layer.b]; }
};

// Layers are matched by name. The cycles of a layer are those in which the array streams and those
// that wait for each unit; the cause of a difference is the kind that moves most in its direction.
Comparison compare(ResultFile a, ResultFile b);

std::string comparison_text(const Comparison& comparison, const TextStyle& style);
// A header, a record a layer, and a last record named "total". RFC 4180.
std::string comparison_csv(const Comparison& comparison);
// {"schema": "bitloom-comparison", "schema_version": 1, ...}; ratios are b / a, null where 0 / 0.
std::string comparison_json(const Comparison& comparison);

}  // namespace bitloom
