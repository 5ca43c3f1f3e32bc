// SPDX-License-Identifier: Apache-2.0
#include "models/vector/requantize_kernel.h"

#include <algorithm>

#include "models/numeric/requantize_inline.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bitloom {

MultiplierLanes::MultiplierLanes(std::span<const Multiplier> multipliers) {
    mantissa_.reserve(multipliers.size());
    left_.reserve(multipliers.size());
    right_.reserve(multipliers.size());
    for (const Multiplier& multiplier : multipliers) push(multiplier);
}

MultiplierLanes::MultiplierLanes(const Multiplier& multiplier) : stride_(0) {
    for (std::int64_t i = 0; i < group; ++i) push(multiplier);
}

void MultiplierLanes::push(const Multiplier& multiplier) {
    mantissa_.push_back(multiplier.mantissa);
    left_.push_back(std::max(0, -multiplier.shift));
    right_.push_back(std::max(0, multiplier.shift));
    shifts_left_ |= multiplier.shift < 0;
}

namespace {

std::int64_t clamp_to(std::int64_t value, std::int16_t low, std::int16_t high) {
    return std::clamp<std::int64_t>(value, low, high);
}

// Channels first..count-1 of a run, one by one: the definition.
void psums_from(const PsumRun& run, std::int64_t first, std::int16_t* words) {
    for (std::int64_t c = first; c < run.count; ++c) {
        std::int64_t sum = run.psums[c];
        if (run.bias != nullptr)
            sum = std::clamp<std::int64_t>(sum + run.bias[c], INT32_MIN, INT32_MAX);
        std::int64_t word = saturate16(
            unchecked::requantize(static_cast<std::int32_t>(sum), run.multipliers->at(c)));
        if (run.residual != nullptr)
            word +=
                saturate16(unchecked::requantize(run.residual[c], run.residual_multiplier->at(0)));
        words[c] = static_cast<std::int16_t>(clamp_to(word, run.clamp_low, run.clamp_high));
    }
}

void words_from(const WordRun& run, std::int64_t first, std::int16_t* words) {
    const Multiplier a = run.a_multiplier->at(0);
    const Multiplier b = run.b != nullptr ? run.b_multiplier->at(0) : Multiplier{};
    for (std::int64_t i = first; i < run.count; ++i) {
        std::int64_t word = unchecked::requantize(run.a[i], a);
        if (run.b != nullptr) word += unchecked::requantize(run.b[i], b);
        words[i] = static_cast<std::int16_t>(clamp_to(word, run.clamp_low, run.clamp_high));
    }
}

void psums_portable(const PsumRun& run, std::int16_t* words) {
    psums_from(run, 0, words);
}
void words_portable(const WordRun& run, std::int16_t* words) {
    words_from(run, 0, words);
}

#if defined(__x86_64__)

#define BITLOOM_AVX2 __attribute__((target("avx2"), always_inline)) inline

BITLOOM_AVX2 __m256i load(const void* at) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(at));
}

// INT32_MIN where `value` is negative, else INT32_MAX.
BITLOOM_AVX2 __m256i extreme(__m256i value) {
    return _mm256_xor_si256(_mm256_srai_epi32(value, 31), _mm256_set1_epi32(INT32_MAX));
}

BITLOOM_AVX2 __m256i saturating_add(__m256i a, __m256i b) {
    const __m256i sum = _mm256_add_epi32(a, b);
    // Overflow: the sum's sign is neither operand's.
    const __m256i overflow =
        _mm256_srai_epi32(_mm256_and_si256(_mm256_xor_si256(a, sum), _mm256_xor_si256(b, sum)), 31);
    return _mm256_blendv_epi8(sum, extreme(a), overflow);
}

BITLOOM_AVX2 __m256i saturating_shift_left(__m256i value, __m256i left) {
    const __m256i shifted = _mm256_sllv_epi32(value, left);
    const __m256i kept = _mm256_cmpeq_epi32(_mm256_srav_epi32(shifted, left), value);
    return _mm256_blendv_epi8(extreme(value), shifted, kept);
}

BITLOOM_AVX2 __m256i high_mul(__m256i a, __m256i b) {
    const __m256i half = _mm256_set1_epi64x(std::int64_t{1} << 30);
    const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(a, b), half);
    const __m256i odd = _mm256_add_epi64(
        _mm256_mul_epi32(_mm256_srli_epi64(a, 32), _mm256_srli_epi64(b, 32)), half);
    // Bits 31..62 of each product: moved down for the even lanes, up for the odd ones.
    return _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xaa);
}

BITLOOM_AVX2 __m256i rounding_shift_right(__m256i value, __m256i right) {
    const __m256i ones = _mm256_set1_epi32(-1);
    const __m256i mask = _mm256_xor_si256(_mm256_sllv_epi32(ones, right), ones);
    const __m256i remainder = _mm256_and_si256(value, mask);
    const __m256i threshold =
        _mm256_sub_epi32(_mm256_srli_epi32(mask, 1), _mm256_srai_epi32(value, 31));
    return _mm256_sub_epi32(_mm256_srav_epi32(value, right),
                            _mm256_cmpgt_epi32(remainder, threshold));
}

struct Lanes8 {
    __m256i mantissa, left, right;
};

BITLOOM_AVX2 Lanes8 lanes8(const MultiplierLanes& multipliers, std::int64_t first) {
    return {load(multipliers.mantissa() + first), load(multipliers.left() + first),
            load(multipliers.right() + first)};
}

template <bool shifts_left>
BITLOOM_AVX2 __m256i requantize8(__m256i value, const Lanes8& m) {
    if constexpr (shifts_left) value = saturating_shift_left(value, m.left);
    return rounding_shift_right(high_mul(value, m.mantissa), m.right);
}

// Two vectors of 8 numbers as 16 saturated words in their order.
BITLOOM_AVX2 __m256i pack16(__m256i low, __m256i high) {
    return _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xd8);
}

BITLOOM_AVX2 __m256i clamp16(__m256i words, __m256i low, __m256i high) {
    return _mm256_min_epi16(_mm256_max_epi16(words, low), high);
}

BITLOOM_AVX2 __m256i widen(const std::int16_t* words) {
    return _mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(words)));
}

template <bool shifts_left>
__attribute__((target("avx2"))) void psums_avx2_body(const PsumRun& run, std::int16_t* words) {
    const __m256i low = _mm256_set1_epi16(run.clamp_low);
    const __m256i high = _mm256_set1_epi16(run.clamp_high);
    const std::int64_t stride = run.multipliers->stride();
    Lanes8 of_residual{};
    if (run.residual != nullptr) of_residual = lanes8(*run.residual_multiplier, 0);
    std::int64_t c = 0;
    for (; c + 16 <= run.count; c += 16) {
        __m256i first = load(run.psums + c), second = load(run.psums + c + 8);
        if (run.bias != nullptr) {
            first = saturating_add(first, load(run.bias + c));
            second = saturating_add(second, load(run.bias + c + 8));
        }
        const std::int64_t at = c * stride;
        __m256i word = pack16(requantize8<shifts_left>(first, lanes8(*run.multipliers, at)),
                              requantize8<shifts_left>(second, lanes8(*run.multipliers, at + 8)));
        // clamp(a + b) = clamp(saturate16(a + b)): the bounds are words.
        if (run.residual != nullptr)
            word = _mm256_adds_epi16(
                word, pack16(requantize8<true>(widen(run.residual + c), of_residual),
                             requantize8<true>(widen(run.residual + c + 8), of_residual)));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(words + c), clamp16(word, low, high));
    }
    psums_from(run, c, words);
}

void psums_avx2(const PsumRun& run, std::int16_t* words) {
    if (run.multipliers->shifts_left())
        psums_avx2_body<true>(run, words);
    else
        psums_avx2_body<false>(run, words);
}

__attribute__((target("avx2"))) void words_avx2(const WordRun& run, std::int16_t* words) {
    const __m256i low = _mm256_set1_epi16(run.clamp_low);
    const __m256i high = _mm256_set1_epi16(run.clamp_high);
    const Lanes8 a = lanes8(*run.a_multiplier, 0);
    const Lanes8 b = run.b != nullptr ? lanes8(*run.b_multiplier, 0) : Lanes8{};
    std::int64_t i = 0;
    for (; i + 16 <= run.count; i += 16) {
        __m256i first = requantize8<true>(widen(run.a + i), a);
        __m256i second = requantize8<true>(widen(run.a + i + 8), a);
        // Saturation to 32 bits changes nothing that the clamp to a word would keep.
        if (run.b != nullptr) {
            first = saturating_add(first, requantize8<true>(widen(run.b + i), b));
            second = saturating_add(second, requantize8<true>(widen(run.b + i + 8), b));
        }
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(words + i),
                            clamp16(pack16(first, second), low, high));
    }
    words_from(run, i, words);
}

#undef BITLOOM_AVX2

#endif

}  // namespace

RequantizeKernel portable_requantize_kernel() {
    return {psums_portable, words_portable};
}

const RequantizeKernel& best_requantize_kernel() {
    static const RequantizeKernel kernel = [] {
#if defined(__x86_64__)
        if (__builtin_cpu_supports("avx2")) return RequantizeKernel{psums_avx2, words_avx2};
#endif
        return portable_requantize_kernel();
    }();
    return kernel;
}

}  // namespace bitloom
