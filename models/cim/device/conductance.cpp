// SPDX-License-Identifier: Apache-2.0
#include "models/cim/device/conductance.h"

#include <cmath>

#include "models/base/error.h"

namespace bitloom {

std::int32_t round_to_even(double x) {
    const double below = std::floor(x);
    const double rest = x - below;  // exact
    const auto low = static_cast<std::int32_t>(below);
    return rest > 0.5 || (rest == 0.5 && low % 2 != 0) ? low + 1 : low;
}

std::int32_t conductance_units(double conductance_uS, double g_max_uS) {
    BITLOOM_CHECK(g_max_uS > 0.0, "g_max = {} uS is positive", g_max_uS);
    BITLOOM_CHECK(conductance_uS >= 0.0 && conductance_uS <= 16.0 * g_max_uS,
                  "a conductance of {} uS is in 0..16 g_max, g_max = {} uS", conductance_uS,
                  g_max_uS);
    // The product with 2^20 is exact, so the quotient is rounded once to a double and once to a
    // whole number, which is then the same wherever IEEE arithmetic is.
    const double scaled = conductance_uS * conductance_units_per_g_max / g_max_uS;
    return round_to_even(scaled);
}

double conductance_of_units(std::int32_t units, double g_max_uS) {
    return units * g_max_uS / conductance_units_per_g_max;
}

}  // namespace bitloom
