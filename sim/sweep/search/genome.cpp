// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/search/genome.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"

namespace bitloom {

Genome::Genome(const SweepFile& file) : file_(file) {
    for (const bool continuous : {true, false})
        for (std::size_t i = 0; i < file.parameters.size(); ++i) {
            const Domain& domain = file.parameters[i].domain;
            if (domain.continuous != continuous) continue;
            if (!continuous && domain.values.size() < 2) continue;
            order_.push_back(i);
            least_.push_back(0.0);
            most_.push_back(continuous ? 1.0 : static_cast<double>(domain.values.size() - 1));
            if (!continuous) ++whole_;
        }
    if (order_.empty())
        fail("{}: there is nothing to search: every parameter has one value", file.name);
}

std::optional<SweepPoint> Genome::decode(std::span<const double> genes) const {
    BITLOOM_CHECK(genes.size() == order_.size(), "a genome has a gene for each choice");
    std::vector<std::string> values;
    for (const SweepParameter& parameter : file_.parameters)
        values.push_back(parameter.domain.continuous ? "" : parameter.domain.values.front());
    for (std::size_t i = 0; i < genes.size(); ++i) {
        const Domain& domain = file_.parameters[order_[i]].domain;
        BITLOOM_CHECK(genes[i] >= least_[i] && genes[i] <= most_[i], "a gene is within its bounds");
        values[order_[i]] = domain.continuous
                                ? domain.at(std::min(genes[i], std::nextafter(1.0, 0.0)))
                                : domain.values[static_cast<std::size_t>(std::lround(genes[i]))];
    }
    return file_.point(values);
}

}  // namespace bitloom
