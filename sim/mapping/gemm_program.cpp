// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/gemm_program.h"

#include <algorithm>
#include <array>
#include <map>

#include "models/array/convolution_tile.h"
#include "models/base/divide_up.h"
#include "models/base/error.h"
#include "sim/mapping/map_layer.h"
#include "sim/mapping/operand_halves.h"

namespace bitloom {

namespace {

// The output pixels and channels of one task of the vector unit.
struct OutputTile {
    std::int64_t batch = 0;
    std::int64_t h = 0, w = 0, tile_h = 1, tile_w = 1;
    std::int64_t channel = 0, channels = 1;
};

// An operand in its buffer.
struct Held {
    int half = 0;
    std::int64_t offset = 0;   // of the piece in the half, bytes
    std::int64_t loads = 0;    // that must be done
    std::int64_t content = 0;  // ArrayTask: equal numbers, equal bytes
};

class GemmProgram {
public:
    GemmProgram(const GemmView& view, const GemmTiling& tiling, const GemmPlaces& places,
                LayerProgram& program)
        : view_(view),
          tiling_(tiling),
          slices_(first_k_slices(view, tiling)),
          later_slices_(k_slices(view, tiling)),
          layer_(places.layer),
          stored_(places.stored),
          memory_(places.memory),
          program_(program),
          a_(memory_.activation(layer_.inputs[0])),
          b_(layer_.op == Operator::matmul ? memory_.activation(layer_.inputs[1])
                                           : memory_.weights(layer_)) {}

    void write() {
        parts_ = tiling_.first_parts > 1;
        std::vector<OutputTile> pixels, channels;
        for (std::int64_t h = 0; h < view_.out_h; h += tiling_.tile_h)
            for (std::int64_t w = 0; w < view_.out_w; w += tiling_.tile_w)
                pixels.push_back({.h = h,
                                  .w = w,
                                  .tile_h = std::min(tiling_.tile_h, view_.out_h - h),
                                  .tile_w = std::min(tiling_.tile_w, view_.out_w - w)});
        for (std::int64_t c = 0; c < view_.out_channels; c += tiling_.tile_channels)
            channels.push_back(
                {.channel = c,
                 .channels = std::min(tiling_.tile_channels, view_.out_channels - c)});
        const bool outer = tiling_.weights_outer;
        std::int64_t left = view_.batch * std::ssize(pixels) * std::ssize(channels);
        for (std::int64_t batch = 0; batch < view_.batch; ++batch)
            for (const OutputTile& slow : outer ? channels : pixels) {
                std::vector<OutputTile>& inner = outer ? pixels : channels;
                for (const OutputTile& fast : inner) {
                    OutputTile tile = outer ? fast : slow;
                    const OutputTile& columns = outer ? slow : fast;
                    tile.batch = batch;
                    tile.channel = columns.channel;
                    tile.channels = columns.channels;
                    if (--left > 0)
                        output_tile(tile);
                    else
                        last_tile(tile);
                }
                std::reverse(inner.begin(), inner.end());
            }
    }

private:
    std::int64_t tiles() const { return std::ssize(program_.tiles); }
    std::int64_t loads() const { return std::ssize(program_.loads); }
    std::int64_t tasks() const { return std::ssize(program_.tasks); }

    void last_tile(const OutputTile& tile) {
        OutputTile part = tile;
        std::int64_t& size = tiling_.last_by_channels ? part.channels : part.tile_h;
        std::int64_t& first = tiling_.last_by_channels ? part.channel : part.h;
        const std::int64_t all = size, begin = first;
        const std::int64_t unit = tiling_.last_by_channels ? 8 : view_.pool_h;
        const std::int64_t step = divide_up(divide_up(all, tiling_.last_parts), unit) * unit;
        for (std::int64_t at = 0; at < all; at += step) {
            first = begin + at;
            size = std::min(step, all - at);
            output_tile(part);
        }
    }

    // Every slice of K, then the vector unit, then the store.
    void output_tile(const OutputTile& tile) {
        for (std::size_t i = 0; i < slices_.size(); ++i) {
            const std::size_t s = backwards_ ? slices_.size() - 1 - i : i;
            const Held activations = load_band(tile, slices_[s]);
            const Held weights = load_weights(tile, s);
            array_tasks(tile, slices_[s], i == 0, activations, weights);
        }
        backwards_ = !backwards_;
        if (tasks() == 0) {
            load_parameters();
            if (tiling_.first_parts > 1) slices_ = later_slices_;
            parts_ = 0;
        }
        vector_task(tile.batch, tile.h, tile.w, tile.tile_h, tile.tile_w, tile.channel,
                    tile.channels);
    }

    void load_parameters() {
        const TensorPlace& place = memory_.parameters(layer_);
        LoadCommand load;
        load.target = Buffer::parameters;
        load.segments = {{place.address, place.bytes()}};
        load.row_bytes = load.region_bytes = place.bytes();
        program_.loads.push_back(load);
        parameters_loaded_ = loads();
    }

    std::int64_t band_bytes(const OutputTile& tile, const KSlice& slice) const {
        const ChannelRange range = band_channels(view_, tile.channel, tile.channels, slice);
        return band_rows(view_, tile.tile_h) * band_columns(view_, tile.tile_w) *
               packed_bytes(range.size(), view_.activation_bits);
    }

    Held load_band(const OutputTile& tile, const KSlice& slice) {
        const ChannelRange range = band_channels(view_, tile.channel, tile.channels, slice);
        const bool whole = tiling_.activations_whole;
        const std::int64_t pixel = (tile.batch * view_.out_h + tile.h) * view_.out_w + tile.w;
        // The channels of one slice, or of all slices of the tile.
        const ChannelRange held_range =
            whole ? ChannelRange{band_channels(view_, tile.channel, tile.channels, slices_.front())
                                     .begin,
                                 band_channels(view_, tile.channel, tile.channels, slices_.back())
                                     .end}
                  : range;
        Held held;
        held.half = activations_.claim(
            {pixel, held_range.begin, held_range.end, 2 * tile.tile_h + (whole ? parts_ : 0)});
        const auto piece = static_cast<std::size_t>(whole ? slice.part : 0);
        if (whole)
            for (const KSlice& other : slices_)
                if (other.part < slice.part && other.k_begin == 0)
                    held.offset += band_bytes(tile, other);
        held.content = content({pixel, tile.tile_h, range.begin, range.end, 0, 0});
        held.loads = activations_.loads(held.half, piece);
        if (held.loads > 0) return held;

        const std::int64_t rows = band_rows(view_, tile.tile_h);
        const std::int64_t columns = band_columns(view_, tile.tile_w);
        const std::int64_t first_row = tile.h * view_.window.stride_h - view_.window.pad_top;
        const std::int64_t first_column = tile.w * view_.window.stride_w - view_.window.pad_left;
        const std::int64_t row_begin = std::max<std::int64_t>(0, first_row);
        const std::int64_t row_end = std::min(view_.in_h, first_row + rows);
        const std::int64_t column_begin = std::max<std::int64_t>(0, first_column);
        const std::int64_t column_end = std::min(view_.in_w, first_column + columns);
        const std::int64_t pixel_bytes = packed_bytes(range.size(), view_.activation_bits);

        LoadCommand load;
        load.target = Buffer::activation;
        load.half = held.half;
        load.offset = held.offset;
        load.region_bytes = rows * columns * pixel_bytes;
        load.rows = std::max<std::int64_t>(0, row_end - row_begin);
        load.row_bytes = std::max<std::int64_t>(0, column_end - column_begin) * pixel_bytes;
        load.row_pitch = columns * pixel_bytes;
        load.first_row_offset =
            ((row_begin - first_row) * columns + column_begin - first_column) * pixel_bytes;
        for (std::int64_t row = row_begin; row < row_end && load.row_bytes > 0; ++row) {
            const std::int64_t vector = (tile.batch * view_.in_h + row) * view_.in_w;
            if (range.size() == view_.channels)
                append_segment(load.segments, a_.at(vector + column_begin), load.row_bytes);
            else
                for (std::int64_t column = column_begin; column < column_end; ++column)
                    append_segment(load.segments, a_.at(vector + column, range.begin), pixel_bytes);
        }
        if (load.rows * load.row_bytes == load.region_bytes) {
            load.rows = 1;
            load.row_bytes = load.region_bytes;
        }
        load.after_tiles = activations_.free_after(held.half);
        program_.loads.push_back(std::move(load));
        activations_.loaded(held.half, piece, loads());
        held.loads = loads();
        return held;
    }

    Held load_weights(const OutputTile& tile, std::size_t s) {
        const KSlice& slice = slices_[s];
        const bool shared = layer_.op != Operator::matmul;  // the same weights for every batch
        const std::int64_t batch = shared ? 0 : tile.batch;
        const bool whole = tiling_.weights_whole;
        const std::int64_t start = slice.channel_begin * view_.positions() + slice.k_begin;
        Held held;
        held.half = weights_.claim({batch, tile.channel, tile.channels,
                                    whole ? -1 - parts_ : start * (view_.k() + 1) + slice.k()});
        const std::size_t piece = whole ? s : 0;
        if (whole)
            for (std::size_t other = 0; other < s; ++other)
                held.offset += weight_bytes(view_, tile.channels, slices_[other].k());
        held.content = content({batch, tile.channel, tile.channels, start, slice.k(), 1});
        held.loads = weights_.loads(held.half, piece);
        if (held.loads > 0) return held;

        LoadCommand load;
        load.target = Buffer::weight;
        load.half = held.half;
        load.offset = held.offset;
        if (view_.k_major) {
            const std::int64_t bytes = packed_bytes(tile.channels, b_.bits);
            const std::int64_t first = batch * view_.k() + slice.channel_begin;
            for (std::int64_t row = slice.k_begin; row < slice.k_end; ++row)
                append_segment(load.segments, b_.at(first + row, tile.channel), bytes);
        } else {
            for (std::int64_t row = 0; row < tile.channels; ++row)
                weight_row(batch * view_.out_channels + tile.channel + row, slice, load.segments);
        }
        load.row_bytes = load.region_bytes = weight_bytes(view_, tile.channels, slice.k());
        load.after_tiles = weights_.free_after(held.half);
        program_.loads.push_back(std::move(load));
        weights_.loaded(held.half, piece, loads());
        held.loads = loads();
        return held;
    }

    // A number for these bytes.
    std::int64_t content(const std::array<std::int64_t, 6>& bytes) {
        return contents_.try_emplace(bytes, std::ssize(contents_) + 1).first->second;
    }

    // The codes of one output channel: a piece at every position of the kernel, or all in one.
    void weight_row(std::int64_t row, const KSlice& slice, std::vector<Segment>& segments) const {
        const std::int64_t channels = slice.channels();
        if (channels == view_.group_channels()) {
            append_segment(segments, b_.at(row, slice.k_begin), packed_bytes(slice.k(), b_.bits));
            return;
        }
        for (std::int64_t k = slice.k_begin; k < slice.k_end;) {
            const std::int64_t position = k / channels;
            const std::int64_t end = std::min(slice.k_end, (position + 1) * channels);
            const std::int64_t first =
                position * view_.group_channels() + slice.channel_begin + k % channels;
            append_segment(segments, b_.at(row, first), packed_bytes(end - k, b_.bits));
            k = end;
        }
    }

    // What of the band lies outside of the input.
    void set_padding(std::int64_t h, std::int64_t w, ConvolutionTile& tile) const {
        const std::int64_t first_row = h * view_.window.stride_h - view_.window.pad_top;
        const std::int64_t first_column = w * view_.window.stride_w - view_.window.pad_left;
        tile.pad_top = std::max<std::int64_t>(0, -first_row);
        tile.pad_bottom = std::max<std::int64_t>(0, first_row + tile.band_h - view_.in_h);
        tile.pad_left = std::max<std::int64_t>(0, -first_column);
        tile.pad_right = std::max<std::int64_t>(0, first_column + tile.band_w - view_.in_w);
    }

    // One array task for every group that the channels touch.
    void array_tasks(const OutputTile& output, const KSlice& slice, bool first,
                     const Held& activations, const Held& weights) {
        const std::int64_t per_group = view_.group_outputs();
        const std::int64_t end_channel = output.channel + output.channels;
        const ChannelRange range = band_channels(view_, output.channel, output.channels, slice);
        bool first_of_psums = first;
        for (std::int64_t begin = output.channel; begin < end_channel;) {
            const std::int64_t group = begin / per_group;
            const std::int64_t end = std::min(end_channel, (group + 1) * per_group);
            ArrayTask task;
            ConvolutionTile& tile = task.tile;
            tile.window = view_.window;
            tile.out_h = output.tile_h;
            tile.out_w = output.tile_w;
            tile.band_h = band_rows(view_, output.tile_h);
            tile.band_w = band_columns(view_, output.tile_w);
            set_padding(output.h, output.w, tile);
            tile.channels = range.size();
            tile.channel_begin = group * view_.group_channels() + slice.channel_begin - range.begin;
            tile.group_channels = slice.channels();
            tile.n = end - begin;
            tile.k_begin = slice.k_begin;
            tile.k_end = slice.k_end;
            tile.k_major = view_.k_major;
            tile.activation_bits = view_.activation_bits;
            tile.weight_bits = view_.weight_bits;
            tile.accumulate = !first;
            tile.psum_column = begin - output.channel;
            task.activation_half = activations.half;
            task.activation_offset = activations.offset;
            task.activation_content = activations.content;
            task.weight_half = weights.half;
            task.weight_offset =
                weights.offset + (begin - output.channel) * packed_bytes(slice.k(), b_.bits);
            task.weight_content = weights.content;
            BITLOOM_CHECK(!view_.k_major || begin == output.channel,
                          "a k-major operand has one group");
            task.group = group;
            task.psum_half = static_cast<int>(tasks() % 2);
            task.psum_columns = output.channels;
            task.first_of_psums = first_of_psums;
            task.needs_tasks = std::max<std::int64_t>(0, tasks() - 1);
            task.needs_loads = std::max(activations.loads, weights.loads);
            program_.tiles.push_back(task);
            activations_.use(activations.half, tiles());
            weights_.use(weights.half, tiles());
            first_of_psums = false;
            begin = end;
        }
    }

    void vector_task(std::int64_t batch, std::int64_t h, std::int64_t w, std::int64_t tile_h,
                     std::int64_t tile_w, std::int64_t channel, std::int64_t channels) {
        const std::int64_t earlier = std::max<std::int64_t>(0, tasks() - 1);
        const std::int64_t pixels = tile_h * tile_w;
        const auto pixel = [&](std::int64_t row, std::int64_t column) {
            return (batch * view_.residual_h + h + row) * view_.residual_w + w + column;
        };
        const std::int64_t stored_h = tile_h / view_.pool_h, stored_w = tile_w / view_.pool_w;
        const auto stored_pixel = [&](std::int64_t row, std::int64_t column) {
            return (batch * (view_.out_h / view_.pool_h) + h / view_.pool_h + row) *
                       (view_.out_w / view_.pool_w) +
                   w / view_.pool_w + column;
        };
        VectorTask task;
        task.half = task.psum_half = static_cast<int>(tasks() % 2);
        task.work = {pixels, channels, 1};
        task.needs_tiles = tiles();
        task.needs_loads = parameters_loaded_;
        task.needs_stores = earlier;
        task.first_channel = channel;
        std::int64_t offset = 0;
        if (view_.residual_bytes > 0) {
            const TensorPlace& residual = memory_.activation(layer_.inputs[1]);
            LoadCommand load;
            load.target = Buffer::vector;
            load.half = task.half;
            load.region_bytes = load.row_bytes = pixels * channels * 2;
            for (std::int64_t row = 0; row < tile_h; ++row)
                for (std::int64_t column = 0; column < tile_w; ++column)
                    append_segment(load.segments, residual.at(pixel(row, column), channel),
                                   channels * 2);
            load.after_tasks = load.after_stores = earlier;
            program_.loads.push_back(load);
            task.needs_loads = loads();
            task.inputs = {0};
            task.input_elements = {pixels * channels};
            offset = load.region_bytes;
        }
        StoreCommand store;
        store.half = task.half;
        store.needs_tasks = tasks() + 1;
        for (const std::string& name : stored_.outputs) {
            const TensorPlace& place = memory_.activation(name);
            StoreCommand::Piece piece;
            piece.offset = offset;
            const std::int64_t bytes = (channels * place.bits + 7) / 8;
            for (std::int64_t row = 0; row < stored_h; ++row)
                for (std::int64_t column = 0; column < stored_w; ++column)
                    append_segment(piece.segments, place.at(stored_pixel(row, column), channel),
                                   bytes);
            piece.bytes = stored_h * stored_w * bytes;
            task.outputs.push_back(offset);
            offset += (piece.bytes + 1) / 2 * 2;
            store.pieces.push_back(std::move(piece));
        }
        if (program_.pool) {
            task.pool_words_offset = offset;
            offset += pixels * channels * 2;
            task.band = {tile_h, tile_w, channels, stored_w, 0, stored_h, 0};
            task.pool_work = {stored_h * stored_w, channels, view_.pool_h * view_.pool_w};
        }
        BITLOOM_CHECK(offset <= task_bytes(view_, pixels, channels), "{}: a task of {} bytes",
                      layer_.name, offset);
        program_.tasks.push_back(std::move(task));
        program_.stores.push_back(std::move(store));
    }

    const GemmView& view_;
    const GemmTiling& tiling_;
    std::vector<KSlice> slices_;  // of the tile being written
    const std::vector<KSlice> later_slices_;
    // 1 in a first tile that is cut into parts: these lie in a half otherwise than its slices.
    std::int64_t parts_ = 0;
    std::map<std::array<std::int64_t, 6>, std::int64_t> contents_;
    const Layer& layer_;
    const Layer& stored_;
    const MemoryMap& memory_;
    LayerProgram& program_;
    const TensorPlace& a_;
    const TensorPlace& b_;
    OperandHalves activations_, weights_;
    bool backwards_ = false;  // through the slices
    std::int64_t parameters_loaded_ = 0;
};

}  // namespace

void write_gemm_program(const GemmView& view, const GemmTiling& tiling, const GemmPlaces& places,
                        LayerProgram& program) {
    GemmProgram(view, tiling, places, program).write();
}

}  // namespace bitloom
