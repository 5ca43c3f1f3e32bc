// SPDX-License-Identifier: Apache-2.0
#include "models/vector/vector_math.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/models/vector/reference.h"

namespace bitloom {
namespace {

using reference::Draws;
using reference::Wide;

std::vector<std::int16_t> draw_words(Draws& draws, std::int64_t count) {
    std::vector<std::int16_t> words(static_cast<std::size_t>(count));
    for (std::int16_t& word : words) word = draws.word();
    return words;
}

// Tiles of every shape, some large enough for several threads; channels of a tile begin anywhere.
TEST(VectorMath, FinishedPsumsEqualTheDefinition) {
    Draws draws(10);
    for (const auto& [rows, channels] : std::vector<std::pair<std::int64_t, std::int64_t>>{
             {1, 1}, {1, 1000}, {7, 3}, {49, 16}, {100, 33}, {1500, 64}, {60000, 1}, {64, 257}})
        for (int variant = 0; variant < 8; ++variant) {
            LayerParameters p;
            const std::int64_t first_channel = variant % 2 == 0 ? 0 : 5;
            const bool uniform = variant == 6;
            for (std::int64_t c = 0; c < (uniform ? 1 : first_channel + channels); ++c)
                p.multipliers.push_back(draws.multiplier());
            if (variant & 2)
                for (std::int64_t c = 0; c < first_channel + channels; ++c)
                    p.bias.push_back(draws.psum());
            p.has_residual = (variant & 4) != 0;
            p.residual = draws.multiplier();
            p.clamp_low = variant % 3 == 0 ? std::int16_t{0} : std::int16_t{INT16_MIN};
            p.clamp_high = variant % 3 == 1 ? std::int16_t{6000} : std::int16_t{INT16_MAX};
            std::vector<std::int32_t> psums(static_cast<std::size_t>(rows * channels));
            for (std::int32_t& psum : psums) psum = draws.psum();
            const auto residual = draw_words(draws, rows * channels);
            std::vector<std::int16_t> words(psums.size());
            finish_psums(p, psums.data(), rows, channels, first_channel,
                         p.has_residual ? residual.data() : nullptr, words.data());
            for (std::size_t i = 0; i < psums.size(); ++i) {
                const std::size_t c = i % static_cast<std::size_t>(channels) +
                                      static_cast<std::size_t>(first_channel);
                Wide sum = psums[i];
                if (!p.bias.empty()) sum = reference::clamp32(sum + p.bias[c]);
                // A single multiplier is that of every channel.
                Wide word = reference::clamp16(reference::requantize(
                    sum, p.multipliers.size() > 1 ? p.multipliers[c] : p.multipliers[0]));
                if (p.has_residual)
                    word += reference::clamp16(reference::requantize(residual[i], p.residual));
                ASSERT_EQ(words[i], static_cast<std::int16_t>(
                                        reference::clamp(word, p.clamp_low, p.clamp_high)))
                    << rows << " x " << channels << " variant " << variant << " at " << i;
            }
        }
}

TEST(VectorMath, BiasSaturatesBeforeTheMultiplier) {
    LayerParameters p;
    p.multipliers = {quantize_multiplier(0x1p-16), quantize_multiplier(0x1p-16)};
    p.bias = {INT32_MAX, INT32_MIN};
    const std::int32_t psums[] = {INT32_MAX, INT32_MIN};
    std::int16_t words[2];
    finish_psums(p, psums, 1, 2, 0, nullptr, words);
    EXPECT_EQ(words[0], 32767);   // a wrapped sum would give 0
    EXPECT_EQ(words[1], -32768);  // and here, too
}

TEST(VectorMath, ResidualIsAddedToTheSaturatedWord) {
    LayerParameters p;
    p.multipliers = {quantize_multiplier(1.0)};
    p.residual = quantize_multiplier(1.0);
    p.has_residual = true;
    const std::int32_t psum = 100'000;
    const std::int16_t residual = -32768;
    std::int16_t word = 0;
    finish_psums(p, &psum, 1, 1, 0, &residual, &word);
    EXPECT_EQ(word, -1);  // 32767 - 32768, not 100000 - 32768 saturated
}

TEST(VectorMath, ElementWiseOperatorsEqualTheDefinition) {
    Draws draws(11);
    for (const std::int64_t count : {0, 1, 15, 16, 17, 1000, 70'001})
        for (int round = 0; round < 12; ++round) {
            LayerParameters p;
            p.multipliers = {draws.multiplier(), draws.multiplier()};
            p.constant_multiplier = draws.multiplier();
            p.constant = draw_words(draws, count + 3);
            if (round % 2) p.clamp_low = 0;
            const auto a = draw_words(draws, count), b = draw_words(draws, count);
            std::vector<std::int16_t> scaled(a.size()), sum(a.size()), with_constant(a.size());
            rescale(p, 1, a, scaled.data());
            add_words(p, a, b.data(), sum.data());
            add_constant(p, a, 3, with_constant.data());
            const auto word = [&](Wide value) {
                return static_cast<std::int16_t>(
                    reference::clamp(value, p.clamp_low, p.clamp_high));
            };
            for (std::size_t i = 0; i < a.size(); ++i) {
                const Wide first = reference::requantize(a[i], p.multipliers[0]);
                ASSERT_EQ(scaled[i], word(reference::requantize(a[i], p.multipliers[1])));
                ASSERT_EQ(sum[i], word(first + reference::requantize(b[i], p.multipliers[1])));
                ASSERT_EQ(
                    with_constant[i],
                    word(first + reference::requantize(p.constant[i + 3], p.constant_multiplier)));
            }
        }
}

TEST(VectorMath, AddRoundsEachOperandToAWordByItself) {
    LayerParameters p;
    p.multipliers = {quantize_multiplier(0.5), quantize_multiplier(0.5)};
    const std::int16_t a[] = {1, -1}, b[] = {1, -1};
    std::int16_t words[2];
    add_words(p, a, b, words);
    EXPECT_EQ(words[0], 2);  // 0.5 -> 1, twice
    EXPECT_EQ(words[1], 0);  // the high multiply takes -0.5 up to 0
}

void expect_root(std::uint64_t value) {
    const Wide root = integer_square_root(value);
    ASSERT_LE(root * root, Wide{value}) << value;
    ASSERT_GT((root + 1) * (root + 1), Wide{value}) << value;
}

TEST(IntegerSquareRoot, IsTheFloorForAllSmallNumbers) {
    for (std::uint64_t value = 0; value < 1'000'000; ++value) expect_root(value);
}

TEST(IntegerSquareRoot, IsTheFloorAroundSquaresAndForRandomNumbers) {
    Draws draws(12);
    for (int i = 0; i < 300'000; ++i) {
        expect_root(draws.bits() >> draws.below(64));
        const std::uint64_t root = draws.below(std::uint64_t{1} << 32);
        for (const std::uint64_t value : {root * root - 1, root * root, root * root + 1})
            expect_root(value);
    }
    for (const std::uint64_t value : {UINT64_MAX, UINT64_MAX - 1, 0xfffffffe00000001u,
                                      0xfffffffe00000000u, std::uint64_t{1} << 63})
        expect_root(value);
}

}  // namespace
}  // namespace bitloom
