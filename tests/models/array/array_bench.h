// SPDX-License-Identifier: Apache-2.0
// Random array commands for tests: shapes, formats, windows, slices of K, accumulation.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "models/array/systolic/systolic_body.h"
#include "models/base/random.h"
#include "models/numeric/format.h"

namespace bitloom::test {

// Draws 0..bound-1 one after another from one stream.
class Dice {
public:
    Dice(std::uint64_t seed, std::string_view what) : stream_(seed, what) {}
    std::int64_t below(std::int64_t bound) {
        return static_cast<std::int64_t>(stream_.below(next_++, static_cast<std::uint64_t>(bound)));
    }
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + below(high - low + 1);
    }
    template <class T>
    const T& pick(const std::vector<T>& values) {
        return values[static_cast<std::size_t>(below(std::ssize(values)))];
    }

private:
    RandomStream stream_;
    std::uint64_t next_ = 0;
};

// Runs commands on one body, whose clock has a period of 2 ns, in a thread of its own and notes at
// which cycle they ended.
class Bench : public sc_core::sc_module {
public:
    SC_HAS_PROCESS(Bench);
    Bench(sc_core::sc_module_name name, ArrayBody& body, std::vector<ArrayCommand> commands)
        : sc_module(name), body_(body), commands_(std::move(commands)) {
        SC_THREAD(run);
    }
    std::int64_t cycles = -1;

private:
    void run() {
        for (const ArrayCommand& command : commands_) body_.execute(command);
        cycles = static_cast<std::int64_t>(
            sc_core::sc_time_stamp() / sc_core::sc_time(2, sc_core::SC_NS) + 0.5);
    }
    ArrayBody& body_;
    std::vector<ArrayCommand> commands_;
};

struct ArrayCase {
    ConvolutionTile tile;
    CodeValues activation_values;
    CodeValues weight_values;
    std::vector<std::byte> activations;
    std::vector<std::byte> weights;
    std::string text;

    ArrayCommand command(PsumTile& psums) const {
        ArrayCommand c;
        c.tile = tile;
        c.activations = activations.data();
        c.weights = weights.data();
        c.activation_values = &activation_values;
        c.weight_values = &weight_values;
        c.psums = &psums;
        return c;
    }
};

inline std::vector<std::byte> random_codes(Dice& dice, std::int64_t vectors, std::int64_t length,
                                           int bits) {
    const std::int64_t vector_bytes = packed_bytes(length, bits);
    std::vector<std::byte> bytes(static_cast<std::size_t>(vectors * vector_bytes));
    for (std::int64_t v = 0; v < vectors; ++v)
        for (std::int64_t i = 0; i < length; ++i) {
            const auto code = static_cast<unsigned>(dice.below(std::int64_t{1} << bits));
            for (int b = 0; b < bits; ++b)
                if (code >> b & 1u) {
                    const std::int64_t bit = i * bits + b;
                    bytes[static_cast<std::size_t>(v * vector_bytes + bit / 8)] |= std::byte{1}
                                                                                   << (bit % 8);
                }
        }
    return bytes;
}

inline ArrayCase random_case(Dice& dice) {
    static const std::vector<std::string> narrow = {
        "int4", "uint4", "flint4", "uflint4", "pot4", "upot4", "int3", "uflint3", "int2", "upot3"};
    static const std::vector<std::string> wide = {"int8", "uint8"};
    const auto& names = dice.below(3) == 0 ? wide : narrow;
    const Format& activation = format(dice.pick(names));
    const Format& weight = format(dice.pick(names));

    ConvolutionTile tile;
    tile.window.kernel_h = dice.between(1, 3);
    tile.window.kernel_w = dice.between(1, 3);
    tile.window.stride_h = dice.between(1, 2);
    tile.window.stride_w = dice.between(1, 2);
    tile.window.dilation_h = dice.between(1, 2);
    tile.window.dilation_w = dice.between(1, 2);
    tile.out_h = dice.between(1, 5);
    tile.out_w = dice.between(1, 6);
    tile.band_h = (tile.out_h - 1) * tile.window.stride_h +
                  (tile.window.kernel_h - 1) * tile.window.dilation_h + 1;
    tile.band_w = (tile.out_w - 1) * tile.window.stride_w +
                  (tile.window.kernel_w - 1) * tile.window.dilation_w + 1 + dice.below(2);
    tile.group_channels = dice.between(1, 9);
    tile.channel_begin = dice.below(3) == 0 ? dice.between(0, 4) : 0;
    tile.channels = tile.channel_begin + tile.group_channels + dice.below(3);
    tile.n = dice.between(1, 20);
    const std::int64_t k = tile.window.kernel_h * tile.window.kernel_w * tile.group_channels;
    tile.k_begin = dice.below(2) == 0 ? 0 : dice.below(k);
    tile.k_end = tile.k_begin + 1 + dice.below(k - tile.k_begin);
    if (dice.below(2) == 0) tile.k_end = k;
    tile.k_major = dice.below(3) == 0;
    tile.activation_bits = activation.bits();
    tile.weight_bits = weight.bits();
    tile.accumulate = dice.below(3) == 0;
    tile.psum_column = dice.below(3) == 0 ? dice.between(1, 5) : 0;

    ArrayCase result{tile, CodeValues(activation), CodeValues(weight), {}, {}, {}};
    result.activations =
        random_codes(dice, tile.band_h * tile.band_w, tile.channels, tile.activation_bits);
    result.weights = tile.k_major ? random_codes(dice, tile.k(), tile.n, tile.weight_bits)
                                  : random_codes(dice, tile.n, tile.k(), tile.weight_bits);
    result.text = fmt::format("{} x {}, M {} N {} K {}..{} of {}, window {}x{}", activation.name(),
                              weight.name(), tile.m(), tile.n, tile.k_begin, tile.k_end, k,
                              tile.window.kernel_h, tile.window.kernel_w);
    return result;
}

// Random psums to add to, within the accumulator's range.
inline PsumTile random_psums(Dice& dice, const ConvolutionTile& tile, int accumulator_bits) {
    PsumTile psums;
    psums.columns = tile.psum_column + tile.n + dice.below(2);
    const std::int64_t half = std::int64_t{1} << (accumulator_bits - 1);
    psums.magnitude_bound = half;
    for (std::int64_t i = 0; i < tile.m() * psums.columns; ++i)
        psums.words.push_back(static_cast<std::int32_t>(dice.between(-half, half - 1)));
    return psums;
}

inline SystolicConfig random_array(Dice& dice) {
    SystolicConfig config;
    config.rows = 2 * dice.between(1, 6);
    config.columns = 2 * dice.between(1, 6);
    config.dataflow =
        dice.below(2) == 0 ? Dataflow::output_stationary : Dataflow::weight_stationary;
    config.drain = dice.below(2) == 0 ? Drain::bus : Drain::shift;
    config.overlap_folds = dice.below(2) == 0;
    config.accumulator_bits = static_cast<int>(dice.pick<std::int64_t>({16, 20, 24, 32, 32, 32}));
    config.activation_port_bits = dice.pick<std::int64_t>({7, 16, 64, 1024});
    config.weight_port_bits = dice.pick<std::int64_t>({5, 16, 64, 1024});
    return config;
}

}  // namespace bitloom::test
