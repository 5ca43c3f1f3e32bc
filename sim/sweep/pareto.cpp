// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/pareto.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/base/error.h"

namespace bitloom {

bool dominates(std::span<const double> a, std::span<const double> b) {
    bool below = false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] > b[i]) return false;
        below |= a[i] < b[i];
    }
    return below;
}

std::vector<std::size_t> pareto_front(std::span<const std::vector<double>> points) {
    if (points.empty()) return {};
    for (const std::vector<double>& point : points)
        BITLOOM_CHECK(!point.empty() && point.size() == points[0].size() &&
                          std::none_of(point.begin(), point.end(),
                                       [](double cost) { return std::isnan(cost); }),
                      "points of a front have equally many costs and no NaN");
    std::vector<std::size_t> order(points.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return points[a] != points[b] ? points[a] < points[b] : a < b;
    });
    // In this order a point is dominated only by one before it, and then by one of the front.
    std::vector<std::size_t> front;
    for (const std::size_t index : order) {
        const std::vector<double>& point = points[index];
        // With two costs the last of the front has the least second cost so far.
        const std::size_t first =
            point.size() <= 2 && !front.empty() ? front.size() - 1 : std::size_t{0};
        const bool dominated =
            std::any_of(front.begin() + static_cast<std::ptrdiff_t>(first), front.end(),
                        [&](std::size_t other) { return dominates(points[other], point); });
        if (!dominated) front.push_back(index);
    }
    std::sort(front.begin(), front.end());
    return front;
}

}  // namespace bitloom
