// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/fake_quant.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/numeric/format.h"
#include "tests/workloads/quantize/small_networks.h"

namespace bitloom {
namespace {

using testing_networks::NetworkBuilder;
using testing_networks::normal_values;

TEST(FakeQuant, WordsRoundToNearestAndSaturate) {
    std::vector<float> values = {0.3f, -0.3f, 0.75f, -0.75f, 1e9f, -1e9f};
    round_to_words(values, 0.5);
    EXPECT_EQ(values, (std::vector<float>{0.5f, -0.5f, 1.0f, -1.0f, 16383.5f, -16384.0f}));
}

TEST(FakeQuant, CodesRoundByTheFormatsRule) {
    std::vector<float> values = {-1.0f, 2.25f, 4.5f, 100.0f, 0.2f};
    round_to_codes(values, {"uflint4", 0.5});
    // In units: -2, 4.5 (up to 5), 9 (up to 10), 200 (64), 0.4.
    EXPECT_EQ(values, (std::vector<float>{0.0f, 2.5f, 5.0f, 32.0f, 0.0f}));
}

// Two layers by hand: code, integer sum, word, clamp, code, integer sum, word.
TEST(FakeQuant, ComputesWhatTheIntegersDo) {
    const Network network =
        NetworkBuilder({12}).gemm("g", "x", 9).relu("r", "g").gemm("h", "r", 4).build();
    const auto layers = fuse(network);
    const std::vector<bool> wide = {true, false};
    EncodedNetwork encoded{
        network, layers, find_needs(network, layers, wide), find_roots(network, layers), {}, {}};
    const StoredType input{"int8", 0.03}, middle{"uflint4", 0.06};
    encoded.types[{"x", Encoding::wide}] = input;
    encoded.types[{"r", Encoding::narrow}] = middle;
    encoded.types[{"x", Encoding::word}] = {"int16", 1e-3};
    encoded.types[{"r", Encoding::word}] = {"int16", 2e-3};
    encoded.types[{"h", Encoding::word}] = {"int16", 7e-3};
    const auto& constants = network.constants;
    const auto weights = [&](const std::string& name, const std::string& type, double scale) {
        const auto channels = static_cast<std::size_t>(constants.at(name + "/b").shape[0]);
        return make_layer_weights(
            constants.at(name + "/w").values, {type, std::vector<double>(channels, scale), 0.0},
            constants.at(name + "/b").values, name == "g" ? input.scale : middle.scale);
    };
    const LayerWeights first = weights("g", "int8", 0.01), second = weights("h", "flint4", 0.05);
    FakeQuantNetwork fake(network, layers);
    fake.set_weights(0, first, input.scale);
    fake.set_weights(1, second, middle.scale);

    const auto multiply = [](const LayerWeights& held, const std::vector<double>& x,
                             double x_scale) {
        std::vector<double> sums;
        for (std::size_t n = 0; n < held.scales.size(); ++n) {
            double sum = held.bias[n];  // exact: integers
            for (std::size_t k = 0; k < x.size(); ++k) {
                sum += format(held.format).value(held.codes[n * x.size() + k]) * x[k];
            }
            sums.push_back(sum * held.scales[n] * x_scale);
        }
        return sums;
    };
    const auto grid = [](const StoredType& type, double value) {
        return format(type.format).value(format(type.format).encode(value / type.scale));
    };
    const std::vector<float> x = normal_values(12, 1.0, 3, "input");
    std::vector<double> codes;
    for (const float value : x) codes.push_back(grid(input, value));
    std::vector<double> hidden;
    for (const double sum : multiply(first, codes, input.scale)) {
        hidden.push_back(grid(middle, std::max(0.0, std::round(sum / 2e-3)) * 2e-3));
    }
    const auto sums = multiply(second, hidden, middle.scale);
    const auto output = fake.executor().output(x, fake.hooks(encoded, wide));
    ASSERT_EQ(output.size(), 4u);
    for (std::size_t n = 0; n < 4; ++n) {
        EXPECT_NEAR(static_cast<double>(output[n]), std::round(sums[n] / 7e-3) * 7e-3, 1e-6) << n;
    }
}

}  // namespace
}  // namespace bitloom
