// SPDX-License-Identifier: Apache-2.0
#include "models/vector/permute.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace bitloom {
namespace {

std::int64_t count_of(const std::vector<std::int64_t>& shape) {
    return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

// Moves element by element: the coordinates of every input element are found by division.
std::vector<int> move_one_by_one(const std::vector<std::int64_t>& shape,
                                 const std::vector<std::int64_t>& permutation,
                                 const std::vector<int>& in) {
    std::vector<int> out(in.size());
    for (std::size_t i = 0; i < in.size(); ++i) {
        std::vector<std::int64_t> at(shape.size());
        auto rest = static_cast<std::int64_t>(i);
        for (std::size_t axis = shape.size(); axis-- > 0;) {
            at[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        std::int64_t to = 0;
        for (const std::int64_t axis : permutation) {
            const auto a = static_cast<std::size_t>(axis);
            to = to * shape[a] + at[a];
        }
        out[static_cast<std::size_t>(to)] = in[i];
    }
    return out;
}

TEST(Permute, EveryPermutationOfEveryRankMovesEachElementToItsPlace) {
    const std::vector<std::int64_t> sizes = {3, 1, 4, 2, 5};
    for (std::size_t rank = 1; rank <= sizes.size(); ++rank) {
        const std::vector<std::int64_t> shape(sizes.begin(),
                                              sizes.begin() + static_cast<std::ptrdiff_t>(rank));
        std::vector<std::int64_t> permutation(rank);
        std::iota(permutation.begin(), permutation.end(), 0);
        std::vector<int> in(static_cast<std::size_t>(count_of(shape)));
        std::iota(in.begin(), in.end(), 100);
        do {
            std::vector<int> out(in.size());
            permute(shape, permutation, in.data(), out.data());
            ASSERT_EQ(out, move_one_by_one(shape, permutation, in));
        } while (std::next_permutation(permutation.begin(), permutation.end()));
    }
}

}  // namespace
}  // namespace bitloom
