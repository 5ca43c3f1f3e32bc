// SPDX-License-Identifier: Apache-2.0
#include "models/array/bit_serial/popcount_kernel.h"

#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bitloom {

namespace {

constexpr std::int64_t rows_of = popcount_rows;
constexpr std::int64_t columns_of = popcount_columns;

template <BitOperation operation>
[[gnu::always_inline]] inline std::uint64_t combine(std::uint64_t a, std::uint64_t b) {
    return operation == BitOperation::both ? (a & b) : (a ^ b);
}

template <BitOperation operation>
[[gnu::always_inline]] inline void count_words(const std::uint64_t* const* rows,
                                               const std::uint64_t* panel, std::int64_t words,
                                               std::uint32_t* sums) {
    // Half of a panel's columns at a time: the sums of a row stay in registers.
    for (std::int64_t r = 0; r < rows_of; ++r)
        for (std::int64_t half = 0; half < columns_of; half += 4) {
            std::uint64_t total[4] = {};
            const std::uint64_t* column = panel + half;
            for (std::int64_t i = 0; i < words; ++i, column += columns_of)
                for (std::int64_t c = 0; c < 4; ++c)
                    total[c] += static_cast<std::uint64_t>(
                        std::popcount(combine<operation>(rows[r][i], column[c])));
            for (std::int64_t c = 0; c < 4; ++c)
                sums[r * columns_of + half + c] = static_cast<std::uint32_t>(total[c]);
        }
}

template <BitOperation operation>
void kernel_portable(const std::uint64_t* const* rows, const std::uint64_t* panel,
                     std::int64_t words, std::uint32_t* sums) {
    count_words<operation>(rows, panel, words, sums);
}

#if defined(__x86_64__)

template <BitOperation operation>
__attribute__((target("popcnt"))) void kernel_popcnt(const std::uint64_t* const* rows,
                                                     const std::uint64_t* panel, std::int64_t words,
                                                     std::uint32_t* sums) {
    count_words<operation>(rows, panel, words, sums);
}

// For long rows: carry-save adders fold four words into ones, twos and fours (Harley-Seal), and
// only the fours are counted in every round.
template <BitOperation operation>
__attribute__((target("avx2"))) void count_long_avx2(const std::uint64_t* const* rows,
                                                     const std::uint64_t* panel, std::int64_t words,
                                                     std::uint32_t* sums) {
    constexpr std::int64_t rounds = 31;  // whose counts, at most 8 each, a byte holds
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1,
                                           2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i nibble = _mm256_set1_epi8(15);
    const __m256i zero = _mm256_setzero_si256();
    const __m256i even = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
    const auto count = [&](__m256i v) __attribute__((target("avx2"), always_inline)) {
        const __m256i low = _mm256_shuffle_epi8(table, _mm256_and_si256(v, nibble));
        const __m256i high =
            _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble));
        return _mm256_add_epi8(low, high);
    };
    struct Lanes {
        __m256i ones, twos, fours, total;
    };
    // ones + a + b = 2 * carry + ones
    const auto add = [&](__m256i & ones, __m256i a, __m256i b)
        __attribute__((target("avx2"), always_inline)) {
        const __m256i differ = _mm256_xor_si256(ones, a);
        const __m256i carry =
            _mm256_or_si256(_mm256_and_si256(ones, a), _mm256_and_si256(differ, b));
        ones = _mm256_xor_si256(differ, b);
        return carry;
    };
    for (std::int64_t r = 0; r < rows_of; ++r) {
        const std::uint64_t* row = rows[r];
        Lanes halves[2] = {{zero, zero, zero, zero}, {zero, zero, zero, zero}};
        std::int64_t i = 0;
        const auto word = [&](std::int64_t at, std::int64_t half)
            __attribute__((target("avx2"), always_inline)) {
            const __m256i x = _mm256_set1_epi64x(static_cast<long long>(row[at]));
            const __m256i w = _mm256_loadu_si256(
                reinterpret_cast<const __m256i*>(panel + at * columns_of + half * 4));
            return operation == BitOperation::both ? _mm256_and_si256(w, x)
                                                   : _mm256_xor_si256(w, x);
        };
        while (i + 4 <= words) {
            const std::int64_t last = words - i < 4 * rounds ? words - 3 : i + 4 * rounds;
            for (Lanes& half : halves) half.fours = zero;
            for (; i < last; i += 4)
                for (std::int64_t h = 0; h < 2; ++h) {
                    Lanes& half = halves[h];
                    const __m256i two0 = add(half.ones, word(i, h), word(i + 1, h));
                    const __m256i two1 = add(half.ones, word(i + 2, h), word(i + 3, h));
                    half.fours = _mm256_add_epi8(half.fours, count(add(half.twos, two0, two1)));
                }
            for (Lanes& half : halves)
                half.total = _mm256_add_epi64(
                    half.total, _mm256_slli_epi64(_mm256_sad_epu8(half.fours, zero), 2));
        }
        for (std::int64_t h = 0; h < 2; ++h) {
            __m256i rest = count(halves[h].twos);
            rest = _mm256_add_epi8(_mm256_add_epi8(rest, rest), count(halves[h].ones));
            for (std::int64_t at = i; at < words; ++at)
                rest = _mm256_add_epi8(rest, count(word(at, h)));
            const __m256i total = _mm256_add_epi64(halves[h].total, _mm256_sad_epu8(rest, zero));
            // The low halves of the 64-bit sums, in the order of the columns.
            _mm_storeu_si128(reinterpret_cast<__m128i*>(sums + r * columns_of + h * 4),
                             _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(total, even)));
        }
    }
}

// Four columns a vector; each byte counts by table look-up of its nibbles (Mula, Kurz, Lemire,
// "Faster population counts using AVX2 instructions", 2018). A byte holds 31 words' counts.
template <BitOperation operation>
__attribute__((target("avx2"))) void kernel_avx2(const std::uint64_t* const* rows,
                                                 const std::uint64_t* panel, std::int64_t words,
                                                 std::uint32_t* sums) {
    constexpr std::int64_t block = 31, long_row = 48;
    if (words >= long_row) return count_long_avx2<operation>(rows, panel, words, sums);
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1,
                                           2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i nibble = _mm256_set1_epi8(15);
    for (std::int64_t pair = 0; pair < rows_of; pair += 2) {
        __m256i total[4];
        for (__m256i& each : total) each = _mm256_setzero_si256();
        for (std::int64_t first = 0; first < words; first += block) {
            const std::int64_t last = first + block < words ? first + block : words;
            __m256i bytes0 = _mm256_setzero_si256(), bytes1 = bytes0, bytes2 = bytes0,
                    bytes3 = bytes0;
            const auto count = [&](__m256i w, __m256i x, __m256i bytes)
                __attribute__((target("avx2"), always_inline)) {
                const __m256i v = operation == BitOperation::both ? _mm256_and_si256(w, x)
                                                                  : _mm256_xor_si256(w, x);
                const __m256i low = _mm256_shuffle_epi8(table, _mm256_and_si256(v, nibble));
                const __m256i high =
                    _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble));
                return _mm256_add_epi8(bytes, _mm256_add_epi8(low, high));
            };
            for (std::int64_t i = first; i < last; ++i) {
                const auto* at = reinterpret_cast<const __m256i*>(panel + i * columns_of);
                const __m256i w0 = _mm256_loadu_si256(at);
                const __m256i w1 = _mm256_loadu_si256(at + 1);
                const __m256i x0 = _mm256_set1_epi64x(static_cast<long long>(rows[pair][i]));
                const __m256i x1 = _mm256_set1_epi64x(static_cast<long long>(rows[pair + 1][i]));
                bytes0 = count(w0, x0, bytes0);
                bytes1 = count(w1, x0, bytes1);
                bytes2 = count(w0, x1, bytes2);
                bytes3 = count(w1, x1, bytes3);
            }
            const __m256i zero = _mm256_setzero_si256();
            total[0] = _mm256_add_epi64(total[0], _mm256_sad_epu8(bytes0, zero));
            total[1] = _mm256_add_epi64(total[1], _mm256_sad_epu8(bytes1, zero));
            total[2] = _mm256_add_epi64(total[2], _mm256_sad_epu8(bytes2, zero));
            total[3] = _mm256_add_epi64(total[3], _mm256_sad_epu8(bytes3, zero));
        }
        // The low halves of the 64-bit sums, in the order of the columns.
        const __m256i even = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
        for (std::int64_t i = 0; i < 4; ++i)
            _mm_storeu_si128(
                reinterpret_cast<__m128i*>(sums + (pair + i / 2) * columns_of + i % 2 * 4),
                _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(total[i], even)));
    }
}

// Eight columns a vector, an instruction that counts.
template <BitOperation operation>
__attribute__((target("avx512f,avx512vpopcntdq"))) void kernel_avx512(
    const std::uint64_t* const* rows, const std::uint64_t* panel, std::int64_t words,
    std::uint32_t* sums) {
    __m512i total[rows_of];
    for (__m512i& each : total) each = _mm512_setzero_si512();
    for (std::int64_t i = 0; i < words; ++i) {
        const __m512i w = _mm512_loadu_si512(panel + i * columns_of);
        for (std::int64_t r = 0; r < rows_of; ++r) {
            const __m512i x = _mm512_set1_epi64(static_cast<long long>(rows[r][i]));
            const __m512i v =
                operation == BitOperation::both ? _mm512_and_si512(w, x) : _mm512_xor_si512(w, x);
            total[r] = _mm512_add_epi64(total[r], _mm512_popcnt_epi64(v));
        }
    }
    for (std::int64_t r = 0; r < rows_of; ++r)
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + r * columns_of),
                            _mm512_maskz_cvtepi64_epi32(0xff, total[r]));
}

#endif

}  // namespace

const std::vector<PopcountKernels>& popcount_kernels() {
    static const std::vector<PopcountKernels> kernels = {
        {"portable", true, kernel_portable<BitOperation::both>,
         kernel_portable<BitOperation::differ>},
#if defined(__x86_64__)
        {"popcnt", __builtin_cpu_supports("popcnt") != 0, kernel_popcnt<BitOperation::both>,
         kernel_popcnt<BitOperation::differ>},
        {"avx2", __builtin_cpu_supports("avx2") != 0, kernel_avx2<BitOperation::both>,
         kernel_avx2<BitOperation::differ>},
        {"avx512vpopcntdq", __builtin_cpu_supports("avx512vpopcntdq") != 0,
         kernel_avx512<BitOperation::both>, kernel_avx512<BitOperation::differ>},
#endif
    };
    return kernels;
}

const PopcountKernels& best_popcount_kernels() {
    static const PopcountKernels& best = []() -> const PopcountKernels& {
        const PopcountKernels* found = nullptr;
        for (const PopcountKernels& each : popcount_kernels())
            if (each.available) found = &each;
        return *found;
    }();
    return best;
}

}  // namespace bitloom
