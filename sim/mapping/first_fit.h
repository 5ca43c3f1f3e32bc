// SPDX-License-Identifier: Apache-2.0
// Places in a memory for tensors that live from one step to another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bitloom {

class FirstFit {
public:
    // Frees what was last needed before `step`.
    void advance_to(std::size_t step);
    // The lowest gap of so many bytes (rounded up to 64); held until after `last_step` if its end
    // is within `limit`. Returns its begin, or -1 where it does not fit.
    std::int64_t place(std::int64_t bytes, std::size_t last_step, std::int64_t limit);
    // Largest end of any place so far.
    std::int64_t peak() const { return peak_; }

private:
    struct Held {
        std::int64_t begin, end;
        std::size_t last_step;
    };
    std::vector<Held> held_;  // by address
    std::int64_t peak_ = 0;
};

}  // namespace bitloom
