// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "models/vector/vector_math.h"
#include "tests/models/vector/one_layer.h"

namespace bitloom {
namespace {

using test::input;
using test::OneLayer;

double exact_gelu(double x, bool tanh_form) {
    if (tanh_form)
        return 0.5 * x *
               (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
    return 0.5 * x * std::erfc(-x / std::numbers::sqrt2);
}

std::vector<std::int16_t> all_words() {
    std::vector<std::int16_t> words(65536);
    for (int i = 0; i < 65536; ++i)
        words[static_cast<std::size_t>(i)] = static_cast<std::int16_t>(i - 32768);
    return words;
}

struct Case {
    double range;  // real value of the largest input word
    bool tanh_form;
};
class GeluError : public testing::TestWithParam<Case> {};

// All 65,536 words. Linear interpolation over steps of h has an error of h^2/8 times the curvature,
// which is at most 2/sqrt(2 pi) = 0.8 (at zero); three roundings to a word add 1.5 at most.
TEST_P(GeluError, IsBoundedByTheInterpolationForAllWords) {
    const auto [range, tanh_form] = GetParam();
    const double input_scale = range / 32767, working_scale = range / 32767;
    OneLayer one(Operator::gelu, {input("x", {4}, "int16", input_scale)}, {4}, working_scale);
    one.layer().tanh_form = tanh_form;
    const LayerParameters p = one.parameters();
    const auto in = all_words();
    std::vector<std::int16_t> words(in.size());
    gelu_words(p, in, words.data());
    const double step = 128 * input_scale;
    const double bound = 1.5 + step * step / 8 * 0.81 / working_scale;
    double worst = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const double exact = exact_gelu(in[i] * input_scale, tanh_form) / working_scale;
        worst = std::max(worst, std::abs(words[i] - exact));
    }
    EXPECT_LE(worst, bound);
    // The two forms differ by up to 5e-4: the right one was taken.
    RecordProperty("worst_words", std::to_string(worst));
    RecordProperty("worst_real", std::to_string(worst * working_scale));
}

INSTANTIATE_TEST_SUITE_P(Ranges, GeluError,
                         testing::Values(Case{0.5, false}, Case{2, false}, Case{4, false},
                                         Case{8, false}, Case{16, false}, Case{64, false},
                                         Case{2, true}, Case{4, true}, Case{8, true},
                                         Case{16, true}),
                         [](const auto& param) {
                             return (param.param.tanh_form ? std::string("tanh_") : "erf_") +
                                    std::to_string(static_cast<int>(param.param.range * 10));
                         });

TEST(Gelu, TanhFormHasItsOwnCurve) {
    const double scale = 4.0 / 32767;
    OneLayer one(Operator::gelu, {input("x", {4}, "int16", scale)}, {4}, scale);
    const auto exact = one.parameters().curve;
    one.layer().tanh_form = true;
    const auto approximate = one.parameters().curve;
    double largest = 0;
    for (std::size_t i = 0; i < exact.size(); ++i)
        largest = std::max(largest, std::abs(exact[i] - approximate[i]) * scale);
    EXPECT_NEAR(largest, 4.7e-4, 0.5e-4);  // the known distance of the two
}

// Valid scales of any size give a curve of finite words: zero on the left, saturated on the right.
TEST(Gelu, EnormousScalesAreFinite) {
    for (const bool tanh_form : {false, true}) {
        OneLayer one(Operator::gelu, {input("x", {4}, "int16", 1e305)}, {4}, 1.0);
        one.layer().tanh_form = tanh_form;
        const LayerParameters p = one.parameters();
        std::int16_t words[3];
        const std::int16_t in[] = {INT16_MIN, 0, INT16_MAX};
        gelu_words(p, in, words);
        EXPECT_EQ(words[0], 0);
        EXPECT_EQ(words[1], 0);
        EXPECT_EQ(words[2], INT16_MAX);
    }
}

TEST(Gelu, ClampIsApplied) {
    OneLayer one(Operator::gelu, {input("x", {4}, "int16", 0.001)}, {4}, 0.001);
    one.layer().clamp_low = -0.05;
    one.layer().clamp_high = 2.0;
    const std::int16_t in[] = {-1000, 5000};
    std::int16_t words[2];
    gelu_words(one.parameters(), in, words);
    EXPECT_EQ(words[0], -50);
    EXPECT_EQ(words[1], 2000);
}

}  // namespace
}  // namespace bitloom
