// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/gemm_tiling.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "models/array/convolution_tile.h"
#include "models/base/divide_up.h"
#include "models/base/error.h"
#include "models/memory/dram_parameters.h"

namespace bitloom {

namespace {

std::int64_t weight_tile_bytes(const GemmView& view, std::int64_t channels, std::int64_t k) {
    return view.k_major ? k * packed_bytes(channels, view.weight_bits)
                        : channels * packed_bytes(k, view.weight_bits);
}

std::int64_t band_bytes(const GemmView& view, std::int64_t tile_h, std::int64_t tile_w) {
    return band_rows(view, tile_h) * band_columns(view, tile_w) *
           packed_bytes(view.channels, view.activation_bits);
}

struct Cost {
    double cycles = 0;
    double bytes = 0;   // moved, in whole bursts
    double pieces = 0;  // parts of vectors moved: each may open a row of the memory
    bool operator<(const Cost& other) const {
        return std::tie(cycles, bytes, pieces) < std::tie(other.cycles, other.bytes, other.pieces);
    }
};

struct Moved {
    double bytes = 0, pieces = 0;
};

// What is moved for `vectors` vectors of `length` elements when a tile takes `part` of each: pieces
// of a vector are moved in whole bursts, whole vectors follow one another in memory.
Moved moved(std::int64_t vectors, std::int64_t length, std::int64_t part, int bits,
            std::int64_t burst) {
    if (part >= length) return {static_cast<double>(vectors * packed_bytes(length, bits)), 0};
    const std::int64_t whole = length / part, rest = length % part;
    const auto bursts = [&](std::int64_t elements) {
        return divide_up(packed_bytes(elements, bits), burst) * burst;
    };
    return {static_cast<double>(vectors * (whole * bursts(part) + bursts(rest))),
            static_cast<double>(vectors * divide_up(length, part))};
}

Cost estimate(const GemmView& view, const GemmTiling& t, const GemmChipConfig& config) {
    const double pixel_tiles =
        static_cast<double>(divide_up(view.out_h, t.tile_h) * divide_up(view.out_w, t.tile_w));
    const std::int64_t channel_tiles = divide_up(view.out_channels, t.tile_channels);
    const std::int64_t chunks = divide_up(view.k(), t.tile_k);
    const double batch = static_cast<double>(view.batch);

    const double one = static_cast<double>(estimate_cycles(
        config.array, t.tile_h * t.tile_w, std::min(t.tile_channels, view.group_outputs()),
        t.tile_k, *view.activation, *view.weight));
    const double commands =
        pixel_tiles * static_cast<double>(chunks) * batch *
        static_cast<double>(std::max(
            channel_tiles, t.tile_channels < view.group_outputs() ? channel_tiles : view.groups));

    const double activations =
        static_cast<double>(band_bytes(view, t.tile_h, t.tile_w)) * pixel_tiles;
    const DramParameters dram = dram_parameters(config.dram);
    const std::int64_t burst = dram.burst_bytes();
    const Moved weights =
        view.k_major ? moved(view.k(), view.out_channels, t.tile_channels, view.weight_bits, burst)
                     : moved(view.out_channels, view.k(), t.tile_k, view.weight_bits, burst);
    // Two halves: an operand of at most two tiles stays in its buffer through the inner loop.
    const bool weights_stay = channel_tiles * chunks <= 2;
    const bool activations_stay = pixel_tiles <= 2;
    double activation_loads = activations, weight_reloads = 1;
    if (t.weights_outer) {
        if (!activations_stay) activation_loads *= static_cast<double>(channel_tiles);
        if (chunks > 1 && !weights_stay) weight_reloads = pixel_tiles;
    } else {
        if (!weights_stay) weight_reloads = pixel_tiles;
    }
    const std::int64_t pixels = view.out_h * view.out_w;
    Cost cost;
    cost.bytes = batch * (activation_loads + weight_reloads * weights.bytes);
    cost.pieces = batch * weight_reloads * weights.pieces;
    const auto add_channels = [&](std::int64_t vectors, int bits) {
        const Moved part = moved(vectors, view.out_channels, t.tile_channels, bits, burst);
        cost.bytes += batch * part.bytes;
        cost.pieces += batch * part.pieces;
    };
    if (view.residual_bytes > 0) add_channels(pixels, 16);
    for (const int bits : view.output_bits)
        add_channels(pixels / (view.pool_h * view.pool_w), bits);
    const double bytes_per_cycle = dram.peak_bytes_per_s() / static_cast<double>(config.clock_hz);
    cost.cycles = std::max(one * commands, cost.bytes / bytes_per_cycle);
    return cost;
}

}  // namespace

GemmView gemm_view(const Trace& trace, const Layer& layer) {
    const Manifest& manifest = trace.manifest();
    const Activation& a = manifest.activation(layer.inputs[0]);
    GemmView view;
    view.activation = &format(a.format);
    view.activation_bits = view.activation->bits();
    const std::string& second_format = layer.op == Operator::matmul
                                           ? manifest.activation(layer.inputs[1]).format
                                           : layer.weights->format;
    view.weight = &format(second_format);
    view.weight_bits = view.weight->bits();
    view.channels = a.shape.back();
    if (layer.op == Operator::conv2d) {
        view.in_h = a.shape[0];
        view.in_w = a.shape[1];
        view.groups = layer.groups;
        view.window = layer.window;
        view.out_h = layer.window.output_h(view.in_h);
        view.out_w = layer.window.output_w(view.in_w);
        view.out_channels = layer.weights->shape[0];
    } else {
        const GemmShape shape = gemm_shape(manifest, layer);
        view.batch = shape.count;
        view.in_h = view.out_h = shape.m;
        view.out_channels = shape.n;
        view.k_major = layer.op == Operator::matmul && !layer.transpose_b;
    }
    view.residual_h = view.out_h;
    view.residual_w = view.out_w;
    if (layer.op != Operator::matmul && layer.inputs.size() > 1) view.residual_bytes = 2;
    for (const std::string& output : layer.outputs)
        view.output_bits.push_back(format(manifest.activation(output).format).bits());
    return view;
}

GemmView pooled_view(const Trace& trace, const Layer& layer, const Layer& pool) {
    GemmView view = gemm_view(trace, layer);
    view.pool_h = pool.window.kernel_h;
    view.pool_w = pool.window.kernel_w;
    view.out_h = view.out_h / view.pool_h * view.pool_h;
    view.out_w = view.out_w / view.pool_w * view.pool_w;
    view.output_bits.clear();
    for (const std::string& output : pool.outputs)
        view.output_bits.push_back(format(trace.manifest().activation(output).format).bits());
    return view;
}

std::int64_t band_rows(const GemmView& view, std::int64_t tile_h) {
    return (tile_h - 1) * view.window.stride_h +
           (view.window.kernel_h - 1) * view.window.dilation_h + 1;
}

std::int64_t band_columns(const GemmView& view, std::int64_t tile_w) {
    return (tile_w - 1) * view.window.stride_w +
           (view.window.kernel_w - 1) * view.window.dilation_w + 1;
}

std::int64_t task_bytes(const GemmView& view, std::int64_t pixels, std::int64_t channels) {
    std::int64_t bytes = pixels * channels * view.residual_bytes;
    const std::int64_t window = view.pool_h * view.pool_w;
    for (const int bits : view.output_bits)
        bytes += (pixels / window * packed_bytes(channels, bits) + 1) / 2 * 2;
    if (window > 1) bytes += pixels * channels * 2;
    return bytes;
}

GemmTiling choose_tiling(const GemmView& view, const GemmChipConfig& config,
                         const std::string& layer) {
    const std::int64_t weight_half = config.weight_buffer_bytes / 2;
    const std::int64_t activation_half = config.activation_buffer_bytes / 2;
    const std::int64_t psum_half = config.output_buffer_bytes / 2 / psum_bytes;
    const std::int64_t vector_half = config.vector_buffer_bytes / 2;
    const std::int64_t columns = channels_at_a_time(config.array, *view.weight);
    const std::int64_t least_channels = std::min<std::int64_t>(8, view.out_channels);

    const std::int64_t window = view.pool_h * view.pool_w;
    if (band_bytes(view, view.pool_h, view.pool_w) > activation_half)
        fail(
            "activation_buffer.bytes = {}: layer '{}' needs at least {} (two halves of one "
            "output pixel's input)",
            config.activation_buffer_bytes, layer, 2 * band_bytes(view, view.pool_h, view.pool_w));
    const std::int64_t least_k = std::min<std::int64_t>(view.k_major ? 1 : 8, view.k());
    if (weight_tile_bytes(view, least_channels, least_k) > weight_half)
        fail("weight_buffer.bytes = {}: layer '{}' needs at least {}", config.weight_buffer_bytes,
             layer, 2 * weight_tile_bytes(view, least_channels, least_k));
    if (least_channels * window > psum_half)
        fail("output_buffer.bytes = {}: layer '{}' needs at least {}", config.output_buffer_bytes,
             layer, 2 * psum_bytes * least_channels * window);
    if (task_bytes(view, window, least_channels) > vector_half)
        fail("vector_buffer.bytes = {}: layer '{}' needs at least {}", config.vector_buffer_bytes,
             layer, 2 * task_bytes(view, window, least_channels));

    std::vector<std::int64_t> channel_choices = {least_channels};
    for (std::int64_t c = divide_up(columns, 8) * 8; c < view.out_channels; c *= 2)
        channel_choices.push_back(c);
    channel_choices.push_back(view.out_channels);

    GemmTiling best;
    Cost best_cost{std::numeric_limits<double>::infinity(), 0, 0};
    for (const std::int64_t channels : channel_choices) {
        GemmTiling t;
        t.tile_channels = channels;
        t.tile_k = view.k();
        if (weight_tile_bytes(view, channels, t.tile_k) > weight_half) {
            const std::int64_t k = view.k_major
                                       ? weight_half / packed_bytes(channels, view.weight_bits)
                                       : weight_half / channels * 8 / view.weight_bits / 8 * 8;
            if (k < 1) continue;
            // Chunks of nearly equal length.
            const std::int64_t chunks = divide_up(view.k(), k);
            t.tile_k = std::min(k, divide_up(divide_up(view.k(), chunks), 8) * 8);
        }
        std::int64_t most = psum_half / channels;
        most = most / window * window;
        while (most > 0 && task_bytes(view, most, channels) > vector_half)
            most = most * 7 / 8 / window * window;
        if (most < 1) continue;
        t.tile_w = std::min(view.out_w, most / view.pool_h / view.pool_w * view.pool_w);
        t.tile_h = std::min(view.out_h, most / t.tile_w / view.pool_h * view.pool_h);
        const auto shrink = [](std::int64_t& size, std::int64_t step) {
            size = std::max(step, (size - divide_up(size, 8)) / step * step);
        };
        while (band_bytes(view, t.tile_h, t.tile_w) > activation_half) {
            if (t.tile_h > view.pool_h)
                shrink(t.tile_h, view.pool_h);
            else
                shrink(t.tile_w, view.pool_w);
        }
        // Tiles of nearly equal size, of whole windows.
        const auto balance = [](std::int64_t& size, std::int64_t all, std::int64_t step) {
            size = divide_up(divide_up(all, divide_up(all, size)), step) * step;
        };
        balance(t.tile_h, view.out_h, view.pool_h);
        balance(t.tile_w, view.out_w, view.pool_w);
        for (const bool outer : {false, true}) {
            t.weights_outer = outer;
            const Cost cost = estimate(view, t, config);
            if (cost < best_cost) {
                best_cost = cost;
                best = t;
            }
        }
    }
    return best;
}

}  // namespace bitloom
