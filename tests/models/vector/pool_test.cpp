// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "models/vector/vector_math.h"
#include "tests/models/vector/reference.h"

namespace bitloom {
namespace {

using reference::Draws;
using reference::Wide;

LayerParameters pool_parameters(Operator op, const Window& window, double scale) {
    LayerParameters p;
    p.op = op;
    p.multipliers = {quantize_multiplier(scale)};
    p.by_count.resize(1);
    for (std::int64_t n = 1; n <= window.kernel_h * window.kernel_w; ++n)
        p.by_count.push_back(quantize_multiplier(scale / static_cast<double>(n)));
    return p;
}

// One result, straight from the definition.
Wide pooled(const LayerParameters& p, const Window& window, const PoolBand& band,
            const std::vector<std::int16_t>& x, std::int64_t oh, std::int64_t ow, std::int64_t c) {
    Wide largest = INT16_MIN, sum = 0;
    std::size_t count = 0;
    for (std::int64_t kh = 0; kh < window.kernel_h; ++kh)
        for (std::int64_t kw = 0; kw < window.kernel_w; ++kw) {
            const std::int64_t h = oh * window.stride_h - window.pad_top + kh * window.dilation_h;
            const std::int64_t w = ow * window.stride_w - window.pad_left + kw * window.dilation_w;
            if (h < 0 || h >= band.in_h || w < 0 || w >= band.in_w) continue;
            const std::int16_t value = x[static_cast<std::size_t>(
                ((h - band.band_begin) * band.in_w + w) * band.channels + c)];
            largest = std::max<Wide>(largest, value);
            sum += value;
            ++count;
        }
    Wide word = 0;
    if (count > 0)
        word = p.op == Operator::max_pool ? reference::requantize(largest, p.multipliers[0])
                                          : reference::requantize(sum, p.by_count[count]);
    return reference::clamp(word, p.clamp_low, p.clamp_high);
}

TEST(Pool, RandomWindowsEqualTheDefinition) {
    Draws draws(20);
    int padding_only = 0;
    for (int round = 0; round < 3000; ++round) {
        Window window;
        const auto draw = [&](std::int64_t low, std::int64_t high) {
            return low + static_cast<std::int64_t>(
                             draws.below(static_cast<std::uint64_t>(high - low + 1)));
        };
        window.kernel_h = draw(1, 4);
        window.kernel_w = draw(1, 4);
        window.stride_h = draw(1, 3);
        window.stride_w = draw(1, 3);
        window.dilation_h = draw(1, 3);
        window.dilation_w = draw(1, 3);
        window.pad_top = draw(0, 4);
        window.pad_left = draw(0, 4);
        window.pad_bottom = draw(0, 4);
        window.pad_right = draw(0, 4);
        PoolBand band;
        band.in_h = draw(1, 9);
        band.in_w = draw(1, 9);
        band.channels = draw(1, 35);
        band.out_w = window.output_w(band.in_w);
        band.row_end = window.output_h(band.in_h);
        if (band.out_w < 1 || band.row_end < 1) continue;
        LayerParameters p = pool_parameters(round % 2 ? Operator::max_pool : Operator::average_pool,
                                            window, draws.uniform() * 3);
        if (round % 5 == 0) {
            p.clamp_low = 7;
            p.clamp_high = 900;
        }
        std::vector<std::int16_t> x(
            static_cast<std::size_t>(band.in_h * band.in_w * band.channels));
        for (std::int16_t& word : x) word = draws.word();
        const std::int64_t out_h = band.row_end;
        // A band of result rows needs the input rows that its windows touch, and no others.
        const std::int64_t row_begin = draw(0, out_h - 1);
        const std::int64_t first_row =
            std::clamp<std::int64_t>(row_begin * window.stride_h - window.pad_top, 0, band.in_h);
        PoolBand part = band;
        part.row_begin = row_begin;
        part.band_begin = first_row;
        const std::vector<std::int16_t> rows(
            x.begin() + static_cast<std::ptrdiff_t>(first_row * band.in_w * band.channels),
            x.end());
        std::vector<std::int16_t> words(
            static_cast<std::size_t>((out_h - row_begin) * band.out_w * band.channels));
        pool(p, window, part, rows.data(), words.data());
        std::size_t at = 0;
        for (std::int64_t oh = row_begin; oh < out_h; ++oh)
            for (std::int64_t ow = 0; ow < band.out_w; ++ow)
                for (std::int64_t c = 0; c < band.channels; ++c, ++at)
                    ASSERT_EQ(words[at],
                              static_cast<std::int16_t>(pooled(p, window, band, x, oh, ow, c)))
                        << "round " << round << " pixel " << oh << ',' << ow << " channel " << c;
        padding_only += window.pad_top >= window.kernel_h * window.dilation_h;
    }
    EXPECT_GT(padding_only, 50);  // the windows drawn did include some with padding alone
}

// Negative words lose against a padding of zero, and a mean would be drawn to zero, if it counted.
TEST(Pool, PaddingNeverCounts) {
    Window window;
    window.kernel_h = window.kernel_w = 3;
    window.pad_top = window.pad_left = window.pad_bottom = window.pad_right = 1;
    PoolBand band;
    band.in_h = band.in_w = band.out_w = band.row_end = 4;
    const std::vector<std::int16_t> x(16, -100);
    for (const Operator op : {Operator::max_pool, Operator::average_pool}) {
        std::vector<std::int16_t> words(16);
        pool(pool_parameters(op, window, 1.0), window, band, x.data(), words.data());
        EXPECT_EQ(words, x) << to_string(op);
    }
}

TEST(Pool, WindowOfPaddingAloneGivesZeroWithinTheClamp) {
    Window window;
    window.pad_top = 1;
    PoolBand band;
    band.out_w = 1;
    band.row_end = 2;
    const std::int16_t x = -5;
    for (const Operator op : {Operator::max_pool, Operator::average_pool}) {
        LayerParameters p = pool_parameters(op, window, 1.0);
        std::int16_t words[2] = {1, 1};
        pool(p, window, band, &x, words);
        EXPECT_EQ(words[0], 0) << to_string(op);
        EXPECT_EQ(words[1], -5) << to_string(op);
        p.clamp_low = 3;
        pool(p, window, band, &x, words);
        EXPECT_EQ(words[0], 3) << to_string(op);
    }
}

// 65,536 lowest words: their sum is exactly the lowest 32-bit number.
TEST(Pool, LargestWindowOfExtremesDoesNotOverflow) {
    Window window;
    window.kernel_h = window.kernel_w = 256;
    PoolBand band;
    band.in_h = band.in_w = 256;
    const LayerParameters p = pool_parameters(Operator::average_pool, window, 1.0);
    for (const std::int16_t value : {std::int16_t{INT16_MIN}, std::int16_t{INT16_MAX}}) {
        const std::vector<std::int16_t> x(65536, value);
        std::int16_t word = 0;
        pool(p, window, band, x.data(), &word);
        EXPECT_EQ(word, value);
    }
}

}  // namespace
}  // namespace bitloom
