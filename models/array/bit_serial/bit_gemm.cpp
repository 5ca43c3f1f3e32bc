// SPDX-License-Identifier: Apache-2.0
#include "models/array/bit_serial/bit_gemm.h"

#include <oneapi/tbb/blocked_range2d.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>

#include "models/base/error.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bitloom {

namespace {

// a_s of the header's algebra.
std::int64_t plane_weight(const BitOperand& operand, int plane) {
    const std::int64_t weight = std::int64_t{1} << plane;
    if (operand.is_bipolar()) return 2 * weight;
    return operand.is_negative(plane) ? -weight : weight;
}

// w0 of the header's algebra.
std::int64_t offset(const BitOperand& operand) {
    return operand.is_bipolar() ? 1 - (std::int64_t{1} << operand.bits) : 0;
}

// Bit s of 64 codes to one word a plane.
using PackWord = void (*)(const std::uint8_t* codes, int planes, std::uint64_t* words);

void pack_word_portable(const std::uint8_t* codes, int planes, std::uint64_t* words) {
    std::fill_n(words, planes, 0);
    for (int group = 0; group < 8; ++group) {
        std::uint64_t eight = 0;
        for (int c = 0; c < 8; ++c) eight |= std::uint64_t{codes[group * 8 + c]} << (8 * c);
        for (int s = 0; s < planes; ++s) {
            // Bit 8c of the sum of shifted copies moves to bit 56 + c; no two of them collide.
            const std::uint64_t bits = (eight >> s & 0x0101010101010101u) * 0x0102040810204080u;
            words[s] |= bits >> 56 << (8 * group);
        }
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void pack_word_avx2(const std::uint8_t* codes, int planes,
                                                    std::uint64_t* words) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes + 32));
    for (int s = 0; s < planes; ++s) {
        const __m128i shift = _mm_cvtsi32_si128(7 - s);
        const auto l =
            static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_sll_epi16(low, shift)));
        const auto h =
            static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_sll_epi16(high, shift)));
        words[s] = l | std::uint64_t{h} << 32;
    }
}
#endif

PackWord best_pack_word() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return pack_word_avx2;
#endif
    return pack_word_portable;
}

// Calls store(word, planes' bits) for each word of a vector of codes; codes beyond the end are 0.
template <class Store>
void pack_vector(const std::uint8_t* codes, std::int64_t length, int planes, const Store& store) {
    static const PackWord pack = best_pack_word();
    std::uint64_t words[8];
    std::int64_t first = 0;
    for (; first + 64 <= length; first += 64) {
        pack(codes + first, planes, words);
        store(first / 64, words);
    }
    if (first == length) return;
    std::uint8_t tail[64] = {};
    std::memcpy(tail, codes + first, static_cast<std::size_t>(length - first));
    pack(tail, planes, words);
    store(first / 64, words);
}

// Below this many bits of plane products threads cost more than they save.
constexpr std::int64_t parallel_bits = std::int64_t{1} << 22;

}  // namespace

BitRows::BitRows(const BitOperand& operand, const CodeMatrix& codes, const CodeMatrix* mask)
    : operand_(operand),
      vectors_(codes.vectors),
      length_(codes.length),
      words_((codes.length + 63) / 64),
      masked_(mask != nullptr),
      bits_(static_cast<std::size_t>(vectors_ * stored() * words_)),
      value_sums_(static_cast<std::size_t>(vectors_)) {
    const int planes = operand.bits;
    const auto pack = [&](std::int64_t v) {
        std::uint64_t* row = bits_.data() + v * stored() * words_;
        std::uint64_t* mask_row = row + planes * words_;
        std::int64_t sum = 0, taking_part = length_;
        if (masked_) {
            taking_part = 0;
            pack_vector(mask->vector(v), length_, 1,
                        [&](std::int64_t i, const std::uint64_t* word) {
                            mask_row[i] = word[0];
                            taking_part += std::popcount(word[0]);
                        });
        }
        pack_vector(codes.vector(v), length_, planes,
                    [&](std::int64_t i, const std::uint64_t* words) {
                        for (int t = 0; t < planes; ++t) {
                            const std::uint64_t word = words[t] & (masked_ ? mask_row[i] : ~0ull);
                            row[t * words_ + i] = word;
                            sum += plane_weight(operand, t) * std::popcount(word);
                        }
                    });
        value_sums_[static_cast<std::size_t>(v)] = sum + offset(operand) * taking_part;
    };
    if (vectors_ * length_ < (std::int64_t{1} << 16)) {
        for (std::int64_t v = 0; v < vectors_; ++v) pack(v);
    } else {
        tbb::parallel_for(std::int64_t{0}, vectors_, pack);
    }
}

BitPanels::BitPanels(const BitOperand& operand, const CodeMatrix& codes)
    : operand_(operand),
      vectors_(codes.vectors),
      length_(codes.length),
      words_((codes.length + 63) / 64),
      bits_(static_cast<std::size_t>((vectors_ + popcount_columns - 1) / popcount_columns *
                                     popcount_columns * operand.bits * words_)),
      plane_sums_(static_cast<std::size_t>(vectors_)) {
    for (std::int64_t v = 0; v < vectors_; ++v) {
        std::uint64_t* panel =
            bits_.data() + v / popcount_columns * popcount_columns * operand.bits * words_;
        std::int64_t sum = 0;
        pack_vector(codes.vector(v), length_, operand.bits,
                    [&](std::int64_t i, const std::uint64_t* words) {
                        for (int s = 0; s < operand.bits; ++s) {
                            panel[(s * words_ + i) * popcount_columns + v % popcount_columns] =
                                words[s];
                            sum += plane_weight(operand, s) * std::popcount(words[s]);
                        }
                    });
        plane_sums_[static_cast<std::size_t>(v)] = sum;
    }
}

void multiply(const BitRows& rows, const BitPanels& panels, const PopcountKernels& kernels,
              bool accumulate, std::int32_t* psums, std::int64_t row_length) {
    BITLOOM_CHECK(rows.length() == panels.length(), "vectors of {} and of {} codes meet",
                  rows.length(), panels.length());
    const BitOperand& x = rows.operand();
    const BitOperand& w = panels.operand();
    // Case II of APNN-TC: one popcount of w ^ x in place of the corrections.
    const bool differ = x.is_bipolar() && w.is_bipolar() && !rows.masked();
    const PopcountKernel kernel = kernels[differ ? BitOperation::differ : BitOperation::both];
    // Wraps modulo 2^32 as the accumulators do.
    const auto coefficient = [&](int s, int t) {
        if (differ) return static_cast<std::uint32_t>(-(std::int64_t{2} << (s + t)));
        // The mask stands for the planes' offset x0.
        const std::int64_t b = t < x.bits ? plane_weight(x, t) : offset(x);
        return static_cast<std::uint32_t>(plane_weight(w, s) * b);
    };
    const auto start = [&](std::int64_t m, std::int64_t n) {
        if (differ) return static_cast<std::uint32_t>(offset(x) * offset(w) * rows.length());
        std::int64_t sum = offset(w) * rows.value_sum(m);
        if (!rows.masked()) sum += offset(x) * panels.plane_sum(n);
        return static_cast<std::uint32_t>(sum);
    };
    const int planes = differ ? x.bits : rows.stored();

    const auto run = [&](std::int64_t panel, std::int64_t block) {
        const std::int64_t m = block * popcount_rows, n = panel * popcount_columns;
        const std::int64_t m_count = std::min(popcount_rows, rows.vectors() - m);
        const std::int64_t n_count = std::min(popcount_columns, panels.vectors() - n);
        std::uint32_t total[popcount_rows * popcount_columns] = {};
        for (int t = 0; t < planes; ++t) {
            const std::uint64_t* words[popcount_rows];
            for (std::int64_t r = 0; r < popcount_rows; ++r)
                words[r] = rows.plane(m + std::min(r, m_count - 1), t);
            for (int s = 0; s < w.bits; ++s) {
                std::uint32_t sums[popcount_rows * popcount_columns];
                kernel(words, panels.plane(panel, s), rows.words(), sums);
                const std::uint32_t factor = coefficient(s, t);
                for (std::int64_t i = 0; i < popcount_rows * popcount_columns; ++i)
                    total[i] += factor * sums[i];
            }
        }
        for (std::int64_t r = 0; r < m_count; ++r)
            for (std::int64_t c = 0; c < n_count; ++c) {
                std::int32_t& psum = psums[(m + r) * row_length + n + c];
                const std::uint32_t before = accumulate ? static_cast<std::uint32_t>(psum) : 0;
                psum = static_cast<std::int32_t>(before + start(m + r, n + c) +
                                                 total[r * popcount_columns + c]);
            }
    };
    const std::int64_t blocks = (rows.vectors() + popcount_rows - 1) / popcount_rows;
    const std::int64_t panel_count = (panels.vectors() + popcount_columns - 1) / popcount_columns;
    if (rows.vectors() * panels.vectors() * rows.length() * planes * w.bits < parallel_bits) {
        for (std::int64_t panel = 0; panel < panel_count; ++panel)
            for (std::int64_t block = 0; block < blocks; ++block) run(panel, block);
        return;
    }
    // A task's rows stay in the first-level cache while its panels pass.
    const tbb::blocked_range2d<std::int64_t> space(0, blocks, 4, 0, panel_count, 16);
    tbb::parallel_for(space, [&](const auto& range) {
        for (std::int64_t block = range.rows().begin(); block < range.rows().end(); ++block)
            for (std::int64_t panel = range.cols().begin(); panel < range.cols().end(); ++panel)
                run(panel, block);
    });
}

bool popcount_pays(int weight_bits, int activation_bits) {
    // Pairs of planes up to which popcounts win, with the packing of planes in the account;
    // measured against gemm_kernel on the same instruction set (tests/bench/bit_gemm_bench).
    const std::string_view name = best_popcount_kernels().name;
    const int most = name == "avx512vpopcntdq" ? 8 : name == "portable" ? 1 : 2;
    return weight_bits * activation_bits <= most;
}

}  // namespace bitloom
