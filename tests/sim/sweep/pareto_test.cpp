// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/pareto.h"

#include <gtest/gtest.h>

#include <limits>

#include "models/base/error.h"
#include "models/base/random.h"

namespace bitloom {
namespace {

using Points = std::vector<std::vector<double>>;
using Indices = std::vector<std::size_t>;

// The definition, point against point.
Indices by_definition(const Points& points) {
    Indices front;
    for (std::size_t i = 0; i < points.size(); ++i) {
        bool dominated = false;
        for (const std::vector<double>& other : points) {
            bool no_worse = true, better = false;
            for (std::size_t k = 0; k < other.size(); ++k) {
                no_worse = no_worse && other[k] <= points[i][k];
                better = better || other[k] < points[i][k];
            }
            dominated = dominated || (no_worse && better);
        }
        if (!dominated) front.push_back(i);
    }
    return front;
}

// Few different costs, so that ties and equal points are common.
TEST(Pareto, TheFrontIsTheOneOfTheDefinition) {
    for (std::uint64_t round = 0; round < 600; ++round) {
        const RandomStream draw(round, "pareto");
        const std::size_t costs = 1 + round % 5;
        const std::size_t count = draw.below(0, 60);
        const std::uint64_t values = 2 + draw.below(1, 12);
        Points points(count, std::vector<double>(costs));
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t k = 0; k < costs; ++k)
                points[i][k] = static_cast<double>(draw.below(10 + i * costs + k, values)) - 3.0;
        ASSERT_EQ(pareto_front(points), by_definition(points))
            << "round " << round << ": " << costs << " costs";
    }
}

TEST(Pareto, EqualPointsAreAllOnTheFront) {
    EXPECT_EQ(pareto_front(Points{{1, 2}, {2, 1}, {1, 2}, {2, 2}}), (Indices{0, 1, 2}));
    EXPECT_EQ(pareto_front(Points{{3}, {1}, {1}}), (Indices{1, 2}));
    EXPECT_EQ(pareto_front(Points{}), Indices{});
}

TEST(Pareto, InfinityIsWorseThanAnyNumber) {
    const double inf = std::numeric_limits<double>::infinity();
    EXPECT_EQ(pareto_front(Points{{inf, inf}, {1, inf}, {inf, 1}, {1, inf}}), (Indices{1, 2, 3}));
}

TEST(Pareto, NaNIsAFaultOfTheCaller) {
    EXPECT_THROW(pareto_front(Points{{1, std::numeric_limits<double>::quiet_NaN()}}),
                 InternalError);
    EXPECT_THROW(pareto_front(Points{{1, 2}, {1}}), InternalError);
}

}  // namespace
}  // namespace bitloom
