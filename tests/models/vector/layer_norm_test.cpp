// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "models/vector/vector_math.h"
#include "tests/models/vector/reference.h"

namespace bitloom {
namespace {

using reference::Draws;

// gamma 1 and beta 0 with a unit of 2^-10: a normalized 1.0 is the word 1024.
LayerParameters norm_parameters(std::int64_t features, double output_unit = 0x1p-10) {
    LayerParameters p;
    p.op = Operator::layer_norm;
    const auto n = static_cast<std::size_t>(features);
    p.gamma.assign(n, quantize_multiplier(0x1p-13 / output_unit));
    p.gamma_negative.assign(n, false);
    p.beta.assign(n, 0);
    return p;
}

std::vector<std::int16_t> layer_norm(const LayerParameters& p, const std::vector<std::int16_t>& x) {
    std::vector<std::int16_t> words(x.size());
    layer_norm_rows(p, x.data(), 1, std::ssize(x), words.data());
    return words;
}

// Epsilon in squares of a word.
std::vector<double> exact_layer_norm(const std::vector<std::int16_t>& x, double epsilon) {
    double mean = 0, variance = 0;
    for (const std::int16_t word : x) mean += word;
    mean /= static_cast<double>(x.size());
    for (const std::int16_t word : x) variance += (word - mean) * (word - mean);
    variance /= static_cast<double>(x.size());
    std::vector<double> y;
    for (const std::int16_t word : x) y.push_back((word - mean) / std::sqrt(variance + epsilon));
    return y;
}

// The bound that models/vector/README.md states, for rows whose deviation is at least 4 words:
// 3/4 word of the result, 2^-12 of the value and, from the mean's rounding, 1/32 word of input.
TEST(LayerNorm, ErrorIsBounded) {
    Draws draws(40);
    double worst_words = 0;
    for (int round = 0; round < 3000; ++round) {
        const std::size_t features = 2 + draws.below(round % 40 == 0 ? 4000 : 600);
        const double spread = std::exp2(2.0 + 11.0 * draws.uniform());
        const double center = draws.normal() * 6000;
        std::vector<std::int16_t> x(features);
        for (std::int16_t& word : x)
            word = static_cast<std::int16_t>(
                std::clamp(std::nearbyint(center + draws.normal() * spread), -32768.0, 32767.0));
        LayerParameters p = norm_parameters(std::ssize(x));
        p.epsilon = static_cast<std::int64_t>(draws.below(4) == 0 ? draws.below(1 << 20) : 0);
        const double epsilon = static_cast<double>(p.epsilon) / 256;
        double deviation = 0;
        const auto exact = exact_layer_norm(x, epsilon);
        for (std::size_t i = 0; i + 1 < features; ++i)
            if (exact[i] != exact[i + 1]) deviation = (x[i] - x[i + 1]) / (exact[i] - exact[i + 1]);
        if (!(deviation >= 4)) continue;
        const auto words = layer_norm(p, x);
        for (std::size_t i = 0; i < features; ++i) {
            const double expected = std::clamp(exact[i] * 1024, -32768.0, 32767.0);
            ASSERT_NEAR(words[i], expected,
                        0.75 + std::abs(expected) / 4096 + 1024 / (32 * deviation))
                << "round " << round << " element " << i << " of " << features << " deviation "
                << deviation;
            if (deviation >= 100)
                worst_words = std::max(worst_words, std::abs(words[i] - expected));
        }
    }
    RecordProperty("worst_words_from_deviation_100", std::to_string(worst_words));
}

TEST(LayerNorm, ConstantRowGivesBeta) {
    for (const int value : {INT16_MIN, -1, 0, 77, INT16_MAX})
        for (const std::int64_t features : {1, 2, 3, 7, 768, 65536}) {
            LayerParameters p = norm_parameters(features);
            for (std::size_t i = 0; i < p.beta.size(); ++i)
                p.beta[i] = static_cast<std::int32_t>(i % 1000) - 500;
            const auto words = layer_norm(p, std::vector(static_cast<std::size_t>(features),
                                                         static_cast<std::int16_t>(value)));
            for (std::size_t i = 0; i < words.size(); ++i)
                ASSERT_EQ(words[i], p.beta[i]) << value << " x " << features;
        }
}

// Two values far apart: the deviation is as large as it gets, and both are one deviation away.
TEST(LayerNorm, ExtremesAreOneDeviationAway) {
    for (const std::int64_t features : {2, 64, 65536}) {
        std::vector<std::int16_t> x(static_cast<std::size_t>(features), INT16_MIN);
        for (std::size_t i = 0; i < x.size(); i += 2) x[i] = INT16_MAX;
        const auto words = layer_norm(norm_parameters(features), x);
        for (std::size_t i = 0; i < x.size(); ++i)
            ASSERT_NEAR(words[i], i % 2 == 0 ? 1024 : -1024, 1) << features;
    }
}

// One outlier among n equal words is sqrt(n - 1) deviations away. In long rows the variance is far
// below one unit: without its fractional bits the result would be infinitely large.
TEST(LayerNorm, OneOutlierInALongRowIsExact) {
    for (const std::int64_t features : {4, 100, 1024, 10'000, 65'536})
        for (const int step : {1, 20, 65'535}) {
            std::vector<std::int16_t> x(static_cast<std::size_t>(features), INT16_MIN);
            x[1] = static_cast<std::int16_t>(INT16_MIN + step);
            const auto words = layer_norm(norm_parameters(features, 0x1p-6), x);
            const double expected = 64 * std::sqrt(static_cast<double>(features - 1));
            // The outlier's distance is rounded to 1/16 word, the deviation to 1/4096 word.
            const double deviation = step / std::sqrt(static_cast<double>(features));
            EXPECT_NEAR(words[1], expected, 1 + expected * (0.04 / step + 0x1p-11 / deviation))
                << features << " step " << step;
        }
}

TEST(LayerNorm, LargestEpsilonDampsEveryRowToNothing) {
    LayerParameters p = norm_parameters(65536);
    p.epsilon = std::int64_t{1} << 46;
    std::vector<std::int16_t> x(65536, INT16_MIN);
    x[0] = INT16_MAX;
    const auto words = layer_norm(p, x);
    EXPECT_NEAR(words[0], 1024.0 * 65535 * 16 / 0x1p23, 1);
    EXPECT_EQ(words[1], 0);
}

TEST(LayerNorm, GammaScalesAndItsSignIsApplied) {
    const std::vector<std::int16_t> x = {1000, -1000, 1000, -1000};
    LayerParameters p = norm_parameters(4);
    p.gamma = {quantize_multiplier(0.5), quantize_multiplier(0.5), quantize_multiplier(0.25),
               quantize_multiplier(0.0)};
    p.gamma_negative = {false, true, true, false};
    p.beta = {0, 0, 5, 6};
    // The normalized +-1 is +-8192 in Q13.
    EXPECT_EQ(layer_norm(p, x), (std::vector<std::int16_t>{4096, 4096, -2048 + 5, 6}));
    p.clamp_low = 0;
    p.clamp_high = 4000;
    EXPECT_EQ(layer_norm(p, x), (std::vector<std::int16_t>{4000, 4000, 0, 6}));
}

// Full-range gamma and beta: everything saturates, nothing overflows.
TEST(LayerNorm, LargestGammaAndBetaSaturate) {
    std::vector<std::int16_t> x(65536, 0);
    x[0] = INT16_MAX;
    x[1] = INT16_MIN;
    LayerParameters p = norm_parameters(65536);
    p.gamma.assign(65536, Multiplier{INT32_MAX, -30});
    p.beta.assign(65536, 1 << 30);
    const auto words = layer_norm(p, x);
    EXPECT_EQ(words[0], INT16_MAX);
    EXPECT_EQ(words[1], INT16_MIN);
}

TEST(LayerNorm, RowsDoNotTouchEachOther) {
    Draws draws(41);
    const std::int64_t rows = 500, features = 96;  // several threads
    std::vector<std::int16_t> x(static_cast<std::size_t>(rows * features)), words(x.size());
    for (std::int16_t& word : x) word = draws.word();
    const LayerParameters p = norm_parameters(features);
    layer_norm_rows(p, x.data(), rows, features, words.data());
    for (std::int64_t row = 0; row < rows; ++row) {
        const auto begin = static_cast<std::ptrdiff_t>(row * features);
        const std::vector<std::int16_t> one(x.begin() + begin, x.begin() + begin + features);
        const std::vector<std::int16_t> got(words.begin() + begin,
                                            words.begin() + begin + features);
        ASSERT_EQ(got, layer_norm(p, one)) << row;
    }
}

}  // namespace
}  // namespace bitloom
