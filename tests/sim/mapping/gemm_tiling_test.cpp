// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/gemm_tiling.h"

#include <gtest/gtest.h>

#include "models/array/convolution_tile.h"
#include "models/base/error.h"
#include "models/memory/dram_parameters.h"
#include "sim/mapping/tiling_search.h"
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

// Two halves of the smallest tile: at most 8 output channels of one pixel, and of K at most 8
// products, or all channels where a slice of them would not start on a byte.
BufferNeeds needs_of(const GemmView& view) {
    const std::int64_t channels = std::min<std::int64_t>(8, view.out_channels);
    const auto whole_bytes = [&](int bits) { return view.group_channels() * bits % 8 == 0; };
    const bool sliced =
        (view.window.kernel_h * view.window.kernel_w == 1 || whole_bytes(view.weight_bits)) &&
        (view.groups == 1 ||
         (view.group_outputs() % channels == 0 && whole_bytes(view.activation_bits)));
    // The widest band: whole groups, as far as the channels reach, from a byte on.
    std::int64_t widest = 0;
    for (std::int64_t c = 0; c < view.out_channels; c += channels) {
        const std::int64_t first = c / view.group_outputs();
        const std::int64_t last =
            (std::min(view.out_channels, c + channels) - 1) / view.group_outputs();
        const std::int64_t taken = first == last && sliced
                                       ? std::min<std::int64_t>(8, view.group_channels())
                                       : (last - first + 1) * view.group_channels();
        std::int64_t before = first * view.group_channels() * view.activation_bits;
        std::int64_t more = 0;
        for (; before % 8 != 0; before -= view.activation_bits) ++more;
        widest = std::max(widest, taken + more);
    }
    const std::int64_t k = std::min<std::int64_t>(8, view.k());
    BufferNeeds needs;
    needs.activation =
        band_rows(view, 1) * band_columns(view, 1) * packed_bytes(widest, view.activation_bits);
    needs.weight = view.k_major ? packed_bytes(channels, view.weight_bits)
                                : channels * packed_bytes(k, view.weight_bits);
    needs.output = psum_bytes * channels;
    needs.vector = task_bytes(view, 1, channels);
    return needs;
}

TilingCost cost_of(const GemmView& view, const GemmChipConfig& config) {
    return {view, config,
            [](std::int64_t pixels, std::int64_t channels) { return pixels * channels / 64 + 8; }};
}

// What a slice needs, from the definition of its bytes; holds the closed forms of buffer_needs.
BufferNeeds needs_by_walking(const GemmView& view, const GemmTiling& t) {
    BufferNeeds needs;
    needs.output = t.tile_h * t.tile_w * t.tile_channels * psum_bytes;
    needs.vector = task_bytes(view, t.tile_h * t.tile_w, t.tile_channels);
    const std::int64_t pixels = band_rows(view, t.tile_h) * band_columns(view, t.tile_w);
    for (std::int64_t c = 0; c < view.out_channels; c += t.tile_channels) {
        const std::int64_t channels = std::min(t.tile_channels, view.out_channels - c);
        std::int64_t activations = 0, weights = 0, part = -1;
        for (const KSlice& slice : k_slices(view, t)) {
            const std::int64_t band =
                pixels *
                packed_bytes(band_channels(view, c, channels, slice).size(), view.activation_bits);
            const std::int64_t bytes = weight_bytes(view, channels, slice.k());
            if (slice.part != part) activations += band;
            part = slice.part;
            weights += bytes;
            needs.activation = std::max(needs.activation, t.activations_whole ? activations : band);
            needs.weight = std::max(needs.weight, t.weights_whole ? weights : bytes);
        }
    }
    return needs;
}

// Whatever the view and the chip: a tile fits every half, slices start on bytes and take every
// product once, and a layer is refused only where the smallest tile does not fit.
TEST(GemmTiling, FitsEveryBufferOrNamesTheOneThatIsTooSmall) {
    Dice dice(1, "tiling");
    int fitted = 0, refused = 0;
    for (int i = 0; i < 3000; ++i) {
        const GemmView view = random_view(dice);
        const GemmChipConfig config = random_config(dice);
        const BufferNeeds halves = buffer_halves(config);
        const bool possible = fits(needs_of(view), halves);
        std::vector<RatedTiling> tilings;
        try {
            tilings = best_tilings(view, config, cost_of(view, config), "x");
        } catch (const Error& error) {
            ++refused;
            ASSERT_FALSE(possible) << i << ": " << error.what();
            continue;
        }
        ++fitted;
        ASSERT_TRUE(possible) << i;
        for (const auto& [t, estimate] : tilings) {
            ASSERT_GE(t.tile_h, 1);
            ASSERT_GE(t.tile_w, 1);
            ASSERT_LE(t.tile_h, view.out_h);
            ASSERT_LE(t.tile_w, view.out_w);
            ASSERT_GE(t.tile_channels, 1);
            ASSERT_LE(t.tile_channels, view.out_channels);
            ASSERT_TRUE(t.tile_channels % 8 == 0 || t.tile_channels == view.out_channels) << i;
            std::int64_t products = 0, channel = 0, k = 0;
            for (const KSlice& slice : k_slices(view, t)) {
                if (slice.k_begin == 0) {
                    ASSERT_EQ(slice.channel_begin, channel) << i;
                    channel = slice.channel_end;
                    k = 0;
                }
                ASSERT_EQ(slice.k_begin, k) << i;
                k = slice.k_end;
                ASSERT_TRUE(slice.channel_begin % 8 == 0) << i;
                ASSERT_TRUE(view.k_major || slice.k_begin % 8 == 0) << i;
                products += slice.k();
            }
            ASSERT_EQ(channel, view.group_channels()) << i;
            ASSERT_EQ(products, view.k()) << i;
            const BufferNeeds needs = needs_by_walking(view, t), closed = buffer_needs(view, t);
            ASSERT_TRUE(fits(needs, halves)) << i;
            ASSERT_EQ(needs.activation, closed.activation) << i;
            ASSERT_EQ(needs.weight, closed.weight) << i;
        }
    }
    EXPECT_GT(fitted, 2000);
    EXPECT_GT(refused, 50);
}

std::string error_of(const GemmView& view, const GemmChipConfig& config) {
    try {
        best_tilings(view, config, cost_of(view, config), "conv1");
    } catch (const Error& error) {
        return error.what();
    }
    return "none";
}

// A 3x3 convolution: 8 channels of one output pixel's input are 9 * 4 bytes; 8 channels of 8 codes
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
    EXPECT_EQ(with(&GemmChipConfig::activation_buffer_bytes, 70),
              "activation_buffer.bytes = 70: layer 'conv1' needs at least 72 (two halves of one "
              "output pixel's input)");
    EXPECT_EQ(with(&GemmChipConfig::activation_buffer_bytes, 72), "none");
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
