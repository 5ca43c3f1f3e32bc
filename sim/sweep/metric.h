// SPDX-License-Identifier: Apache-2.0
// A measured number.
#pragma once

#include <cstdint>
#include <variant>

namespace bitloom {

// Integers stay integers, all 64 bits of them; reals keep every bit. A real must not be NaN: what
// is not available is left out.
using Metric = std::variant<std::int64_t, double>;

// Nearest double.
inline double number(const Metric& metric) {
    return std::visit([](auto value) { return static_cast<double>(value); }, metric);
}

}  // namespace bitloom
