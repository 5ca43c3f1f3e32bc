// SPDX-License-Identifier: Apache-2.0
#include "models/array/gemm_kernel.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>

#include "models/array/gemm_micro_kernel.h"
#include "tests/models/array/array_bench.h"

namespace bitloom {
namespace {

// Every instruction set of this machine gives the portable body's sums, wrap-around included.
TEST(GemmMicroKernel, EveryInstructionSetAgreesWithThePortableBody) {
    test::Dice dice(7, "micro kernel");
    for (int trial = 0; trial < 50; ++trial) {
        std::vector<ReductionRuns::Run> runs;
        std::int64_t total = 0, offset = 0;
        for (std::int64_t r = dice.between(1, 4); r > 0; --r) {
            offset += dice.below(5);
            runs.push_back({offset, 2 * dice.between(1, 40)});
            offset += runs.back().length;
            total += runs.back().length;
        }
        std::array<std::vector<std::int16_t>, micro_kernel_rows> rows;
        const std::int16_t* pointers[micro_kernel_rows];
        for (std::size_t r = 0; r < rows.size(); ++r) {
            for (std::int64_t i = 0; i < offset; ++i)
                rows[r].push_back(static_cast<std::int16_t>(dice.between(-16384, 16384)));
            pointers[r] = rows[r].data();
        }
        std::vector<std::int16_t> panel;
        for (std::int64_t i = 0; i < total * PackedWeights::panel_columns; ++i)
            panel.push_back(static_cast<std::int16_t>(dice.between(-16384, 16384)));
        std::array<std::int32_t, 96> expected{}, got{};
        micro_kernel_portable(pointers, runs.data(), std::ssize(runs), panel.data(),
                              expected.data());
#if defined(__x86_64__)
        if (__builtin_cpu_supports("avx2")) {
            micro_kernel_avx2(pointers, runs.data(), std::ssize(runs), panel.data(), got.data());
            ASSERT_EQ(got, expected) << "AVX2, trial " << trial;
        }
        if (__builtin_cpu_supports("avx512bw")) {
            micro_kernel_avx512(pointers, runs.data(), std::ssize(runs), panel.data(), got.data());
            ASSERT_EQ(got, expected) << "AVX-512, trial " << trial;
        }
#endif
        best_micro_kernel()(pointers, runs.data(), std::ssize(runs), panel.data(), got.data());
        ASSERT_EQ(got, expected) << "trial " << trial;
    }
}

// Large enough for the threaded path.
TEST(GemmKernel, ThreadedProductEqualsTheDirectSum) {
    test::Dice dice(3, "threaded product");
    ConvolutionTile tile;
    tile.window.kernel_h = tile.window.kernel_w = 3;
    tile.out_h = tile.out_w = 20;
    tile.band_h = tile.band_w = 22;
    tile.channels = tile.group_channels = 37;
    tile.n = 70;
    tile.k_end = 9 * 37;
    const CodeValues values(format("uflint4"));
    const CodeValues weight_values(format("flint4"));
    const auto band = test::random_codes(dice, 22 * 22, 37, 4);
    const auto codes = test::random_codes(dice, 70, 9 * 37, 4);
    const ReductionRuns runs(tile);
    const UnpackedActivations activations(tile, band.data(), values);
    const PackedWeights weights(tile, runs, codes.data(), weight_values);
    std::vector<std::int32_t> psums(static_cast<std::size_t>(tile.m() * tile.n), 12345);
    multiply(tile, runs, activations, weights, psums.data(), tile.n);
    for (std::int64_t m = 0; m < tile.m(); m += 7)
        for (std::int64_t n = 0; n < tile.n; ++n) {
            std::int64_t sum = 0;
            for (std::int64_t k = 0; k < tile.k(); ++k)
                sum += values.value(tile.activation_code(band.data(), m, k)) *
                       weight_values.value(tile.weight_code(codes.data(), n, k));
            ASSERT_EQ(psums[static_cast<std::size_t>(m * tile.n + n)], sum) << m << "," << n;
        }
}

}  // namespace
}  // namespace bitloom
