// SPDX-License-Identifier: Apache-2.0
#include "models/array/gemm_micro_kernel.h"

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bitloom {

namespace {

constexpr std::int64_t columns = PackedWeights::panel_columns;

}  // namespace

void micro_kernel_portable(const std::int16_t* const* rows, const ReductionRuns::Run* runs,
                           std::int64_t run_count, const std::int16_t* panel, std::int32_t* sums) {
    std::uint32_t total[micro_kernel_rows * columns] = {};
    for (std::int64_t i = 0; i < run_count; ++i)
        for (std::int64_t p = 0; p < runs[i].length; p += 2, panel += 2 * columns)
            for (std::int64_t r = 0; r < micro_kernel_rows; ++r) {
                const std::int16_t* pair = rows[r] + runs[i].offset + p;
                for (std::int64_t c = 0; c < columns; ++c)
                    total[r * columns + c] += static_cast<std::uint32_t>(
                        pair[0] * panel[2 * c] + pair[1] * panel[2 * c + 1]);
            }
    std::memcpy(sums, total, sizeof total);
}

#if defined(__x86_64__)

namespace {

// memcpy: the pair need not be aligned to 4 bytes, and aliasing stays legal.
inline std::int32_t load_pair(const std::int16_t* pair) {
    std::int32_t word;
    std::memcpy(&word, pair, sizeof word);
    return word;
}

}  // namespace

// vpmaddwd multiplies 16 pairs of 16-bit values and adds neighbours: exact, since no product pair
// reaches 2^31 (operands are at most 2^14 in magnitude).
__attribute__((target("avx2"))) void micro_kernel_avx2(const std::int16_t* const* rows,
                                                       const ReductionRuns::Run* runs,
                                                       std::int64_t run_count,
                                                       const std::int16_t* panel,
                                                       std::int32_t* sums) {
    __m256i low[micro_kernel_rows], high[micro_kernel_rows];
    for (std::int64_t r = 0; r < micro_kernel_rows; ++r) low[r] = high[r] = _mm256_setzero_si256();
    for (std::int64_t i = 0; i < run_count; ++i) {
        const std::int64_t offset = runs[i].offset;
        const std::int64_t length = runs[i].length;
        const std::int16_t* const r0 = rows[0] + offset;
        const std::int16_t* const r1 = rows[1] + offset;
        const std::int16_t* const r2 = rows[2] + offset;
        const std::int16_t* const r3 = rows[3] + offset;
        const std::int16_t* const r4 = rows[4] + offset;
        const std::int16_t* const r5 = rows[5] + offset;
        for (std::int64_t p = 0; p < length; p += 2, panel += 2 * columns) {
            const __m256i b0 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(panel));
            const __m256i b1 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(panel + 16));
            const auto row = [&](std::int64_t r, const std::int16_t* data)
                __attribute__((target("avx2"), always_inline)) {
                const __m256i a = _mm256_set1_epi32(load_pair(data + p));
                low[r] = _mm256_add_epi32(low[r], _mm256_madd_epi16(a, b0));
                high[r] = _mm256_add_epi32(high[r], _mm256_madd_epi16(a, b1));
            };
            row(0, r0);
            row(1, r1);
            row(2, r2);
            row(3, r3);
            row(4, r4);
            row(5, r5);
        }
    }
    for (std::int64_t r = 0; r < micro_kernel_rows; ++r) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + r * columns), low[r]);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + r * columns + 8), high[r]);
    }
}

__attribute__((target("avx512bw"))) void micro_kernel_avx512(const std::int16_t* const* rows,
                                                             const ReductionRuns::Run* runs,
                                                             std::int64_t run_count,
                                                             const std::int16_t* panel,
                                                             std::int32_t* sums) {
    __m512i total[micro_kernel_rows];
    for (std::int64_t r = 0; r < micro_kernel_rows; ++r) total[r] = _mm512_setzero_si512();
    for (std::int64_t i = 0; i < run_count; ++i)
        for (std::int64_t p = 0; p < runs[i].length; p += 2, panel += 2 * columns) {
            const __m512i b = _mm512_loadu_si512(panel);
            for (std::int64_t r = 0; r < micro_kernel_rows; ++r) {
                const __m512i a = _mm512_set1_epi32(load_pair(rows[r] + runs[i].offset + p));
                total[r] = _mm512_add_epi32(total[r], _mm512_madd_epi16(a, b));
            }
        }
    for (std::int64_t r = 0; r < micro_kernel_rows; ++r)
        _mm512_storeu_si512(sums + r * columns, total[r]);
}

#endif

MicroKernel best_micro_kernel() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512bw")) return micro_kernel_avx512;
    if (__builtin_cpu_supports("avx2")) return micro_kernel_avx2;
#endif
    return micro_kernel_portable;
}

}  // namespace bitloom
