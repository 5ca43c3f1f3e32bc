// SPDX-License-Identifier: Apache-2.0
// The formats that property tests run over, and points at which an encoder can go wrong.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "models/base/random.h"
#include "models/numeric/format.h"
#include "models/numeric/minifloat.h"

namespace bitloom {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

inline std::vector<std::string> all_format_names() {
    std::vector<std::string> names = format_names();
    for (const std::string& name : minifloat_variant_names()) names.push_back(name);
    return names;
}

// The distinct finite values, ascending; both zeros count as one.
inline std::vector<double> finite_values(const Format& format) {
    std::vector<double> values;
    for (std::uint32_t code = 0; code < format.code_count(); ++code)
        if (const double value = format.value(code); std::isfinite(value))
            values.push_back(value + 0.0);
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

// Every value and every midpoint with the doubles next to them, what is beyond the ends, tiny
// numbers, and seeded random points: evenly in the range and evenly in logarithm.
inline std::vector<double> interesting_points(const Format& format) {
    const std::vector<double> values = finite_values(format);
    std::vector<double> points = {-infinite, -1e300,   -0.0,
                                  0.0,       infinite, -1e-300,
                                  1e300,     1e-300,   std::numeric_limits<double>::denorm_min()};
    const auto add_with_neighbours = [&](double x) {
        points.push_back(x);
        points.push_back(std::nextafter(x, infinite));
        points.push_back(std::nextafter(x, -infinite));
    };
    for (std::size_t i = 0; i < values.size(); ++i) {
        add_with_neighbours(values[i]);
        if (i > 0) add_with_neighbours((values[i - 1] + values[i]) / 2);
    }
    const RandomStream random(1, format.name());
    const double low = format.min_value() * 1.1;
    const double high = format.max_value() * 1.1;
    const double top = std::log2(high);
    for (std::uint64_t i = 0; i < 2000; ++i) {
        points.push_back(low + (high - low) * random.uniform(2 * i));
        const double size = std::exp2(top - 14 + 15 * random.uniform(2 * i + 1));
        points.push_back(i % 2 == 0 ? size : -size);
    }
    std::sort(points.begin(), points.end());
    return points;
}

}  // namespace bitloom
