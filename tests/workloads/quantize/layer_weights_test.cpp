// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/layer_weights.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "models/numeric/format.h"

namespace bitloom {
namespace {

TEST(LayerWeights, BiasIsNearestWithTiesAwayFromZero) {
    EXPECT_EQ(quantize_bias(2.4, 1.0), 2);
    EXPECT_EQ(quantize_bias(2.5, 1.0), 3);
    EXPECT_EQ(quantize_bias(-2.5, 1.0), -3);
    EXPECT_EQ(quantize_bias(-2.4, 1.0), -2);
    EXPECT_EQ(quantize_bias(0.3, 0.25), 1);
    EXPECT_EQ(quantize_bias(0.0, 1e-9), 0);
}

TEST(LayerWeights, BiasSaturatesTo32Bits) {
    constexpr auto high = std::numeric_limits<std::int32_t>::max();
    constexpr auto low = std::numeric_limits<std::int32_t>::min();
    EXPECT_EQ(quantize_bias(2147483647.0, 1.0), high);
    EXPECT_EQ(quantize_bias(2147483648.0, 1.0), high);
    EXPECT_EQ(quantize_bias(-2147483648.0, 1.0), low);
    EXPECT_EQ(quantize_bias(-1.0, 1e-30), low);
    EXPECT_EQ(quantize_bias(1.0, 1e-300), high);
}

TEST(LayerWeights, CodesAreTheFormatsOwn) {
    const std::vector<float> weights = {0.5f, -1.0f, 8.0f, 3.0f, -30.0f, 20.0f};
    const TypeChoice choice{"flint4", {0.5, 2.0}, 0.0};
    const LayerWeights held = make_layer_weights(weights, choice, {}, 1.0);
    ASSERT_EQ(held.codes.size(), weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const double scale = choice.scales[i / 3];
        EXPECT_EQ(held.codes[i], format("flint4").encode(static_cast<double>(weights[i]) / scale));
    }
    // 0.5 -1 8 exactly; 3/2 = 1.5 ties to 2 (4), -15 goes to -16 (-32), 10 to 8 (16).
    EXPECT_EQ(held.real_weights(), (std::vector<float>{0.5f, -1.0f, 8.0f, 4.0f, -32.0f, 16.0f}));
    EXPECT_DOUBLE_EQ(held.mse, (1.0 + 4.0 + 16.0) / 6.0);
    EXPECT_TRUE(held.bias.empty());
}

TEST(LayerWeights, BiasIsInUnitsOfTheProductsScale) {
    const std::vector<float> weights = {1.0f, 1.0f};
    const std::vector<float> bias = {0.75f, -0.3f};
    const TypeChoice choice{"int4", {0.5, 0.25}, 0.0};
    const LayerWeights held = make_layer_weights(weights, choice, bias, 0.125);
    EXPECT_EQ(held.bias, (std::vector<std::int32_t>{12, -10}));  // 0.75/0.0625, -0.3/0.03125
    EXPECT_EQ(held.real_bias(0.125), (std::vector<float>{0.75f, -0.3125f}));
    EXPECT_EQ(held.scales, choice.scales);
}

// A channel whose weights vanish beside its bias: without the wider scale the bias would saturate.
TEST(LayerWeights, ScaleGrowsUntilTheBiasFits) {
    const std::vector<float> weights = {1e-12f, 1.0f};
    const std::vector<float> bias = {0.5f, 0.5f};
    const TypeChoice choice{"int8", {1e-14, 0.01}, 0.0};
    const LayerWeights held = make_layer_weights(weights, choice, bias, 0.01);
    EXPECT_EQ(held.bias[0], 1 << 30);
    EXPECT_EQ(held.scales[1], 0.01);
    EXPECT_FLOAT_EQ(held.real_bias(0.01)[0], 0.5f);
    EXPECT_FLOAT_EQ(held.real_bias(0.01)[1], 0.5f);
}

}  // namespace
}  // namespace bitloom
