// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/first_fit.h"

#include <algorithm>

namespace bitloom {

void FirstFit::advance_to(std::size_t step) {
    std::erase_if(held_, [&](const Held& held) { return held.last_step < step; });
}

std::int64_t FirstFit::place(std::int64_t bytes, std::size_t last_step, std::int64_t limit) {
    const std::int64_t size = (bytes + 63) / 64 * 64;
    std::int64_t begin = 0;
    auto next = held_.begin();
    while (next != held_.end() && next->begin - begin < size) begin = (next++)->end;
    if (begin + size > limit) return -1;
    held_.insert(next, {begin, begin + size, last_step});
    peak_ = std::max(peak_, begin + size);
    return begin;
}

}  // namespace bitloom
