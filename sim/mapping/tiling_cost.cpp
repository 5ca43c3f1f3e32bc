// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/tiling_cost.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

#include "models/array/convolution_tile.h"
#include "models/base/divide_up.h"
#include "models/memory/dram_timing.h"

namespace bitloom {

namespace {

// Tiles of an operand that are loaded when the loop over `tiles` is run `times`, each time in the
// other direction: the two halves keep the last two tiles.
double loads(double tiles, double times) {
    return tiles + (times - 1) * std::max(0.0, tiles - 2);
}

// Rows (or columns) of the input that all tiles of the output load, padding left out.
std::int64_t loaded_lines(std::int64_t in, std::int64_t out, std::int64_t step, std::int64_t stride,
                          std::int64_t reach, std::int64_t pad) {
    std::int64_t lines = 0;
    for (std::int64_t first = 0; first < out; first += step) {
        const std::int64_t begin = std::max<std::int64_t>(0, first * stride - pad);
        const std::int64_t last = std::min(out, first + step) - 1;
        lines += std::max<std::int64_t>(0, std::min(in, last * stride - pad + reach) - begin);
    }
    return lines;
}

// Clocks between pieces of vectors `stride` bytes apart, each in a row of its own: how soon the
// banks that they lie in, and the channels, can open another one.
double clocks_a_piece(const DramParameters& dram, std::int64_t stride) {
    const DramTiming timing(dram);
    std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t>> banks;
    std::set<std::int64_t> channels;
    constexpr std::int64_t pieces = 16;
    for (std::int64_t i = 0; i < pieces; ++i) {
        const DramLocation at = timing.locate(static_cast<std::uint64_t>(i * stride));
        banks.insert({at.channel, at.group, at.bank});
        channels.insert(at.channel);
    }
    const auto row_cycle = static_cast<double>(dram.tras + dram.trp);
    return std::max(row_cycle / static_cast<double>(banks.size()),
                    static_cast<double>(dram.tfaw) / 4 / static_cast<double>(channels.size()));
}

}  // namespace

TilingCost::TilingCost(const GemmView& view, const GemmChipConfig& config, VectorCycles vector)
    : view_(view), config_(config), vector_(std::move(vector)) {
    const DramParameters& dram = dram_parameters(config.dram);
    const double refreshed =
        static_cast<double>(dram.trefi - dram.trfc - dram.trpab) / static_cast<double>(dram.trefi);
    const auto clock = static_cast<double>(config.clock_hz);
    bytes_per_cycle_ = dram.peak_bytes_per_s() * refreshed / clock;
    const double cycles_a_clock = static_cast<double>(dram.clock_ps) * 1e-12 * clock;
    const auto row = static_cast<double>(dram.row_bytes * dram.channels);
    const auto piece = [&](std::int64_t length, int bits) {
        const std::int64_t stride = packed_bytes(length, bits);
        return clocks_a_piece(dram, stride) * cycles_a_clock *
               std::min(1.0, static_cast<double>(stride) / row);
    };
    band_piece_cycles_ = piece(view.channels, view.activation_bits);
    weight_piece_cycles_ = piece(view.k_major ? view.out_channels : view.k(), view.weight_bits);
    burst_ = static_cast<double>(dram.burst_bytes());
    latency_ = static_cast<double>((dram.trcd + dram.read_latency() + dram.burst_clocks()) *
                                   dram.clock_ps) *
               1e-12 * clock;
}

TilingCost::Parts TilingCost::parts(std::int64_t all, std::int64_t step) {
    Parts parts;
    parts.full = {std::min(all, step), all / step};
    if (all % step > 0) parts.rest = {all % step, 1};
    if (parts.full.count == 0) std::swap(parts.full, parts.rest);
    return parts;
}

double TilingCost::array_cycles(const GemmTiling& t) const {
    const GemmView& view = view_;
    const auto each = [](const Parts& parts, auto&& body) {
        if (parts.full.count > 0) body(parts.full);
        if (parts.rest.count > 0) body(parts.rest);
    };
    // A tile of several groups has a command for each of them.
    const Parts channels = parts(view.group_outputs(), t.tile_channels);
    double cycles = 0;
    each(parts(view.out_h, t.tile_h), [&](const Part& h) {
        each(parts(view.out_w, t.tile_w), [&](const Part& w) {
            each(channels, [&](const Part& n) {
                each(parts(view.group_channels(), t.slice_channels), [&](const Part& c) {
                    each(parts(view.positions() * c.size, t.slice_k), [&](const Part& k) {
                        const double commands =
                            static_cast<double>(h.count * w.count * n.count * c.count * k.count);
                        cycles += commands * static_cast<double>(estimate_cycles(
                                                 config_.array, h.size * w.size, n.size, k.size,
                                                 *view.activation, *view.weight));
                    });
                });
            });
        });
    });
    return cycles * static_cast<double>(view.groups * view.batch);
}

// `pieces` equal pieces of vectors: in whole bursts, each of which starts one; a piece takes
// piece_cycles at least.
TilingCost::Moved TilingCost::moved(double pieces, double bytes, double piece_cycles) const {
    if (bytes <= 0) return {};  // a band may lie in the padding alone
    const double each = std::ceil(bytes / pieces / burst_ - 1e-9) * burst_;
    return {pieces * each, pieces * std::max(each / bytes_per_cycle_, piece_cycles)};
}

TilingCost::Moved TilingCost::contiguous(double bytes) const {
    return {bytes, bytes / bytes_per_cycle_};
}

// Of all bands, each loaded once.
TilingCost::Moved TilingCost::bands(const GemmTiling& t) const {
    const GemmView& view = view_;
    const Window& w = view.window;
    const std::int64_t rows = loaded_lines(view.in_h, view.out_h, t.tile_h, w.stride_h,
                                           (w.kernel_h - 1) * w.dilation_h + 1, w.pad_top);
    const std::int64_t columns = loaded_lines(view.in_w, view.out_w, t.tile_w, w.stride_w,
                                              (w.kernel_w - 1) * w.dilation_w + 1, w.pad_left);
    const bool some_channels = t.slice_channels < view.group_channels() || view.groups > 1;
    const auto pixels = static_cast<double>(rows * columns);
    if (!some_channels) {
        const double bytes =
            pixels * static_cast<double>(packed_bytes(view.channels, view.activation_bits));
        if (columns == view.in_w) return contiguous(bytes);
        return moved(static_cast<double>(rows * divide_up(view.out_w, t.tile_w)), bytes,
                     band_piece_cycles_);
    }
    const std::int64_t tiles = divide_up(view.out_channels, t.tile_channels);
    // Ranges of channels: of the slices of a group, or of the groups of a tile.
    const std::int64_t ranges =
        view.groups == 1
            ? divide_up(view.group_channels(), t.slice_channels)
            : std::max(view.groups * divide_up(view.group_channels(), t.slice_channels), tiles);
    const auto count = static_cast<double>(
        view.groups > 1 && t.tile_channels > view.group_outputs() ? tiles : ranges);
    return moved(pixels * count,
                 pixels * static_cast<double>(packed_bytes(view.channels, view.activation_bits)),
                 band_piece_cycles_);
}

TilingEstimate TilingCost::estimate(const GemmTiling& t, double array) const {
    const GemmView& view = view_;
    const auto batch = static_cast<double>(view.batch);
    const std::int64_t channel_tiles = divide_up(view.out_channels, t.tile_channels);
    const double q = static_cast<double>(channel_tiles);
    const double p =
        static_cast<double>(divide_up(view.out_h, t.tile_h) * divide_up(view.out_w, t.tile_w));
    const std::int64_t channel_parts = divide_up(view.group_channels(), t.slice_channels);
    const std::int64_t k_parts =
        divide_up(view.positions() * std::min(t.slice_channels, view.group_channels()), t.slice_k);
    const auto ca = static_cast<double>(t.activations_whole ? 1 : channel_parts);
    const auto cw = static_cast<double>(t.weights_whole ? 1 : channel_parts * k_parts);
    const auto slices = static_cast<double>(channel_parts * k_parts);

    // Loads of each operand in units of all of it.
    double a_times = 1, w_times = 1;
    if (view.groups > 1) {
        // Every tile of channels has bands of its own, but those of one group share them.
        const double shared = std::max(1.0, q / static_cast<double>(view.groups));
        a_times = t.activations_whole && !t.weights_outer ? 1 : shared;
        w_times = t.weights_outer ? (cw > 1 ? loads(cw, p) / cw : 1) : loads(q * cw, p) / (q * cw);
    } else if (t.weights_outer) {
        a_times = loads(p * ca, q) / (p * ca);
        w_times = loads(cw, p) / cw;
    } else {
        a_times = loads(ca, q) / ca;
        w_times = loads(q * cw, p) / (q * cw);
    }
    const Moved bands = this->bands(t);
    const double w_pieces =
        view.k_major ? static_cast<double>(view.k()) * q
        : channel_parts > 1
            ? static_cast<double>(view.out_channels * view.positions() * channel_parts)
            : static_cast<double>(view.out_channels * k_parts);
    const auto all_weights = static_cast<double>(weight_bytes(view, view.out_channels, view.k()));
    const Moved weights = (view.k_major ? channel_tiles == 1 : slices == 1)
                              ? contiguous(all_weights)
                              : moved(w_pieces, all_weights, weight_piece_cycles_);

    const double pixels = static_cast<double>(view.out_h * view.out_w);
    const auto vectors = [&](double count, int bits) {
        const double bytes = count * static_cast<double>(packed_bytes(t.tile_channels, bits)) * q;
        return channel_tiles == 1 ? contiguous(bytes) : moved(count * q, bytes, 0);
    };
    Moved memory;
    double loaded = 0, stored = 0;  // bytes
    const auto move = [&](const Moved& moved, double times, bool on_chip, double& direction) {
        direction += batch * times * moved.bytes;
        if (on_chip) return;
        memory.bytes += batch * times * moved.bytes;
        memory.cycles += batch * times * moved.cycles;
    };
    move(weights, w_times, false, loaded);
    move(bands, a_times, view.input_on_chip, loaded);
    if (view.residual_bytes > 0) move(vectors(pixels, 16), 1, view.residual_on_chip, loaded);
    for (const int bits : view.output_bits)
        move(vectors(pixels / static_cast<double>(view.pool_h * view.pool_w), bits), 1,
             view.outputs_on_chip, stored);

    const double tiles = batch * p * q;
    const double commands = tiles * slices;
    const double bus = static_cast<double>(config_.dma_width_bits) / 8;
    const auto vector_tile = static_cast<double>(vector_(t.tile_h * t.tile_w, t.tile_channels));
    // What nothing hides: the first slice's operands, and the last tile's results; of either one
    // part in four, since both may be cut into parts.
    const double first = latency_ + (bands.cycles / (p * static_cast<double>(channel_parts)) +
                                     weights.cycles / (q * slices)) /
                                        4;
    const double last =
        latency_ + (vector_tile + stored / tiles / std::min(bytes_per_cycle_, bus)) / 4;
    // Where the loop moves to the next tile of the outer operand, its load waits behind the last
    // one of the inner loop.
    const double outer = t.weights_outer ? q : p;
    const double next = t.weights_outer ? weights.cycles / (q * cw) : bands.cycles / (p * ca);
    const double bubble = std::max(0.0, next - array / tiles);
    TilingEstimate result;
    result.bytes = memory.bytes;
    result.cycles = std::max({array + first + last + bubble * batch * (outer - 1),
                              memory.cycles + (array / commands + vector_tile) / 4,
                              std::max(loaded, stored) / bus + last,
                              vector_tile * tiles + first + array / tiles});
    return result;
}

}  // namespace bitloom
