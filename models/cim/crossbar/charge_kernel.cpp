// SPDX-License-Identifier: Apache-2.0
#include "models/cim/crossbar/charge_kernel.h"

#include <cmath>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bitloom {

namespace {

#define BITLOOM_INLINE __attribute__((always_inline)) inline

// The definitions, in loops that compilers turn into vector code of the function they end up in.
// Only + * and sqrt, unfused: the same bits for every instruction set.

BITLOOM_INLINE void add_noise_body(const NoiseScale& scale, const double* sums,
                                   const std::int32_t* z, std::int64_t count, double* charges) {
    if (sums == nullptr) {
        const double sigma = std::sqrt(scale.constant) * 0x1p-16;
        for (std::int64_t i = 0; i < count; ++i) charges[i] += std::floor(sigma * z[i] + 0.5);
        return;
    }
    for (std::int64_t i = 0; i < count; ++i) {
        const double sigma = std::sqrt(scale.per_sum * sums[i] + scale.constant) * 0x1p-16;
        charges[i] += std::floor(sigma * z[i] + 0.5);
    }
}

BITLOOM_INLINE std::int64_t convert_body(const IdealConversion& conversion, const double* charges,
                                         std::int64_t count, std::int32_t* codes) {
    const double lsb = conversion.lsb, inverse = 1.0 / lsb;
    const std::int32_t largest = conversion.largest;
    const double beyond = largest + 1.0;
    std::int32_t saturated = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const double charge = charges[i] + conversion.half;
        // The estimate is off by at most one; the remainder, exact, says which way.
        double code = std::floor(charge * inverse);
        const double rest = charge - code * lsb;
        code += (rest >= lsb ? 1.0 : 0.0) - (rest < 0.0 ? 1.0 : 0.0);
        code = code > beyond ? beyond : code;
        code = code < -beyond ? -beyond : code;
        const auto whole = static_cast<std::int32_t>(code);
        std::int32_t limited = whole > largest ? largest : whole;
        limited = limited < -largest ? -largest : limited;
        saturated += limited != whole ? 1 : 0;
        codes[i] = limited;
    }
    return saturated;
}

BITLOOM_INLINE RowLoad row_load_body(const std::int16_t* ticks, const std::int64_t* row_units,
                                     std::int64_t count) {
    std::int32_t pulses = 0, length = 0;
    std::int64_t unit_ticks = 0;
    for (std::int64_t k = 0; k < count; ++k) {
        const std::int32_t tick = ticks[k] < 0 ? -ticks[k] : ticks[k];
        pulses += tick != 0 ? 1 : 0;
        length += tick;
        unit_ticks += tick * row_units[k];
    }
    return {pulses, length, unit_ticks};
}

void multiply_portable(const std::int16_t* const* vectors, const std::int16_t* panel,
                       std::int64_t pairs, std::int32_t* sums) {
    std::uint32_t total[charge_vectors * charge_lanes] = {};
    for (std::int64_t p = 0; p < pairs; ++p, panel += 2 * charge_lanes)
        for (std::int64_t v = 0; v < charge_vectors; ++v) {
            const std::int16_t* pair = vectors[v] + 2 * p;
            for (std::int64_t lane = 0; lane < charge_lanes; ++lane)
                total[v * charge_lanes + lane] += static_cast<std::uint32_t>(
                    pair[0] * panel[2 * lane] + pair[1] * panel[2 * lane + 1]);
        }
    std::memcpy(sums, total, sizeof total);
}

void add_noise_portable(const NoiseScale& scale, const double* sums, const std::int32_t* z,
                        std::int64_t count, double* charges) {
    add_noise_body(scale, sums, z, count, charges);
}

std::int64_t convert_portable(const IdealConversion& conversion, const double* charges,
                              std::int64_t count, std::int32_t* codes) {
    return convert_body(conversion, charges, count, codes);
}

RowLoad row_load_portable(const std::int16_t* ticks, const std::int64_t* row_units,
                          std::int64_t count) {
    return row_load_body(ticks, row_units, count);
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) RowLoad row_load_avx2(const std::int16_t* ticks,
                                                      const std::int64_t* row_units,
                                                      std::int64_t count) {
    return row_load_body(ticks, row_units, count);
}

// vpmaddwd multiplies 16 pairs of 16-bit values and adds neighbours.
__attribute__((target("avx2"))) void multiply_avx2(const std::int16_t* const* vectors,
                                                   const std::int16_t* panel, std::int64_t pairs,
                                                   std::int32_t* sums) {
    const std::int16_t *v0 = vectors[0], *v1 = vectors[1], *v2 = vectors[2], *v3 = vectors[3],
                       *v4 = vectors[4], *v5 = vectors[5];
    __m256i low[charge_vectors], high[charge_vectors];
    for (std::int64_t v = 0; v < charge_vectors; ++v) low[v] = high[v] = _mm256_setzero_si256();
    for (std::int64_t p = 0; p < pairs; ++p, panel += 2 * charge_lanes) {
        const __m256i b0 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(panel));
        const __m256i b1 =
            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(panel + charge_lanes));
        const auto step = [&](std::int64_t v, const std::int16_t* rows)
            __attribute__((target("avx2"), always_inline)) {
            std::int32_t pair;  // memcpy: it need not be aligned
            std::memcpy(&pair, rows + 2 * p, sizeof pair);
            const __m256i a = _mm256_set1_epi32(pair);
            low[v] = _mm256_add_epi32(low[v], _mm256_madd_epi16(a, b0));
            high[v] = _mm256_add_epi32(high[v], _mm256_madd_epi16(a, b1));
        };
        step(0, v0);
        step(1, v1);
        step(2, v2);
        step(3, v3);
        step(4, v4);
        step(5, v5);
    }
    for (std::int64_t v = 0; v < charge_vectors; ++v) {
        auto* out = reinterpret_cast<__m256i*>(sums + v * charge_lanes);
        _mm256_storeu_si256(out, low[v]);
        _mm256_storeu_si256(out + 1, high[v]);
    }
}

__attribute__((target("avx2"))) void add_noise_avx2(const NoiseScale& scale, const double* sums,
                                                    const std::int32_t* z, std::int64_t count,
                                                    double* charges) {
    add_noise_body(scale, sums, z, count, charges);
}

__attribute__((target("avx2"))) std::int64_t convert_avx2(const IdealConversion& conversion,
                                                          const double* charges, std::int64_t count,
                                                          std::int32_t* codes) {
    return convert_body(conversion, charges, count, codes);
}

#endif

#undef BITLOOM_INLINE

}  // namespace

ChargeKernel portable_charge_kernel() {
    return {multiply_portable, add_noise_portable, convert_portable, row_load_portable};
}

const ChargeKernel& best_charge_kernel() {
    static const ChargeKernel kernel = [] {
#if defined(__x86_64__)
        if (__builtin_cpu_supports("avx2"))
            return ChargeKernel{multiply_avx2, add_noise_avx2, convert_avx2, row_load_avx2};
#endif
        return portable_charge_kernel();
    }();
    return kernel;
}

}  // namespace bitloom
