// SPDX-License-Identifier: Apache-2.0
// A sweep's parameters as the vector of numbers that a search algorithm works on.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sim/sweep/sweep_file.h"

namespace bitloom {

// One gene a parameter that has a choice: first those of continuous domains, each its position in
// [0, 1], then those of lists, each the index of a value. A parameter whose condition does not hold
// keeps its gene, but is not in the point: genomes that differ in it alone are the same point.
class Genome {
public:
    // `file` must outlive the genome. Throws Error when no parameter has a choice.
    explicit Genome(const SweepFile& file);

    std::size_t genes() const { return order_.size(); }
    std::size_t whole() const { return whole_; }  // the last ones, whose values are whole numbers
    const std::vector<double>& least() const { return least_; }
    const std::vector<double>& most() const { return most_; }

    // Nothing when the point fails a requirement.
    std::optional<SweepPoint> decode(std::span<const double> genes) const;

private:
    const SweepFile& file_;
    std::vector<std::size_t> order_;  // the parameter of each gene
    std::size_t whole_ = 0;
    std::vector<double> least_, most_;
};

}  // namespace bitloom
