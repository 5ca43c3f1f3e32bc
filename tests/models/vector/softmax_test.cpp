// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "models/vector/vector_math.h"
#include "tests/models/vector/reference.h"

namespace bitloom {
namespace {

using reference::Draws;

constexpr double probability_unit = 0x1p-15;

LayerParameters softmax_parameters(double input_scale) {
    LayerParameters p;
    p.op = Operator::softmax;
    p.exponent_scale = quantize_multiplier(input_scale * 4096);
    p.probability_scale = quantize_multiplier(1.0);
    return p;
}

std::vector<std::int16_t> softmax(double input_scale, const std::vector<std::int16_t>& x) {
    std::vector<std::int16_t> words(x.size());
    softmax_rows(softmax_parameters(input_scale), x.data(), 1, std::ssize(x), words.data());
    return words;
}

std::vector<double> exact_softmax(double input_scale, const std::vector<std::int16_t>& x) {
    const double largest = *std::max_element(x.begin(), x.end());
    std::vector<double> y;
    for (const std::int16_t word : x) y.push_back(std::exp((word - largest) * input_scale));
    const double sum = std::accumulate(y.begin(), y.end(), 0.0);
    for (double& value : y) value /= sum;
    return y;
}

// The bound that models/vector/README.md states. In units of the result (2^-15): half for the last
// rounding and half for the exponent's, which is a multiple of 2^-16. Relative: 2 * (2^-13 for the
// interpolation and 3 * 2^-15 for the rounding of the difference), in this element and in the sum;
// and for the sum of n exponents, each rounded to 2^-16, half of that n times.
TEST(Softmax, ErrorAndSumAreBoundedAndOrderIsKept) {
    Draws draws(30);
    double worst_units = 0, worst_sum = 0;
    for (int round = 0; round < 4000; ++round) {
        const std::size_t features = 1 + draws.below(round % 50 == 0 ? 3000 : 200);
        const double input_scale = std::exp2(-4.0 - 10.0 * draws.uniform());
        const double spread = 6.0 * draws.uniform() / input_scale;
        std::vector<std::int16_t> x(features);
        for (std::int16_t& word : x)
            word = static_cast<std::int16_t>(
                std::clamp(std::nearbyint(draws.normal() * spread), -32768.0, 32767.0));
        const auto words = softmax(input_scale, x);
        const auto exact = exact_softmax(input_scale, x);
        const double count = static_cast<double>(features);
        // The largest probability is 1 / (sum of exponents).
        const double relative = 2 * (0x1p-13 + 3 * 0x1p-15) +
                                count * 0x1p-17 * *std::max_element(exact.begin(), exact.end());
        double sum = 0;
        for (std::size_t i = 0; i < features; ++i) {
            const double got = words[i] * probability_unit;
            const double error = std::abs(got - exact[i]);
            ASSERT_LE(error, probability_unit + relative * exact[i])
                << "round " << round << " element " << i << " of " << features;
            worst_units = std::max(worst_units, error / probability_unit);
            sum += got;
            ASSERT_GE(words[i], 0);
            for (std::size_t k = i + 1; k < std::min(features, i + 20); ++k)
                ASSERT_TRUE(x[i] < x[k] ? words[i] <= words[k] : words[i] >= words[k])
                    << x[i] << " and " << x[k] << " give " << words[i] << " and " << words[k];
        }
        // Each word is rounded by half a unit at most, the reciprocal keeps the sum of the
        // exponents as it is, and 32768 is held as 32767.
        ASSERT_NEAR(sum, 1.0, (0.5 * count + 1.01) * probability_unit) << "round " << round;
        worst_sum = std::max(worst_sum, std::abs(sum - 1));
    }
    RecordProperty("worst_units", std::to_string(worst_units));
    RecordProperty("worst_sum", std::to_string(worst_sum));
}

TEST(Softmax, EqualWordsShareOneEvenly) {
    for (const int value : {INT16_MIN, 0, INT16_MAX})
        for (const std::size_t features :
             {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{64}, std::size_t{1000}}) {
            const auto words =
                softmax(0.01, std::vector(features, static_cast<std::int16_t>(value)));
            const double share = 32768.0 / static_cast<double>(features);
            const auto expected = static_cast<std::int16_t>(std::min(32767.0, std::round(share)));
            EXPECT_EQ(words, std::vector<std::int16_t>(features, expected)) << features;
        }
}

TEST(Softmax, OneHugeWordTakesAll) {
    std::vector<std::int16_t> x(100, INT16_MIN);
    x[37] = INT16_MAX;
    auto expected = std::vector<std::int16_t>(100, 0);
    expected[37] = 32767;
    EXPECT_EQ(softmax(0.01, x), expected);
    // The largest multiplier: the exponent saturates, far below any unit.
    x[37] = INT16_MIN + 1;
    EXPECT_EQ(softmax(0x1.fp17, x), expected);
}

// The longest row: the sum of 2^16 exponents of 2^16 and its reciprocal keep all their bits.
TEST(Softmax, RowOf65536EqualWordsGivesTheSmallestProbability) {
    const auto words = softmax(0.01, std::vector<std::int16_t>(65536, 5));
    EXPECT_EQ(words, std::vector<std::int16_t>(65536, 1));  // 2^-16, half a unit: rounded up
}

TEST(Softmax, RowsDoNotTouchEachOther) {
    Draws draws(31);
    const std::int64_t rows = 700, features = 60;  // several threads
    std::vector<std::int16_t> x(static_cast<std::size_t>(rows * features)), words(x.size());
    for (std::int16_t& word : x) word = static_cast<std::int16_t>(draws.normal() * 500);
    softmax_rows(softmax_parameters(0.004), x.data(), rows, features, words.data());
    for (std::int64_t row = 0; row < rows; ++row) {
        const auto begin = static_cast<std::ptrdiff_t>(row * features);
        const std::vector<std::int16_t> one(x.begin() + begin, x.begin() + begin + features);
        const std::vector<std::int16_t> got(words.begin() + begin,
                                            words.begin() + begin + features);
        ASSERT_EQ(got, softmax(0.004, one)) << row;
    }
}

}  // namespace
}  // namespace bitloom
