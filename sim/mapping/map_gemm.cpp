// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "models/base/error.h"
#include "models/numeric/format.h"
#include "sim/mapping/gemm_tiling.h"
#include "sim/mapping/map_layer.h"

namespace bitloom {

namespace {

// Which content lies in which half of a double buffer, while the program is written.
class Halves {
public:
    using Key = std::array<std::int64_t, 4>;

    // The half that holds `key`, or -1.
    int find(const Key& key) const {
        for (int half = 0; half < 2; ++half)
            if (held_[half] && key_[half] == key) return half;
        return -1;
    }
    // The half to load `key` into: the one used longer ago.
    int claim(const Key& key) {
        const int half = last_use_[0] <= last_use_[1] ? 0 : 1;
        held_[half] = true;
        key_[half] = key;
        return half;
    }
    void use(int half, std::int64_t tiles_done) { last_use_[half] = tiles_done; }
    std::int64_t last_use(int half) const { return last_use_[half]; }
    void loaded(int half, std::int64_t loads) { loads_[half] = loads; }
    std::int64_t loads(int half) const { return loads_[half]; }

private:
    bool held_[2] = {false, false};
    Key key_[2] = {};
    std::int64_t last_use_[2] = {0, 0};  // tiles that must be done before the half is free
    std::int64_t loads_[2] = {0, 0};     // loads that must be done before the half is valid
};

class GemmMapper {
public:
    GemmMapper(const Trace& trace, const Layer& layer, const MemoryMap& memory,
               const GemmChipConfig& config, const Layer* pool, LayerProgram& program)
        : view_(pool != nullptr ? pooled_view(trace, layer, *pool) : gemm_view(trace, layer)),
          tiling_(choose_tiling(view_, config, layer.name)),
          vector_half_(config.vector_buffer_bytes / 2),
          layer_(layer),
          stored_(pool != nullptr ? *pool : layer),
          memory_(memory),
          program_(program),
          a_(memory.activation(layer.inputs[0])),
          b_(layer.op == Operator::matmul ? memory.activation(layer.inputs[1])
                                          : memory.weights(layer)) {}

    void map() {
        load_parameters();
        for (std::int64_t batch = 0; batch < view_.batch; ++batch) {
            const auto pixels = [&](auto&& body) {
                for (std::int64_t h = 0; h < view_.out_h; h += tiling_.tile_h)
                    for (std::int64_t w = 0; w < view_.out_w; w += tiling_.tile_w) body(h, w);
            };
            const auto channels = [&](auto&& body) {
                for (std::int64_t c = 0; c < view_.out_channels; c += tiling_.tile_channels)
                    body(c);
            };
            if (tiling_.weights_outer)
                channels([&](std::int64_t c) {
                    pixels([&](std::int64_t h, std::int64_t w) { output_tile(batch, h, w, c); });
                });
            else
                pixels([&](std::int64_t h, std::int64_t w) {
                    channels([&](std::int64_t c) { output_tile(batch, h, w, c); });
                });
        }
    }

private:
    void load_parameters() {
        const TensorPlace& place = memory_.parameters(layer_);
        LoadCommand load;
        load.target = Buffer::parameters;
        load.segments = {{place.address, place.bytes()}};
        load.row_bytes = load.region_bytes = place.bytes();
        program_.loads.push_back(load);
    }

    std::int64_t tiles() const { return std::ssize(program_.tiles); }
    std::int64_t loads() const { return std::ssize(program_.loads); }
    std::int64_t tasks() const { return std::ssize(program_.tasks); }

    // One tile of outputs: every slice of K, then the vector unit, then the store.
    void output_tile(std::int64_t batch, std::int64_t h, std::int64_t w, std::int64_t channel) {
        const std::int64_t tile_h = std::min(tiling_.tile_h, view_.out_h - h);
        const std::int64_t tile_w = std::min(tiling_.tile_w, view_.out_w - w);
        const std::int64_t channels = std::min(tiling_.tile_channels, view_.out_channels - channel);
        const int activation_half = load_band(batch, h, w, tile_h, tile_w);
        for (std::int64_t k = 0; k < view_.k(); k += tiling_.tile_k) {
            const std::int64_t k_end = std::min(view_.k(), k + tiling_.tile_k);
            const int weight_half = load_weights(batch, channel, channels, k, k_end);
            array_tasks(h, w, tile_h, tile_w, channel, channels, k, k_end, activation_half,
                        weight_half);
        }
        vector_task(batch, h, w, tile_h, tile_w, channel, channels);
    }

    int load_band(std::int64_t batch, std::int64_t h, std::int64_t w, std::int64_t tile_h,
                  std::int64_t tile_w) {
        const Halves::Key key = {batch, h, w, 0};
        if (const int half = activations_.find(key); half >= 0) return half;
        const int half = activations_.claim(key);
        const std::int64_t rows = band_rows(view_, tile_h);
        const std::int64_t columns = band_columns(view_, tile_w);
        const std::int64_t first_row = h * view_.window.stride_h - view_.window.pad_top;
        const std::int64_t first_column = w * view_.window.stride_w - view_.window.pad_left;
        const std::int64_t row_begin = std::max<std::int64_t>(0, first_row);
        const std::int64_t row_end = std::min(view_.in_h, first_row + rows);
        const std::int64_t column_begin = std::max<std::int64_t>(0, first_column);
        const std::int64_t column_end = std::min(view_.in_w, first_column + columns);
        const std::int64_t pixel = a_.vector_bytes();

        LoadCommand load;
        load.target = Buffer::activation;
        load.half = half;
        load.region_bytes = rows * columns * pixel;
        load.rows = std::max<std::int64_t>(0, row_end - row_begin);
        load.row_bytes = std::max<std::int64_t>(0, column_end - column_begin) * pixel;
        load.row_pitch = columns * pixel;
        load.first_row_offset =
            ((row_begin - first_row) * columns + column_begin - first_column) * pixel;
        for (std::int64_t row = row_begin; row < row_end && load.row_bytes > 0; ++row)
            append_segment(load.segments,
                           a_.at((batch * view_.in_h + row) * view_.in_w + column_begin),
                           load.row_bytes);
        if (load.rows * load.row_bytes == load.region_bytes) {
            load.rows = 1;
            load.row_bytes = load.region_bytes;
        }
        load.after_tiles = activations_.last_use(half);
        program_.loads.push_back(load);
        activations_.loaded(half, loads());
        activation_content_[half] = 1 + (batch * view_.out_h + h) * view_.out_w + w;
        return half;
    }

    int load_weights(std::int64_t batch, std::int64_t channel, std::int64_t channels,
                     std::int64_t k, std::int64_t k_end) {
        const bool shared = layer_.op != Operator::matmul;  // the same weights for every batch
        const Halves::Key key = {shared ? 0 : batch, channel, k, 0};
        if (const int half = weights_.find(key); half >= 0) return half;
        const int half = weights_.claim(key);
        LoadCommand load;
        load.target = Buffer::weight;
        load.half = half;
        if (view_.k_major) {
            const std::int64_t bytes = (channels * b_.bits + 7) / 8;
            for (std::int64_t row = k; row < k_end; ++row)
                append_segment(load.segments, b_.at(batch * view_.k() + row, channel), bytes);
            load.region_bytes = (k_end - k) * bytes;
        } else {
            const std::int64_t bytes = ((k_end - k) * b_.bits + 7) / 8;
            const std::int64_t first = (shared ? 0 : batch * view_.out_channels) + channel;
            for (std::int64_t row = 0; row < channels; ++row)
                append_segment(load.segments, b_.at(first + row, k), bytes);
            load.region_bytes = channels * bytes;
        }
        load.row_bytes = load.region_bytes;
        load.after_tiles = weights_.last_use(half);
        program_.loads.push_back(load);
        weights_.loaded(half, loads());
        weight_content_[half] = 1 + (key[0] * view_.out_channels + channel) * view_.k() + k;
        return half;
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
    void array_tasks(std::int64_t h, std::int64_t w, std::int64_t tile_h, std::int64_t tile_w,
                     std::int64_t channel, std::int64_t channels, std::int64_t k,
                     std::int64_t k_end, int activation_half, int weight_half) {
        const std::int64_t per_group = view_.group_outputs();
        bool first = k == 0;
        for (std::int64_t begin = channel; begin < channel + channels;) {
            const std::int64_t group = begin / per_group;
            const std::int64_t end = std::min(channel + channels, (group + 1) * per_group);
            ArrayTask task;
            ConvolutionTile& tile = task.tile;
            tile.window = view_.window;
            tile.out_h = tile_h;
            tile.out_w = tile_w;
            tile.band_h = band_rows(view_, tile_h);
            tile.band_w = band_columns(view_, tile_w);
            set_padding(h, w, tile);
            tile.channels = view_.channels;
            tile.channel_begin = group * view_.group_channels();
            tile.group_channels = view_.group_channels();
            tile.n = end - begin;
            tile.k_begin = k;
            tile.k_end = k_end;
            tile.k_major = view_.k_major;
            tile.activation_bits = view_.activation_bits;
            tile.weight_bits = view_.weight_bits;
            tile.accumulate = k > 0;
            tile.psum_column = begin - channel;
            task.activation_half = activation_half;
            task.weight_half = weight_half;
            task.weight_offset = (begin - channel) * (((k_end - k) * b_.bits + 7) / 8);
            BITLOOM_CHECK(!view_.k_major || begin == channel, "a k-major operand has one group");
            task.activation_content = activation_content_[activation_half];
            task.weight_content = weight_content_[weight_half];
            task.group = group;
            task.psum_half = static_cast<int>(tasks() % 2);
            task.psum_columns = channels;
            task.first_of_psums = first;
            task.needs_tasks = std::max<std::int64_t>(0, tasks() - 1);
            task.needs_loads =
                std::max(activations_.loads(activation_half), weights_.loads(weight_half));
            program_.tiles.push_back(task);
            activations_.use(activation_half, tiles());
            weights_.use(weight_half, tiles());
            first = false;
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
        task.needs_loads = 1;  // the parameters
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
        BITLOOM_CHECK(offset <= vector_half_, "{}: a task of {} bytes fits", layer_.name, offset);
        program_.tasks.push_back(std::move(task));
        program_.stores.push_back(std::move(store));
    }

    const GemmView view_;
    const GemmTiling tiling_;
    const std::int64_t vector_half_;
    const Layer& layer_;
    const Layer& stored_;  // whose results leave
    const MemoryMap& memory_;
    LayerProgram& program_;
    const TensorPlace& a_;
    const TensorPlace& b_;
    Halves activations_, weights_;
    std::int64_t activation_content_[2] = {0, 0}, weight_content_[2] = {0, 0};
};

}  // namespace

void map_gemm(const Trace& trace, const Layer& layer, const MemoryMap& memory,
              const GemmChipConfig& config, const Layer* pool, LayerProgram& program) {
    const GemmView view = gemm_view(trace, layer);
    try {
        require_operands(config.array, *view.activation, *view.weight);
        program.operands.emplace_back(*view.activation);
        program.operands.emplace_back(*view.weight);
    } catch (const Error& error) {
        fail("layer '{}': {}", layer.name, error.what());
    }
    GemmMapper(trace, layer, memory, config, pool, program).map();
}

}  // namespace bitloom
