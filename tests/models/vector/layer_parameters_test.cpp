// SPDX-License-Identifier: Apache-2.0
#include "models/vector/layer_parameters.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/models/vector/one_layer.h"

namespace bitloom {
namespace {

using test::input;
using test::OneLayer;

OneLayer fully_connected(std::vector<double> scales, double input_scale, double working_scale) {
    OneLayer one(Operator::gemm, {input("x", {4}, "int4", input_scale)}, {2}, working_scale);
    Weights weights;
    weights.tensor = "w";
    weights.shape = {2, 4};
    weights.format = "int4";
    weights.scales = std::move(scales);
    one.layer().weights = weights;
    one.layer().bias = "bias";
    one.tensor<std::uint8_t>("w", {4}, {0x21, 0x43, 0x65, 0x07});
    one.tensor<std::int32_t>("bias", {2}, {-7, 70000});
    return one;
}

TEST(LayerParameters, GemmHasAMultiplierAndABiasAChannel) {
    OneLayer one = fully_connected({0.5, 0.25}, 0.1, 0.01);
    one.layer().clamp_low = 0;
    one.layer().clamp_high = 6;
    const LayerParameters p = one.parameters();
    EXPECT_EQ(p.multipliers, (std::vector<Multiplier>{quantize_multiplier(0.5 * 0.1 / 0.01),
                                                      quantize_multiplier(0.25 * 0.1 / 0.01)}));
    EXPECT_EQ(p.bias, (std::vector<std::int32_t>{-7, 70000}));
    EXPECT_FALSE(p.has_residual);
    EXPECT_EQ(p.clamp_low, 0);
    EXPECT_EQ(p.clamp_high, 600);
    ASSERT_EQ(p.outputs.size(), 1u);
    EXPECT_TRUE(p.outputs[0].is_word());
}

TEST(LayerParameters, OneScaleOfWeightsIsEveryChannels) {
    const LayerParameters p = fully_connected({0.5}, 0.1, 0.01).parameters();
    EXPECT_EQ(p.multipliers, (std::vector<Multiplier>(2, quantize_multiplier(0.5 * 0.1 / 0.01))));
}

TEST(LayerParameters, ResidualHasItsOwnMultiplier) {
    OneLayer one = fully_connected({0.5}, 0.1, 0.01);
    one.manifest.activations["r"] = input("r", {2}, "int16", 0.03);
    one.layer().inputs.push_back("r");
    const LayerParameters p = one.parameters();
    EXPECT_TRUE(p.has_residual);
    EXPECT_EQ(p.residual, quantize_multiplier(0.03 / 0.01));
}

TEST(LayerParameters, MatmulMultipliesBothScalesAndItsFactor) {
    OneLayer one(Operator::matmul,
                 {input("x", {2, 3}, "int8", 0.1), input("b", {3, 5}, "int8", 0.2)}, {2, 5}, 0.01);
    one.layer().multiplier = 0.125;
    EXPECT_EQ(one.parameters().multipliers,
              (std::vector<Multiplier>{quantize_multiplier(0.1 * 0.2 * 0.125 / 0.01)}));
}

TEST(LayerParameters, ScaleOutOfTheRequantizersRangeNamesTheLayer) {
    EXPECT_EQ(fully_connected({1.0}, 0x1p20, 0x1p-10).error(),
              "layer 'l': scale of a channel = 1.07374e+09: the requantizer holds 0..2^30");
    EXPECT_EQ(fully_connected({1.0}, 0x1.ffffffp19, 0x1p-10).error(), "none");

    OneLayer residual = fully_connected({0.5}, 0.1, 0.01);
    residual.manifest.activations["r"] = input("r", {2}, "int16", 1e9);
    residual.layer().inputs.push_back("r");
    EXPECT_EQ(residual.error(),
              "layer 'l': scale of the residual = 1e+11: the requantizer holds 0..2^30");

    OneLayer product(Operator::matmul,
                     {input("x", {2, 3}, "int8", 1e200), input("b", {3, 5}, "int8", 1e200)}, {2, 5},
                     1.0);
    EXPECT_EQ(product.error(),
              "layer 'l': scale of the product = inf: the requantizer holds 0..2^30");

    OneLayer sum(Operator::add, {input("x", {4}, "int16", 1.0), input("b", {4}, "int16", 1e12)},
                 {4}, 1.0);
    EXPECT_EQ(sum.error(), "layer 'l': scale of an input = 1e+12: the requantizer holds 0..2^30");

    OneLayer exponent(Operator::softmax, {input("x", {4}, "int16", 0x1p18)}, {4}, 1.0);
    EXPECT_EQ(exponent.error(),
              "layer 'l': scale of the exponent = 1.07374e+09: the requantizer holds 0..2^30");
    OneLayer probability(Operator::softmax, {input("x", {4}, "int16", 1.0)}, {4}, 0x1p-45);
    EXPECT_EQ(probability.error(),
              "layer 'l': scale of the result = 1.07374e+09: the requantizer holds 0..2^30");
}

OneLayer average(std::int64_t kernel_h, std::int64_t kernel_w, double input_scale) {
    OneLayer one(Operator::average_pool,
                 {input("x", {kernel_h, kernel_w, 1}, "int16", input_scale)}, {1, 1, 1}, 1.0);
    one.layer().window.kernel_h = kernel_h;
    one.layer().window.kernel_w = kernel_w;
    return one;
}

TEST(LayerParameters, AveragePoolHasAMultiplierForEveryCount) {
    const LayerParameters p = average(2, 3, 0.5).parameters();
    ASSERT_EQ(p.by_count.size(), 7u);
    for (int n = 1; n <= 6; ++n)
        EXPECT_EQ(p.by_count[static_cast<std::size_t>(n)], quantize_multiplier(0.5 / n));
    EXPECT_EQ(average(2, 3, 1e10).error(),
              "layer 'l': scale of the mean = 1e+10: the requantizer holds 0..2^30");
}

TEST(LayerParameters, AveragePoolRefusesWindowsWhoseSumMayOverflow) {
    EXPECT_EQ(average(256, 256, 0.5).parameters().by_count.size(), 65537u);
    EXPECT_EQ(average(256, 257, 0.5).error(),
              "layer 'l': window of 256 x 257 elements: the vector unit averages up to 65536");
    EXPECT_EQ(
        average(1 << 20, 1 << 20, 0.5).error(),
        "layer 'l': window of 1048576 x 1048576 elements: the vector unit averages up to 65536");
}

OneLayer norm(double input_scale, double epsilon) {
    OneLayer one(Operator::layer_norm, {input("x", {2, 3}, "int16", input_scale)}, {2, 3}, 0x1p-10);
    one.layer().gamma = "gamma";
    one.layer().beta = "beta";
    one.layer().epsilon = epsilon;
    one.tensor<float>("gamma", {3}, {1.0f, -0.5f, 0.0f});
    one.tensor<float>("beta", {3}, {0.0f, -2.0f, 1e30f});
    return one;
}

TEST(LayerParameters, LayerNormSplitsGammaIntoSizeAndSign) {
    const LayerParameters p = norm(0.25, 0.5).parameters();
    EXPECT_EQ(p.gamma, (std::vector<Multiplier>{quantize_multiplier(0.125),
                                                quantize_multiplier(0.0625), Multiplier{}}));
    EXPECT_EQ(p.gamma_negative, (std::vector<bool>{false, true, false}));
    EXPECT_EQ(p.beta, (std::vector<std::int32_t>{0, -2048, 1 << 30}));
    EXPECT_EQ(p.epsilon, 2048);  // 0.5 / (0.25 / 16)^2
}

// An epsilon that does not fit must not be replaced by a smaller one.
TEST(LayerParameters, LayerNormRefusesAnEpsilonThatDoesNotFit) {
    EXPECT_EQ(norm(16, 0x1p46).parameters().epsilon, std::int64_t{1} << 46);
    EXPECT_EQ(
        norm(16, 0x1p47).error(),
        "layer 'l': epsilon = 1.40737e+14: in units of (input scale / 16)^2 = 1.40737e+14: the "
        "vector unit holds 0..2^46");
    EXPECT_EQ(norm(1e-310, 1e-5).error(),
              "layer 'l': epsilon = 1e-05: in units of (input scale / 16)^2 = inf: the vector unit "
              "holds 0..2^46");
    EXPECT_EQ(norm(1e300, 1e-5).parameters().epsilon, 0);
}

TEST(LayerParameters, LayerNormNamesGammaThatDoesNotFit) {
    OneLayer one = norm(0.25, 0.5);
    one.tensor<float>("gamma", {3}, {1.0f, -1e20f, 0.0f});
    EXPECT_EQ(one.error(), "layer 'l': scale of gamma = 1.25e+19: the requantizer holds 0..2^30");
}

TEST(LayerParameters, ConstantOfAnAddHasItsOwnMultiplier) {
    OneLayer one(Operator::add, {input("x", {4}, "int16", 0.5)}, {4}, 0.25);
    one.layer().constant = "c";
    one.layer().constant_scale = 0.125;
    one.tensor<std::int16_t>("c", {4}, {1, -2, 3, -4});
    const LayerParameters p = one.parameters();
    EXPECT_EQ(p.constant, (std::vector<std::int16_t>{1, -2, 3, -4}));
    EXPECT_EQ(p.constant_multiplier, quantize_multiplier(0.5));
    EXPECT_EQ(p.multipliers, (std::vector<Multiplier>{quantize_multiplier(2.0)}));
    one.layer().constant_scale = 1e10;
    EXPECT_EQ(one.error(),
              "layer 'l': scale of the constant = 4e+10: the requantizer holds 0..2^30");
}

TEST(LayerParameters, CodesAreMovedWithoutEncoders) {
    OneLayer one(Operator::reshape, {input("x", {4}, "flint4", 0.5)}, {2, 2}, 0.5);
    one.manifest.activations["y"].format = "flint4";
    const LayerParameters p = one.parameters();
    EXPECT_TRUE(p.moves_codes);
    EXPECT_EQ(p.code_bits, 4);
    EXPECT_TRUE(p.outputs.empty());

    OneLayer words(Operator::reshape, {input("x", {4}, "int16", 0.5)}, {2, 2}, 0.25);
    const LayerParameters q = words.parameters();
    EXPECT_FALSE(q.moves_codes);
    EXPECT_EQ(q.multipliers, (std::vector<Multiplier>{quantize_multiplier(2.0)}));
    EXPECT_EQ(q.outputs.size(), 1u);
}

TEST(LayerParameters, BoundsBeyondTheWordAreTheWords) {
    OneLayer one(Operator::clamp, {input("x", {4}, "int16", 0.5)}, {4}, 1e-300);
    one.manifest.activations["x"].scale = 1e-300;
    one.layer().clamp_low = -1e300;
    one.layer().clamp_high = 1e300;
    const LayerParameters p = one.parameters();
    EXPECT_EQ(p.clamp_low, INT16_MIN);
    EXPECT_EQ(p.clamp_high, INT16_MAX);
}

// The rule of models/vector/README.md, "From real scales to registers": the table of ties below is
// written by hand.
TEST(LayerParameters, ClampBoundsAreNearestWithTiesToEven) {
    const std::pair<double, std::int16_t> words[] = {{0.5, 0},  {1.5, 2},   {2.5, 2},   {3.5, 4},
                                                     {-0.5, 0}, {-1.5, -2}, {-2.5, -2}, {0.49, 0},
                                                     {0.51, 1}, {2.51, 3},  {-2.51, -3}};
    for (const auto& [real, word] : words) {
        OneLayer one(Operator::clamp, {input("x", {4}, "int16", 0.25)}, {4}, 0.25);
        one.layer().clamp_low = -1000;
        one.layer().clamp_high = real * 0.25;  // exact: a power of two
        EXPECT_EQ(one.parameters().clamp_high, word) << real;
        one.layer().clamp_low = real * 0.25;
        one.layer().clamp_high = 1000;
        EXPECT_EQ(one.parameters().clamp_low, word) << real;
    }
}

// Scales whose product depends on the order in which it is rounded: found by search, each of these
// differs in the last bit of the double and in the mantissa from other orders.
TEST(LayerParameters, MultipliersAreComposedInTheDocumentedOrder) {
    int told_apart = 0;
    for (int i = 1; i < 2000; ++i) {
        const double weight = 1.0 / (3 * i), x = 1.0 / (7 * i + 1), working = 1.0 / (11 * i + 2);
        const double documented = (weight * x) / working;
        const Multiplier held =
            fully_connected({weight}, x, working).parameters().multipliers.front();
        ASSERT_EQ(held, quantize_multiplier(documented)) << i;
        told_apart += weight * (x / working) != documented ? 1 : 0;
    }
    EXPECT_GT(told_apart, 100);  // else the inputs would not tell the orders apart
}

TEST(LayerParameters, PointsOfTheGeluCurveAreNearestWithTiesToEven) {
    // Far above zero gelu(x) is x: the points are x / working scale, with ties at odd multiples of
    // half a word.
    OneLayer one(Operator::gelu, {input("x", {4}, "int16", 0.5)}, {4}, 128.0);
    const std::vector<std::int32_t> curve = one.parameters().curve;
    ASSERT_EQ(curve.size(), 513u);
    // Point 256 + i is at x = 64 i: i / 2 words.
    const std::pair<std::size_t, std::int32_t> words[] = {{1, 0}, {2, 1}, {3, 2}, {4, 2},
                                                          {5, 2}, {6, 3}, {7, 4}};
    for (const auto& [i, word] : words) EXPECT_EQ(curve[256 + i], word) << i;
}

TEST(LayerParameters, AnEpsilonBetweenTwoUnitsIsRoundedAwayFromZero) {
    OneLayer one(Operator::layer_norm, {input("x", {1, 4}, "int16", 16.0)}, {1, 4}, 1.0);
    one.tensor<float>("gamma", {4}, {1, 1, 1, 1});
    one.tensor<float>("beta", {4}, {0.5f, 1.5f, 2.5f, -0.5f});
    one.layer().gamma = "gamma";
    one.layer().beta = "beta";
    one.layer().epsilon = 2.5;  // the unit is (16 / 16)^2
    EXPECT_EQ(one.parameters().epsilon, 3);
    EXPECT_EQ(one.parameters().beta, (std::vector<std::int32_t>{0, 2, 2, 0}));
}

}  // namespace
}  // namespace bitloom
