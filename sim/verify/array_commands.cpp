// SPDX-License-Identifier: Apache-2.0
#include "sim/verify/array_commands.h"

#include <fmt/format.h>

#include <tuple>

namespace bitloom {

namespace {

std::int64_t between(Draws& draws, std::int64_t low, std::int64_t high) {
    return low + draws.below(high - low + 1);
}

std::vector<std::byte> draw_codes(Draws& draws, std::int64_t vectors, std::int64_t length,
                                  int bits) {
    const std::int64_t vector_bytes = packed_bytes(length, bits);
    std::vector<std::byte> bytes(static_cast<std::size_t>(vectors * vector_bytes));
    // One sign and size for whole tensors now and then: sums that grow as fast as they can.
    const bool constant = draws.one_in(8);
    const std::int64_t same = draws.below(std::int64_t{1} << bits);
    for (std::int64_t v = 0; v < vectors; ++v)
        for (std::int64_t i = 0; i < length; ++i) {
            const std::int64_t code = constant ? same : draws.below(std::int64_t{1} << bits);
            for (int b = 0; b < bits; ++b)
                if ((code >> b & 1) != 0) {
                    const std::int64_t bit = i * bits + b;
                    bytes[static_cast<std::size_t>(v * vector_bytes + bit / 8)] |= std::byte{1}
                                                                                   << (bit % 8);
                }
        }
    return bytes;
}

}  // namespace

std::string ArrayWork::describe() const {
    return fmt::format("{} x {}, M {} N {} K {}..{}, window {}x{}, channels {}+{} of {}{}{}",
                       activation->name(), weight->name(), tile.m(), tile.n, tile.k_begin,
                       tile.k_end, tile.window.kernel_h, tile.window.kernel_w, tile.channel_begin,
                       tile.group_channels, tile.channels, tile.accumulate ? ", accumulates" : "",
                       tile.k_major ? ", K major" : "");
}

const std::vector<std::pair<const Format*, const Format*>>& array_format_pairs() {
    static const auto pairs = [] {
        std::vector<std::pair<const Format*, const Format*>> all;
        const auto cross = [&all](const std::vector<const char*>& names) {
            for (const char* activation : names)
                for (const char* weight : names)
                    all.emplace_back(&format(activation), &format(weight));
        };
        cross({"int4", "uint4", "flint4", "uflint4", "pot4", "upot4", "int3", "uint3", "flint3",
               "uflint3", "pot3", "upot3", "int2", "uint2"});
        cross({"int8", "uint8"});
        return all;
    }();
    return pairs;
}

ArrayWork draw_array_work(Draws& draws, const SystolicConfig& array, std::size_t format_pair) {
    ArrayWork work;
    std::tie(work.activation, work.weight) = array_format_pairs()[format_pair];
    ConvolutionTile& tile = work.tile;
    tile.window.kernel_h = between(draws, 1, 3);
    tile.window.kernel_w = between(draws, 1, 3);
    tile.window.stride_h = between(draws, 1, 2);
    tile.window.stride_w = between(draws, 1, 2);
    tile.window.dilation_h = between(draws, 1, 2);
    tile.window.dilation_w = between(draws, 1, 2);
    tile.out_h = between(draws, 1, 4);
    tile.out_w = between(draws, 1, array.rows / 2 + 1);
    tile.band_h = (tile.out_h - 1) * tile.window.stride_h +
                  (tile.window.kernel_h - 1) * tile.window.dilation_h + 1;
    tile.band_w = (tile.out_w - 1) * tile.window.stride_w +
                  (tile.window.kernel_w - 1) * tile.window.dilation_w + 1 + draws.below(2);
    tile.group_channels = between(draws, 1, array.rows / 2 + 2);
    tile.channel_begin = draws.one_in(3) ? between(draws, 1, 4) : 0;
    tile.channels = tile.channel_begin + tile.group_channels + draws.below(3);
    tile.n = between(draws, 1, 2 * array.columns + 1);
    const std::int64_t k = tile.window.kernel_h * tile.window.kernel_w * tile.group_channels;
    tile.k_begin = draws.one_in(2) ? 0 : draws.below(k);
    tile.k_end = draws.one_in(2) ? k : tile.k_begin + 1 + draws.below(k - tile.k_begin);
    tile.k_major = draws.one_in(3);
    tile.activation_bits = work.activation->bits();
    tile.weight_bits = work.weight->bits();
    tile.accumulate = draws.one_in(3);
    tile.psum_column = draws.one_in(3) ? between(draws, 1, 5) : 0;

    work.activations =
        draw_codes(draws, tile.band_h * tile.band_w, tile.channels, tile.activation_bits);
    work.weights = tile.k_major ? draw_codes(draws, tile.k(), tile.n, tile.weight_bits)
                                : draw_codes(draws, tile.n, tile.k(), tile.weight_bits);
    // Psums to add to: of every size, up to the ends of the accumulator's range, where sums wrap.
    work.start.columns = tile.psum_column + tile.n + draws.below(2);
    work.start.magnitude_bound = std::int64_t{1} << (array.accumulator_bits - 1);
    const bool at_the_ends = draws.one_in(4);
    for (std::int64_t i = 0; i < tile.m() * work.start.columns; ++i)
        work.start.words.push_back(static_cast<std::int32_t>(
            at_the_ends
                ? (draws.one_in(2) ? work.start.magnitude_bound - 1 : -work.start.magnitude_bound)
                : static_cast<std::int64_t>(draws.bits()) >>
                      (64 - array.accumulator_bits + draws.below(array.accumulator_bits))));
    return work;
}

}  // namespace bitloom
