// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/simulation_cache.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>

namespace bitloom {

namespace {

// Capacities bound what the mapper plans, which the programs show; the others are prices.
bool is_without_effect(std::string_view key) {
    constexpr std::string_view capacities[] = {"weight_buffer.bytes", "activation_buffer.bytes",
                                               "output_buffer.bytes", "vector_buffer.bytes",
                                               "global_buffer.bytes"};
    return key.starts_with("energy.") || key.starts_with("technology.") || key == "clock.voltage" ||
           key.ends_with(".access_bits") ||
           std::find(std::begin(capacities), std::end(capacities), key) != std::end(capacities);
}

// All that a program says of its own; window, formats and parameters are those of the trace's
// layer. Lists have their length before them.
class Writer {
public:
    void program(const LayerProgram& program) {
        put(program.pool.has_value());
        list(program.loads, [this](const LoadCommand& load) {
            put(load.target, load.half, load.offset, load.rows, load.row_bytes, load.row_pitch,
                load.first_row_offset, load.region_bytes, load.after_tiles, load.after_tasks,
                load.after_stores);
            segments(load.segments);
        });
        list(program.tiles, [this](const ArrayTask& task) {
            tile(task.tile);
            put(task.activation_half, task.weight_half, task.psum_half, task.activation_offset,
                task.weight_offset, task.activation_content, task.weight_content, task.group,
                task.needs_loads, task.needs_tasks, task.psum_columns, task.first_of_psums);
        });
        list(program.tasks, [this](const VectorTask& each) { task(each); });
        list(program.stores, [this](const StoreCommand& store) {
            put(store.half, store.needs_tasks);
            list(store.pieces, [this](const StoreCommand::Piece& piece) {
                put(piece.offset, piece.bytes);
                segments(piece.segments);
            });
        });
    }

    std::string take() { return std::move(text_); }

private:
    template <class... Numbers>
    void put(Numbers... numbers) {
        (put_one(static_cast<std::int64_t>(numbers)), ...);
    }
    void put_one(std::int64_t number) {
        text_.append(reinterpret_cast<const char*>(&number), sizeof number);
    }
    template <class T, class Each>
    void list(const std::vector<T>& items, const Each& each) {
        put(items.size());
        for (const T& item : items) each(item);
    }
    void numbers(const std::vector<std::int64_t>& items) {
        list(items, [this](std::int64_t item) { put(item); });
    }
    void segments(const std::vector<Segment>& items) {
        list(items, [this](const Segment& item) { put(item.address, item.bytes); });
    }
    void window(const Window& w) {
        put(w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.pad_top, w.pad_left, w.pad_bottom,
            w.pad_right, w.dilation_h, w.dilation_w);
    }
    void tile(const ConvolutionTile& t) {
        put(t.band_h, t.band_w, t.channels, t.channel_begin, t.group_channels, t.pad_top,
            t.pad_bottom, t.pad_left, t.pad_right, t.out_h, t.out_w, t.n, t.k_begin, t.k_end,
            t.k_major, t.activation_bits, t.weight_bits, t.accumulate, t.psum_column);
        window(t.window);
    }
    void work(const VectorWork& w) { put(w.rows, w.features, w.window_taps); }
    void task(const VectorTask& t) {
        put(t.half, t.needs_tiles, t.needs_loads, t.needs_stores, t.psum_half, t.first_channel,
            t.constant_offset, t.pool_words_offset, t.first_input);
        work(t.work);
        work(t.pool_work);
        put(t.band.in_h, t.band.in_w, t.band.channels, t.band.out_w, t.band.row_begin,
            t.band.row_end, t.band.band_begin);
        for (const auto* items : {&t.inputs, &t.input_elements, &t.outputs, &t.block_shape,
                                  &t.permutation, &t.piece_features})
            numbers(*items);
    }

    std::string text_;
};

// The counts of a measurement in a fixed order, for writing and reading alike.
template <class Measurement>
auto counts_of(Measurement& m) {
    auto& a = m.array;
    return std::array{&m.begin_cycle,
                      &m.cycles,
                      &m.vector_busy,
                      &m.wait_operands,
                      &m.wait_output,
                      &m.wait_vector,
                      &m.wait_writeback,
                      &a.macs,
                      &a.decodes,
                      &a.psum_words,
                      &a.activation_read_bits,
                      &a.weight_read_bits,
                      &a.output_read_bits,
                      &a.output_write_bits,
                      &a.overflows,
                      &a.popcount_bits,
                      &a.accumulates,
                      &a.combines,
                      &a.cycles.streaming,
                      &a.cycles.fill_drain,
                      &a.cycles.bandwidth};
}

// JSON has no infinity, which is the SQNR of an exact layer.
nlohmann::json json_of(const std::optional<double>& value) {
    if (value && std::isinf(*value)) return "inf";
    return value ? nlohmann::json(*value) : nlohmann::json();
}

std::optional<double> real_of(const nlohmann::json& json) {
    if (json.is_null()) return std::nullopt;
    if (json == "inf") return std::numeric_limits<double>::infinity();
    return json.get<double>();
}

}  // namespace

SimulationCache::Key simulation_key(const std::map<std::string, std::string>& configuration,
                                    const std::map<std::string, LayerProgram>& programs,
                                    const SimulationCache::Key& others) {
    SimulationCache::Key key = others;
    for (const auto& [name, value] : configuration)
        if (!is_without_effect(name)) key.emplace_back(name, value);
    for (const auto& [name, program] : programs) {
        Writer writer;
        writer.program(program);
        key.emplace_back(name, writer.take());
    }
    return key;
}

std::string to_text(const std::vector<SimulatedLayer>& layers) {
    nlohmann::json all = nlohmann::json::array();
    for (const SimulatedLayer& layer : layers) {
        nlohmann::json counts = nlohmann::json::array();
        for (const std::int64_t* count : counts_of(layer.measured)) counts.push_back(*count);
        nlohmann::json events = nlohmann::json::object();
        for (const auto& [event, count] : layer.measured.activity.events()) events[event] = count;
        all.push_back({{"name", layer.name},
                       {"counts", counts},
                       {"events", events},
                       {"sqnr_db", json_of(layer.sqnr_db)},
                       {"cosine", json_of(layer.cosine)},
                       {"max_error", json_of(layer.max_error)}});
    }
    return all.dump();
}

std::vector<SimulatedLayer> simulated_layers(const std::string& text) {
    std::vector<SimulatedLayer> layers;
    for (const nlohmann::json& json : nlohmann::json::parse(text)) {
        SimulatedLayer& layer = layers.emplace_back();
        layer.name = json.at("name").get<std::string>();
        std::size_t index = 0;
        for (std::int64_t* count : counts_of(layer.measured))
            *count = json.at("counts").at(index++).get<std::int64_t>();
        for (const auto& [event, count] : json.at("events").items())
            layer.measured.activity.add(event, count.get<std::int64_t>());
        layer.sqnr_db = real_of(json.at("sqnr_db"));
        layer.cosine = real_of(json.at("cosine"));
        layer.max_error = real_of(json.at("max_error"));
    }
    return layers;
}

}  // namespace bitloom
