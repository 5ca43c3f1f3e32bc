// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/gemm_tiling.h"

#include <gtest/gtest.h>

#include "models/array/convolution_tile.h"
#include "models/base/error.h"
#include "models/memory/dram_parameters.h"
#include "tests/models/array/array_bench.h"

namespace bitloom::test {
namespace {

GemmView random_view(Dice& dice) {
    GemmView view;
    const bool wide = dice.below(3) == 0;
    view.activation_bits = wide ? 8 : static_cast<int>(dice.between(2, 4));
    view.weight_bits = wide ? 8 : static_cast<int>(dice.between(2, 4));
    view.activation = &format(fmt::format("uint{}", view.activation_bits));
    view.weight = &format(fmt::format("int{}", view.weight_bits));
    if (dice.below(2) == 0) {
        view.groups = dice.between(1, 4);
        view.channels = view.groups * dice.between(1, 40);
        view.out_channels = view.groups * dice.between(1, 40);
        view.in_h = dice.between(6, 40);
        view.in_w = dice.between(6, 40);
        view.window.kernel_h = dice.between(1, 3);
        view.window.kernel_w = dice.between(1, 3);
        view.window.stride_h = dice.between(1, 2);
        view.window.stride_w = dice.between(1, 2);
        view.window.dilation_h = dice.between(1, 2);
        view.out_h = view.window.output_h(view.in_h);
        view.out_w = view.window.output_w(view.in_w);
        if (dice.below(3) == 0) view.residual_bytes = 2;
    } else {
        view.batch = dice.between(1, 4);
        view.in_h = view.out_h = dice.between(1, 300);
        view.channels = dice.between(1, 700);
        view.out_channels = dice.between(1, 300);
        view.k_major = dice.below(2) == 0;
    }
    view.output_bits = {16};
    if (dice.below(2) == 0) view.output_bits.push_back(static_cast<int>(dice.between(2, 8)));
    return view;
}

GemmChipConfig random_config(Dice& dice) {
    GemmChipConfig config;
    config.array = random_array(dice);
    const auto bytes = [&] {
        return 64 * (std::int64_t{1} << dice.below(13)) + 64 * dice.below(9);
    };
    config.weight_buffer_bytes = bytes();
    config.activation_buffer_bytes = bytes();
    config.output_buffer_bytes = bytes();
    config.vector_buffer_bytes = bytes();
    config.dram = dice.pick(dram_names());
    return config;
}

// The smallest that a buffer may be for `view`: two halves of the smallest tile.
struct Needs {
    std::int64_t weight, activation, output, vector;
};
Needs needs_of(const GemmView& view) {
    const std::int64_t channels = std::min<std::int64_t>(8, view.out_channels);
    const std::int64_t weight =
        view.k_major
            ? packed_bytes(channels, view.weight_bits)
            : channels * packed_bytes(std::min<std::int64_t>(8, view.k()), view.weight_bits);
    return {2 * weight,
            2 * band_rows(view, 1) * band_columns(view, 1) *
                packed_bytes(view.channels, view.activation_bits),
            2 * psum_bytes * channels, 2 * task_bytes(view, 1, channels)};
}

// Whatever the view and the chip: a tile fits every half, slices start on bytes, and a tiling is
// refused only where the smallest tile does not fit.
TEST(GemmTiling, FitsEveryBufferOrNamesTheOneThatIsTooSmall) {
    Dice dice(1, "tiling");
    int fitted = 0, refused = 0;
    for (int i = 0; i < 20'000; ++i) {
        const GemmView view = random_view(dice);
        const GemmChipConfig config = random_config(dice);
        const Needs needs = needs_of(view);
        const bool possible = needs.weight <= config.weight_buffer_bytes &&
                              needs.activation <= config.activation_buffer_bytes &&
                              needs.output <= config.output_buffer_bytes &&
                              needs.vector <= config.vector_buffer_bytes;
        GemmTiling t;
        try {
            t = choose_tiling(view, config, "x");
        } catch (const Error& error) {
            ++refused;
            ASSERT_FALSE(possible) << i << ": " << error.what();
            continue;
        }
        ++fitted;
        ASSERT_TRUE(possible) << i;
        ASSERT_GE(t.tile_h, 1);
        ASSERT_GE(t.tile_w, 1);
        ASSERT_LE(t.tile_h, view.out_h);
        ASSERT_LE(t.tile_w, view.out_w);
        ASSERT_GE(t.tile_k, 1);
        ASSERT_LE(t.tile_k, view.k());
        ASSERT_GE(t.tile_channels, 1);
        ASSERT_LE(t.tile_channels, view.out_channels);
        ASSERT_TRUE(t.tile_channels % 8 == 0 || t.tile_channels == view.out_channels) << i;
        ASSERT_TRUE(view.k_major || t.tile_k % 8 == 0 || t.tile_k == view.k()) << i;
        const std::int64_t pixels = t.tile_h * t.tile_w;
        ASSERT_LE(pixels * t.tile_channels * psum_bytes, config.output_buffer_bytes / 2) << i;
        ASSERT_LE(task_bytes(view, pixels, t.tile_channels), config.vector_buffer_bytes / 2) << i;
        ASSERT_LE(band_rows(view, t.tile_h) * band_columns(view, t.tile_w) *
                      packed_bytes(view.channels, view.activation_bits),
                  config.activation_buffer_bytes / 2)
            << i;
        const std::int64_t weights =
            view.k_major ? t.tile_k * packed_bytes(t.tile_channels, view.weight_bits)
                         : t.tile_channels * packed_bytes(t.tile_k, view.weight_bits);
        ASSERT_LE(weights, config.weight_buffer_bytes / 2) << i;
    }
    EXPECT_GT(fitted, 5000);
    EXPECT_GT(refused, 1000);
}

std::string error_of(const GemmView& view, const GemmChipConfig& config) {
    try {
        choose_tiling(view, config, "conv1");
    } catch (const Error& error) {
        return error.what();
    }
    return "none";
}

// A 3x3 convolution of 40 channels: one output pixel's input is 9 * 20 bytes; 8 channels of 8 codes
// 32 bytes; 8 psums 32 bytes; a task of 8 words 16 bytes and with a residual 32. Twice each.
TEST(GemmTiling, ErrorsNameBufferLayerAndTheLeastThatIsEnough) {
    GemmView view;
    view.activation = &format("uint4");
    view.weight = &format("int4");
    view.window.kernel_h = view.window.kernel_w = 3;
    view.in_h = view.in_w = view.out_h = view.out_w = 10;
    view.channels = 40;
    view.out_channels = 64;
    view.residual_bytes = 2;
    view.output_bits = {16};
    const GemmChipConfig enough;
    EXPECT_EQ(error_of(view, enough), "none");
    const auto with = [&](std::int64_t GemmChipConfig::*buffer, std::int64_t bytes) {
        GemmChipConfig config;
        config.*buffer = bytes;
        return error_of(view, config);
    };
    EXPECT_EQ(with(&GemmChipConfig::activation_buffer_bytes, 358),
              "activation_buffer.bytes = 358: layer 'conv1' needs at least 360 (two halves of one "
              "output pixel's input)");
    EXPECT_EQ(with(&GemmChipConfig::activation_buffer_bytes, 360), "none");
    EXPECT_EQ(with(&GemmChipConfig::weight_buffer_bytes, 62),
              "weight_buffer.bytes = 62: layer 'conv1' needs at least 64");
    EXPECT_EQ(with(&GemmChipConfig::weight_buffer_bytes, 64), "none");
    EXPECT_EQ(with(&GemmChipConfig::output_buffer_bytes, 62),
              "output_buffer.bytes = 62: layer 'conv1' needs at least 64");
    EXPECT_EQ(with(&GemmChipConfig::output_buffer_bytes, 64), "none");
    EXPECT_EQ(with(&GemmChipConfig::vector_buffer_bytes, 62),
              "vector_buffer.bytes = 62: layer 'conv1' needs at least 64");
    EXPECT_EQ(with(&GemmChipConfig::vector_buffer_bytes, 64), "none");
}

}  // namespace
}  // namespace bitloom::test
