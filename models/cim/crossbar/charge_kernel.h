// SPDX-License-Identifier: Apache-2.0
// The inner loops of CimMvm, one body an instruction set, all with equal results: sums of products
// of a few input vectors with 16 lanes of 16-bit weights, and what an ideal converter makes of
// charges.
#pragma once

#include <cstdint>

namespace bitloom {

inline constexpr std::int64_t charge_vectors = 6;  // input vectors at a time
inline constexpr std::int64_t charge_lanes = 16;   // of a panel
inline constexpr std::int64_t charge_columns = 8;  // of a panel: two lanes a column

// Converts charges exactly as Adc does by formula. All numbers are whole and below 2^53.
struct IdealConversion {
    double lsb = 1.0;
    double half = 0.0;  // added before rounding down: lsb / 2 or 0
    std::int32_t largest = 127;
};

// Normal draws z (in 2^-16) become whole charges: floor(sqrt(per_sum * sum + constant) z / 2^16 +
// 1/2), sum being a column's sum of |units| / 2^11 times squared ticks.
struct NoiseScale {
    double per_sum = 0.0;
    double constant = 0.0;
};

// What the pulses of one pass put on the rows of a block (CimCounts).
struct RowLoad {
    std::int64_t pulses = 0, ticks = 0, unit_ticks = 0;
};

struct ChargeKernel {
    // sums[6][16] = sum over `pairs` pairs of rows of vectors[v][row] * panel[pair][16 lanes][row
    // of the pair], modulo 2^32.
    void (*multiply)(const std::int16_t* const* vectors, const std::int16_t* panel,
                     std::int64_t pairs, std::int32_t* sums);
    // charges[i] += noise of z[i] with sums[i]; `sums` may be null: 0.
    void (*add_noise)(const NoiseScale& scale, const double* sums, const std::int32_t* z,
                      std::int64_t count, double* charges);
    // codes[i] of charges[i]; returns how many saturated.
    std::int64_t (*convert)(const IdealConversion& conversion, const double* charges,
                            std::int64_t count, std::int32_t* codes);
    // Of `count` rows with these signed ticks and sums of conductances.
    RowLoad (*row_load)(const std::int16_t* ticks, const std::int64_t* row_units,
                        std::int64_t count);
};

ChargeKernel portable_charge_kernel();
// The fastest that this machine runs.
const ChargeKernel& best_charge_kernel();

}  // namespace bitloom
