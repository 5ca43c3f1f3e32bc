// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace bitloom {

// ceil(a / b). a >= 0, b >= 1, a + b below 2^63.
constexpr std::int64_t divide_up(std::int64_t a, std::int64_t b) {
    return (a + b - 1) / b;
}

}  // namespace bitloom
