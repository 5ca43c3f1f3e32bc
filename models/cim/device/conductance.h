// SPDX-License-Identifier: Apache-2.0
// Conductances as whole numbers. The physics of a device is in microsiemens (uS) and doubles; what
// leaves it, and what SystemC, plain C++ and RTL share, is an int32 in units of g_max / 2^20. A sum
// of products of such numbers is exact and the same in every order, on every machine.
#pragma once

#include <cstdint>

namespace bitloom {

// g_max in conductance units. For g_max = 25 uS a unit is 24 pS, four orders of magnitude below
// the programming noise.
inline constexpr std::int32_t conductance_units_per_g_max = 1 << 20;

// The largest number of units: 16 g_max, so that 2^12 rows of 2^8 input steps sum to below 2^45.
inline constexpr std::int32_t max_conductance_units = 16 * conductance_units_per_g_max;

// Nearest whole number, a tie to the even one, |x| < 2^31: independent of the thread's rounding
// mode.
std::int32_t round_to_even(double x);

// Nearest multiple of g_max / 2^20, a tie to the even one. 0 <= conductance_uS <= 16 g_max_uS and
// g_max_uS > 0 (else InternalError, also for NaN).
std::int32_t conductance_units(double conductance_uS, double g_max_uS);

// The conductance of so many units, in uS: units * g_max_uS / 2^20.
double conductance_of_units(std::int32_t units, double g_max_uS);

}  // namespace bitloom
