// SPDX-License-Identifier: Apache-2.0
// Standard normal numbers from uniform bits, the same on every machine with IEEE arithmetic: only
// + - * / and sqrt, no mathematical library, and no contraction to fused operations (a build flag).
#pragma once

#include <array>
#include <cstdint>

namespace bitloom {

// The z with P(Z <= z) = p, 0 < p < 1. Relative error below 1e-15: algorithm AS 241, PPND16
// (Wichura, Applied Statistics 37(3), 1988).
double inverse_normal(double p);

// inverse_normal of the middle of one of 2^52 equal intervals: the upper 52 bits choose it. |z| is
// at most 8.21; bits and ~bits give opposite signs.
double normal_of_bits(std::uint64_t bits);

// The same of 32 bits as a whole number of 2^-16, error below 2^-16: by a table, with integers
// only. |z| <= 6.34.
std::int32_t normal_q16_of_bits(std::uint32_t bits);

// What normal_q16_of_bits reads. With V = 2 v + 1 for the lower 31 bits v, P(Z <= -z) = V 2^-33:
// one row for each place of V's highest bit, one entry for each value of the four bits below it. z
// in 2^-20 is c0 + t (c1 + t c2) with t in 0..1, continuous from entry to entry.
struct NormalTable {
    static constexpr int sub_bits = 4, fraction_bits = 14;
    std::array<std::int32_t, 32 << sub_bits> c0, c1, c2;
};
const NormalTable& normal_table();

}  // namespace bitloom
