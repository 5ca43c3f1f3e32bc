// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/select.h"

#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <cmath>

#include "models/base/random.h"
#include "tests/workloads/quantize/small_networks.h"

namespace bitloom {
namespace {

using testing_networks::normal_values;

const std::vector<std::string> signed_types = {"int4", "flint4", "pot4"};
const std::vector<std::string> unsigned_types = {"uint4", "uflint4", "upot4"};

std::vector<float> uniform_values(int count, double low, double high) {
    const RandomStream stream(3, "uniform");
    std::vector<float> values;
    for (int i = 0; i < count; ++i) {
        values.push_back(
            static_cast<float>(low + (high - low) * stream.uniform(static_cast<std::uint64_t>(i))));
    }
    return values;
}

// Two-sided exponential.
std::vector<float> laplace_values(int count) {
    const RandomStream stream(5, "laplace");
    std::vector<float> values;
    for (int i = 0; i < count; ++i) {
        const double u = stream.uniform(static_cast<std::uint64_t>(i)) - 0.5;
        values.push_back(static_cast<float>(std::copysign(std::log(1.0 - 2.0 * std::abs(u)), -u)));
    }
    return values;
}

// Most values near zero, a few very large: magnitudes spread over many powers of two.
std::vector<float> heavy_tailed_values(int count) {
    std::vector<float> values = normal_values(count, 1.0, 9, "heavy");
    for (float& value : values)
        value = static_cast<float>(std::copysign(std::exp(2.0 * value), value));
    return values;
}

std::string choice(const std::vector<float>& values, const std::vector<std::string>& types) {
    const SortedValues sorted(values);
    return choose_activation_type(sorted, sorted.max_magnitude(), types, RatioRange{}).format;
}

// The distributions that each type of ANT is made for (section 2 of the paper).
TEST(Select, UniformValuesTakeInt) {
    EXPECT_EQ(choice(uniform_values(20000, -1.0, 1.0), signed_types), "int4");
    EXPECT_EQ(choice(uniform_values(20000, 0.0, 1.0), unsigned_types), "uint4");
}

TEST(Select, GaussianValuesTakeFlint) {
    EXPECT_EQ(choice(normal_values(20000, 0.3, 1, "gauss"), signed_types), "flint4");
}

TEST(Select, HeavyTailedValuesTakePowersOfTwo) {
    EXPECT_EQ(choice(heavy_tailed_values(20000), signed_types), "pot4");
}

TEST(Select, HeavierTailsNeverMoveTheChoiceTowardsInt) {
    EXPECT_EQ(choice(laplace_values(2000), signed_types), "flint4");
    std::vector<float> with_outliers = laplace_values(20000);
    for (std::size_t i = 0; i < with_outliers.size(); i += 1000) with_outliers[i] *= 12.0f;
    EXPECT_EQ(choice(with_outliers, signed_types), "pot4");
}

// The published loop, value by value.
struct Brute {
    double scale = 0.0, mse = 0.0;
};

double brute_mse(const std::vector<float>& values, const Format& type, double scale) {
    double total = 0.0;
    for (const float value : values) {
        const double x = value;
        const double error = scale * type.value(type.encode(x / scale)) - x;
        total += error * error;
    }
    return total / static_cast<double>(values.size());
}

Brute brute_search(const std::vector<float>& values, const Format& type, const RatioRange& range) {
    double reach = 0.0;
    for (const float value : values) reach = std::max(reach, std::abs(static_cast<double>(value)));
    Brute best{0.0, std::numeric_limits<double>::infinity()};
    const int low = type.bits() > 6   ? range.low_wide
                    : type.bits() < 4 ? range.low_narrow
                                      : range.low;
    for (int r = low; r < range.high; ++r) {
        const double scale = r / 100.0 * reach / type.max_value();
        const double mse = brute_mse(values, type, scale);
        if (mse < best.mse) best = {scale, mse};
    }
    return best;
}

TEST(Select, ScaleSearchEqualsTheLoopOverRatiosAndValues) {
    const std::vector<std::vector<float>> tensors = {normal_values(700, 0.02, 2, "a"),
                                                     laplace_values(500), heavy_tailed_values(300),
                                                     uniform_values(400, 0.0, 3.0)};
    for (const char* name :
         {"int4", "uint4", "flint4", "uflint4", "pot4", "upot4", "int8", "uint8", "flint6", "e4m3",
          "e2m1", "int2", "uint1", "uint2", "int3", "bipolar2"}) {
        const Format& type = format(name);
        for (const auto& values : tensors) {
            const SortedValues sorted(values);
            const Brute expected = brute_search(values, type, RatioRange{});
            const ScaleChoice got =
                choose_scale(sorted, sorted.max_magnitude(), Grid(type), RatioRange{});
            EXPECT_NEAR(got.mse, expected.mse, 1e-12 * sorted.mean_square()) << name;
            // At a near tie either scale is right: what counts is its error.
            EXPECT_NEAR(brute_mse(values, type, got.scale), expected.mse,
                        1e-12 * sorted.mean_square())
                << name;
        }
    }
}

TEST(Select, ErrorOfASortedTensorIsThatOfItsValuesForEveryScale) {
    std::vector<float> values = normal_values(257, 1.0, 4, "b");
    // Values at ties and at the ends, too.
    const Grid grid(format("flint4"));
    for (const double threshold : grid.thresholds()) {
        values.push_back(static_cast<float>(threshold / 8.0));
    }
    values.insert(values.end(), {0.0f, -0.0f, 1e9f, -1e9f, 1e-30f});
    const SortedValues sorted(values);
    for (const double scale : {1e-3, 0.125, 1.0, 1e6}) {
        const double got = sorted.mse(grid, scale);
        EXPECT_NEAR(got, brute_mse(values, format("flint4"), scale), 1e-12 * sorted.mean_square())
            << scale;
        EXPECT_NEAR(encoded_mse(values, format("flint4"), scale), got,
                    1e-12 * sorted.mean_square());
    }
}

// On steps of 1/4 exact; on steps of 1/2 every odd quarter is off by one quarter.
TEST(Select, ErrorOfAHandfulOfValues) {
    const std::vector<float> values = {0.25f, 0.5f, 0.75f, 1.75f};
    const SortedValues sorted(values);
    EXPECT_EQ(sorted.mse(Grid(format("int4")), 0.25), 0.0);
    EXPECT_DOUBLE_EQ(sorted.mse(Grid(format("int4")), 0.5), 3.0 * 0.0625 / 4.0);
    EXPECT_DOUBLE_EQ(encoded_mse(values, format("int4"), 0.5), 3.0 * 0.0625 / 4.0);
    EXPECT_DOUBLE_EQ(sorted.mean_square(), (0.0625 + 0.25 + 0.5625 + 3.0625) / 4.0);
}

TEST(Select, GridHasEachValueOnce) {
    const Grid grid(format("flint4"));
    const std::vector<double> expected = {-16, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8, 16};
    EXPECT_EQ(grid.values(), expected);
    EXPECT_EQ(grid.thresholds().front(), -12.0);
    EXPECT_EQ(Grid(format("uflint4")).max_value(), 64.0);
}

TEST(Select, RatioBoundsAreTheFirstAndTheLastTried) {
    // A tensor of its maximum alone is exact at 100 percent and nowhere near it.
    const std::vector<float> same(10, 3.0f);
    const SortedValues values(same);
    const Grid grid(format("int4"));
    EXPECT_DOUBLE_EQ(choose_scale(values, 3.0, grid, {75, 150, 95}).scale, 3.0 / 7.0);
    EXPECT_DOUBLE_EQ(choose_scale(values, 3.0, grid, {120, 121, 95}).scale, 1.2 * 3.0 / 7.0);
    EXPECT_EQ((RatioRange{75, 150, 95}.first(6)), 75);
    EXPECT_EQ((RatioRange{75, 150, 95}.first(7)), 95);
    EXPECT_EQ((RatioRange{75, 150, 95, 5}.first(4)), 75);
    EXPECT_EQ((RatioRange{75, 150, 95, 5}.first(3)), 5);
}

// XNOR-Net: alpha = mean |w| of the filter, whatever the ratios.
TEST(Select, BinaryWeightsHaveTheMeanMagnitudeOfTheirChannelAsScale) {
    constexpr std::size_t channels = 6, size = 90;
    std::vector<float> weights = normal_values(channels * size, 0.3, 11, "xnor");
    for (std::size_t i = 0; i < size; ++i) weights[i] = std::abs(weights[i]);
    for (std::size_t i = size; i < 2 * size; ++i) weights[i] = -std::abs(weights[i]);
    weights[3 * size] = 0.0f;
    const std::vector<std::string> binary = {"bipolar1"};
    const TypeChoice chosen = choose_weight_type(weights, channels, binary, RatioRange{});
    double mse = 0.0;
    for (std::size_t c = 0; c < channels; ++c) {
        const std::vector<float> channel(
            weights.begin() + static_cast<std::ptrdiff_t>(c * size),
            weights.begin() + static_cast<std::ptrdiff_t>((c + 1) * size));
        double sum = 0.0;
        for (const float w : channel) sum += std::abs(static_cast<double>(w));
        EXPECT_NEAR(chosen.scales[c], sum / size, 1e-12 * sum) << c;
        const double best = brute_mse(channel, format("bipolar1"), chosen.scales[c]);
        mse += best / channels;
        for (const double factor : {0.5, 0.99, 1.01, 2.0})
            EXPECT_GT(brute_mse(channel, format("bipolar1"), chosen.scales[c] * factor), best);
    }
    EXPECT_NEAR(chosen.mse, mse, 1e-12);
}

TEST(Select, WeightTypeHasTheSmallestSumOfTheChannelsErrors) {
    constexpr int size = 3000;
    // One uniform channel of large error, many peaked ones of small error: the sum decides.
    std::vector<float> weights = uniform_values(size, -100.0, 100.0);
    for (int c = 1; c < 16; ++c) {
        for (const float value : laplace_values(size)) {
            weights.push_back(value * static_cast<float>(c) * 0.001f);
        }
    }
    const TypeChoice chosen = choose_weight_type(weights, 16, signed_types, RatioRange{});
    EXPECT_EQ(chosen.format, "int4");
    ASSERT_EQ(chosen.scales.size(), 16u);
    double sum = 0.0;
    for (std::size_t c = 0; c < 16; ++c) {
        const std::vector<float> channel(
            weights.begin() + static_cast<std::ptrdiff_t>(c * size),
            weights.begin() + static_cast<std::ptrdiff_t>((c + 1) * size));
        const Brute expected = brute_search(channel, format("int4"), RatioRange{});
        EXPECT_DOUBLE_EQ(chosen.scales[c], expected.scale) << c;
        sum += expected.mse;
    }
    EXPECT_NEAR(chosen.mse, sum / 16.0, 1e-12 * sum);
    const std::vector<float> rest(weights.begin() + size, weights.end());
    EXPECT_EQ(choose_weight_type(rest, 15, signed_types, RatioRange{}).format, "flint4");
}

TEST(Select, FirstOfEqualTypesWins) {
    // Zero and one value: every type holds them exactly.
    const std::vector<float> values = {0.0f, 1.0f};
    EXPECT_EQ(choice(values, {"pot4", "int4", "flint4"}), "pot4");
    EXPECT_EQ(choice(values, {"flint4", "pot4", "int4"}), "flint4");
    const auto weights_choice = [&](const std::vector<std::string>& types) {
        return choose_weight_type(values, 1, types, RatioRange{}).format;
    };
    EXPECT_EQ(weights_choice({"pot4", "int4", "flint4"}), "pot4");
    EXPECT_EQ(weights_choice({"flint4", "pot4", "int4"}), "flint4");
}

TEST(Select, ZerosGetAUsableScale) {
    const std::vector<float> zeros(8, 0.0f);
    EXPECT_EQ(choose_weight_type(zeros, 2, signed_types, RatioRange{}).scales,
              (std::vector<double>{0x1p-10, 0x1p-10}));
    std::vector<float> half = zeros;
    half[0] = 7.0f;  // exact at 100 percent
    const TypeChoice mixed = choose_weight_type(half, 2, signed_types, RatioRange{});
    EXPECT_EQ(mixed.scales[1], mixed.scales[0]);
    EXPECT_EQ(mixed.mse, 0.0);
    const SortedValues sorted(zeros);
    EXPECT_EQ(choose_activation_type(sorted, 0.0, signed_types, RatioRange{}).scales,
              (std::vector<double>{0x1p-10}));
}

TEST(Select, ChoiceDoesNotDependOnThreads) {
    const auto weights = normal_values(64 * 90, 0.1, 6, "threads");
    std::vector<TypeChoice> results;
    for (const std::size_t threads : {1u, 2u, 7u}) {
        const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
        results.push_back(choose_weight_type(weights, 64, signed_types, RatioRange{}));
    }
    for (const TypeChoice& other : results) {
        EXPECT_EQ(other.format, results[0].format);
        EXPECT_EQ(other.scales, results[0].scales);
        EXPECT_EQ(other.mse, results[0].mse);
    }
}

}  // namespace
}  // namespace bitloom
