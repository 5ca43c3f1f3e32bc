// SPDX-License-Identifier: Apache-2.0
#include "models/base/normal_kernel.h"

#include "models/base/normal.h"
#include "models/base/philox.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bitloom {

void normal_kernel_portable(std::uint64_t seed, std::uint64_t component, std::uint64_t first,
                            std::int64_t blocks, std::int32_t* values) {
    for (std::int64_t i = 0; i < blocks; ++i) {
        const PhiloxBlock block = philox(seed, component, first + static_cast<std::uint64_t>(i));
        for (std::size_t word = 0; word < 4; ++word) *values++ = normal_q16_of_bits(block[word]);
    }
}

#if defined(__x86_64__)

namespace {

#define BITLOOM_AVX2 __attribute__((target("avx2"), always_inline)) inline

struct Product {
    __m256i high, low;
};

// The 64-bit products of 8 words with the even words of `factor`.
BITLOOM_AVX2 Product multiply(__m256i a, __m256i factor) {
    const __m256i even = _mm256_mul_epu32(a, factor);
    const __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(a, 32), factor);
    return {_mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa),
            _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa)};
}

BITLOOM_AVX2 __m256i all(std::uint64_t word) {
    return _mm256_set1_epi32(static_cast<int>(static_cast<std::uint32_t>(word)));
}

BITLOOM_AVX2 __m256i normals_of(__m256i bits, const NormalTable& table) {
    const __m256i v = _mm256_or_si256(_mm256_slli_epi32(bits, 1), _mm256_set1_epi32(1));
    // The exponent of v as a float is the place of its highest bit. v as unsigned may reach 2^32:
    // its half and the bit that falls off keep the place; clearing the bit below the highest one
    // keeps the conversion from rounding up to the next power of two.
    const __m256i half = _mm256_srli_epi32(v, 1);
    const __m256i kept = _mm256_andnot_si256(_mm256_srli_epi32(half, 1), half);
    const __m256i exponent = _mm256_srli_epi32(_mm256_castps_si256(_mm256_cvtepi32_ps(kept)), 23);
    // Of half = 0 the exponent is 0, else 127 + the place in half; the place in v is one more.
    const __m256i place = _mm256_max_epi32(_mm256_sub_epi32(exponent, _mm256_set1_epi32(126)),
                                           _mm256_setzero_si256());
    const __m256i below =
        _mm256_and_si256(_mm256_sllv_epi32(v, _mm256_sub_epi32(_mm256_set1_epi32(31), place)),
                         _mm256_set1_epi32(0x7fffffff));
    constexpr int sub_shift = 31 - NormalTable::sub_bits, shift = NormalTable::fraction_bits;
    const __m256i index = _mm256_or_si256(_mm256_slli_epi32(place, NormalTable::sub_bits),
                                          _mm256_srli_epi32(below, sub_shift));
    const __m256i t = _mm256_srli_epi32(
        _mm256_and_si256(below, _mm256_set1_epi32((1 << sub_shift) - 1)), sub_shift - shift);
    const __m256i c0 = _mm256_i32gather_epi32(table.c0.data(), index, 4);
    const __m256i c1 = _mm256_i32gather_epi32(table.c1.data(), index, 4);
    const __m256i c2 = _mm256_i32gather_epi32(table.c2.data(), index, 4);
    const __m256i slope = _mm256_add_epi32(c1, _mm256_srai_epi32(_mm256_mullo_epi32(t, c2), shift));
    const __m256i z = _mm256_add_epi32(c0, _mm256_srai_epi32(_mm256_mullo_epi32(t, slope), shift));
    const __m256i rounded = _mm256_srai_epi32(_mm256_add_epi32(z, _mm256_set1_epi32(8)), 4);
    // + where the highest of the bits is 1, else -.
    return _mm256_sign_epi32(rounded, _mm256_or_si256(_mm256_xor_si256(_mm256_srai_epi32(bits, 31),
                                                                       _mm256_set1_epi32(-1)),
                                                      _mm256_set1_epi32(1)));
}

}  // namespace

__attribute__((target("avx2"))) void normal_kernel_avx2(std::uint64_t seed, std::uint64_t component,
                                                        std::uint64_t first, std::int64_t blocks,
                                                        std::int32_t* values) {
    const NormalTable& table = normal_table();
    std::int64_t i = 0;
    for (; i + 8 <= blocks; i += 8) {
        alignas(32) std::uint32_t low[8], high[8];
        for (std::uint64_t lane = 0; lane < 8; ++lane) {
            const std::uint64_t index = first + static_cast<std::uint64_t>(i) + lane;
            low[lane] = static_cast<std::uint32_t>(index);
            high[lane] = static_cast<std::uint32_t>(index >> 32);
        }
        __m256i c0 = _mm256_load_si256(reinterpret_cast<const __m256i*>(low));
        __m256i c1 = _mm256_load_si256(reinterpret_cast<const __m256i*>(high));
        __m256i c2 = all(component), c3 = all(component >> 32);
        std::uint32_t k0 = static_cast<std::uint32_t>(seed);
        std::uint32_t k1 = static_cast<std::uint32_t>(seed >> 32);
        for (int round = 0; round < philox_rounds; ++round) {
            const Product a = multiply(c0, all(philox_multipliers[0]));
            const Product b = multiply(c2, all(philox_multipliers[1]));
            c0 = _mm256_xor_si256(_mm256_xor_si256(b.high, c1), all(k0));
            c1 = b.low;
            c2 = _mm256_xor_si256(_mm256_xor_si256(a.high, c3), all(k1));
            c3 = a.low;
            k0 += philox_weyl[0];
            k1 += philox_weyl[1];
        }
        // From four words of eight blocks to eight blocks of four words.
        const __m256i n0 = normals_of(c0, table), n1 = normals_of(c1, table),
                      n2 = normals_of(c2, table), n3 = normals_of(c3, table);
        const __m256i a = _mm256_unpacklo_epi32(n0, n1), b = _mm256_unpackhi_epi32(n0, n1);
        const __m256i c = _mm256_unpacklo_epi32(n2, n3), d = _mm256_unpackhi_epi32(n2, n3);
        const __m256i r04 = _mm256_unpacklo_epi64(a, c), r15 = _mm256_unpackhi_epi64(a, c);
        const __m256i r26 = _mm256_unpacklo_epi64(b, d), r37 = _mm256_unpackhi_epi64(b, d);
        auto* out = reinterpret_cast<__m256i*>(values + 4 * i);
        _mm256_storeu_si256(out, _mm256_permute2x128_si256(r04, r15, 0x20));
        _mm256_storeu_si256(out + 1, _mm256_permute2x128_si256(r26, r37, 0x20));
        _mm256_storeu_si256(out + 2, _mm256_permute2x128_si256(r04, r15, 0x31));
        _mm256_storeu_si256(out + 3, _mm256_permute2x128_si256(r26, r37, 0x31));
    }
    normal_kernel_portable(seed, component, first + static_cast<std::uint64_t>(i), blocks - i,
                           values + 4 * i);
}

#undef BITLOOM_AVX2

#endif

NormalKernel best_normal_kernel() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return normal_kernel_avx2;
#endif
    return normal_kernel_portable;
}

}  // namespace bitloom
