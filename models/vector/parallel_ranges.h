// SPDX-License-Identifier: Apache-2.0
// Loops over rows on several threads where the work is worth it.
#pragma once

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <cstdint>

namespace bitloom {

// Words that one thread works on at least; fewer are done by the caller. About 10 us.
inline constexpr std::int64_t words_a_thread = 16384;

// body(begin, end) for ranges that cover the rows 0..rows-1 once, of row_words words each. Bodies
// must not depend on each other: the ranges and their order are not defined.
template <class Body>
void for_ranges(std::int64_t rows, std::int64_t row_words, const Body& body) {
    const std::int64_t grain =
        std::max<std::int64_t>(1, words_a_thread / std::max<std::int64_t>(1, row_words));
    if (rows <= grain) {
        if (rows > 0) body(0, rows);
        return;
    }
    tbb::parallel_for(tbb::blocked_range<std::int64_t>(0, rows, grain),
                      [&](const auto& range) { body(range.begin(), range.end()); });
}

}  // namespace bitloom
