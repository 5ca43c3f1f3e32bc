// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "models/array/bit_serial/bit_gemm.h"
#include "models/pe/bit_serial/bit_planes.h"
#include "tests/models/array/array_bench.h"

namespace bitloom {
namespace {

using test::Dice;

CodeMatrix random_matrix(Dice& dice, std::int64_t vectors, std::int64_t length, int bits) {
    CodeMatrix matrix{vectors, length, {}};
    for (std::int64_t i = 0; i < vectors * length; ++i)
        matrix.codes.push_back(static_cast<std::uint8_t>(dice.below(std::int64_t{1} << bits)));
    return matrix;
}

constexpr BitEncoding encodings[] = {BitEncoding::unsigned_binary, BitEncoding::twos_complement,
                                     BitEncoding::bipolar};

void expect_products(Dice& dice, const BitOperand& w, const BitOperand& x, std::int64_t m,
                     std::int64_t n, std::int64_t k, bool masked) {
    const CodeMatrix rows = random_matrix(dice, m, k, x.bits);
    const CodeMatrix columns = random_matrix(dice, n, k, w.bits);
    const CodeMatrix mask = random_matrix(dice, m, k, 1);
    const bool accumulate = dice.below(2) == 0;
    const std::int64_t row_length = n + dice.below(3);
    std::vector<std::int32_t> start;
    for (std::int64_t i = 0; i < m * row_length; ++i)
        start.push_back(static_cast<std::int32_t>(dice.between(INT32_MIN, INT32_MAX)));
    std::vector<std::int32_t> expected = start;
    for (std::int64_t r = 0; r < m; ++r)
        for (std::int64_t c = 0; c < n; ++c) {
            std::int64_t sum = accumulate ? start[static_cast<std::size_t>(r * row_length + c)] : 0;
            for (std::int64_t i = 0; i < k; ++i)
                if (!masked || mask.vector(r)[i] != 0)
                    sum += bit_operand_value(x, rows.vector(r)[i]) *
                           bit_operand_value(w, columns.vector(c)[i]);
            expected[static_cast<std::size_t>(r * row_length + c)] =
                static_cast<std::int32_t>(static_cast<std::uint32_t>(sum));
        }
    const BitRows bit_rows(x, rows, masked ? &mask : nullptr);
    const BitPanels panels(w, columns);
    for (const PopcountKernels& kernels : popcount_kernels()) {
        if (!kernels.available) continue;
        std::vector<std::int32_t> psums = start;
        multiply(bit_rows, panels, kernels, accumulate, psums.data(), row_length);
        ASSERT_EQ(psums, expected)
            << kernels.name << ": " << m << " x " << n << " x " << k << ", weights "
            << static_cast<int>(w.encoding) << " of " << w.bits << " bits, activations "
            << static_cast<int>(x.encoding) << " of " << x.bits << (masked ? ", masked" : "");
    }
}

// All 64 precisions of all nine pairs of encodings; K just below, at and above whole words.
TEST(BitGemm, IsTheIntegerProductForEveryPrecisionAndEncodingOnEveryKernel) {
    Dice dice(1, "bit gemm");
    for (const BitEncoding we : encodings)
        for (const BitEncoding xe : encodings)
            for (int p = 1; p <= 8; ++p)
                for (int q = 1; q <= 8; ++q)
                    for (const std::int64_t k : {std::int64_t{1}, std::int64_t{63},
                                                 std::int64_t{64}, dice.between(65, 300)}) {
                        expect_products(dice, {we, p}, {xe, q}, dice.between(1, 6),
                                        dice.between(1, 11), k, false);
                        expect_products(dice, {we, p}, {xe, q}, dice.between(1, 6),
                                        dice.between(1, 11), k, true);
                    }
}

// Beyond 48 words another AVX2 loop counts; beyond 31 the bytes of either would overflow.
TEST(BitGemm, IsExactForLongRows) {
    Dice dice(2, "long rows");
    for (const std::int64_t words : {30, 31, 32, 47, 48, 49, 50, 51, 63, 124, 125, 128, 172, 400}) {
        expect_products(dice, {BitEncoding::bipolar, 1}, {BitEncoding::bipolar, 1}, 5, 9,
                        words * 64 - dice.below(64), false);
        expect_products(dice, {BitEncoding::unsigned_binary, 2}, {BitEncoding::twos_complement, 2},
                        5, 9, words * 64 - dice.below(64), false);
    }
    // All bits set: the largest counts.
    for (const std::int64_t words : {31, 47, 400}) {
        CodeMatrix ones{1, words * 64,
                        std::vector<std::uint8_t>(static_cast<std::size_t>(words * 64), 1)};
        const BitOperand bit{BitEncoding::unsigned_binary, 1};
        for (const PopcountKernels& kernels : popcount_kernels()) {
            if (!kernels.available) continue;
            std::int32_t sum = 0;
            multiply(BitRows(bit, ones, nullptr), BitPanels(bit, ones), kernels, false, &sum, 1);
            EXPECT_EQ(sum, words * 64) << kernels.name;
        }
    }
}

// Large enough for threads.
TEST(BitGemm, IsExactWhenThreadsShareIt) {
    Dice dice(3, "threads");
    expect_products(dice, {BitEncoding::bipolar, 1}, {BitEncoding::unsigned_binary, 2}, 70, 130,
                    1000, false);
    expect_products(dice, {BitEncoding::twos_complement, 2}, {BitEncoding::bipolar, 2}, 70, 130,
                    1000, true);
}

TEST(BitGemm, PacksPlanesAsThePlanePackerDoes) {
    Dice dice(4, "planes");
    for (int bits = 1; bits <= 8; ++bits)
        for (const std::int64_t k : {1, 7, 63, 64, 65, 200}) {
            const CodeMatrix codes = random_matrix(dice, 1, k, bits);
            const BitRows rows({BitEncoding::unsigned_binary, bits}, codes, nullptr);
            const BitPanels panels({BitEncoding::unsigned_binary, bits}, codes);
            const BitPlanes planes = pack_planes(codes.codes, bits);
            for (int s = 0; s < bits; ++s)
                for (std::int64_t i = 0; i < planes.words(); ++i) {
                    ASSERT_EQ(rows.plane(0, s)[i], planes.plane(s)[static_cast<std::size_t>(i)]);
                    ASSERT_EQ(panels.plane(0, s)[i * popcount_columns],
                              planes.plane(s)[static_cast<std::size_t>(i)]);
                }
        }
}

TEST(PopcountKernels, TheBestIsTheLastAvailable) {
    const PopcountKernels* last = nullptr;
    for (const PopcountKernels& each : popcount_kernels())
        if (each.available) last = &each;
    EXPECT_EQ(&best_popcount_kernels(), last);
    EXPECT_STREQ(popcount_kernels().front().name, "portable");
    EXPECT_TRUE(popcount_kernels().front().available);
}

}  // namespace
}  // namespace bitloom
