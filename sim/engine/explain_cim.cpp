// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "models/base/error.h"
#include "sim/engine/explain_layer.h"

namespace bitloom {

namespace {

std::string slowest_stage(const LayerStages& stages) {
    if (stages.array == stages.slowest()) return "arrays and their converters";
    return stages.fetch == stages.slowest() ? "fetch of the rows' operands" : "vector unit";
}

// The cycles of the layer on a chip of another configuration, or nothing where it cannot hold the
// network.
std::optional<std::int64_t> cycles_with(const CimLayerProgram& program, const CimChipConfig& config,
                                        bool place_again, const CimNetwork& network) {
    try {
        const Placement placement =
            place_again ? place(network.matrices, config.crossbar.geometry) : network.placement;
        return layer_stages(config, placement, program).total();
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace

LayerMapping explain_cim_layer(std::size_t layer, const CimNetwork& network,
                               const CimChipConfig& config, const CimLayerProgram& program) {
    LayerMapping mapping;
    const auto add = [&](std::string key, std::string title, auto value, std::string unit = "",
                         std::string note = "") {
        mapping.facts.push_back(
            {std::move(key), std::move(title), value, std::move(unit), std::move(note)});
    };
    const LayerStages stages = layer_stages(config, network.placement, program);
    mapping.cycles = stages.total();
    const ArrayGeometry& geometry = config.crossbar.geometry;
    if (network.matrix_of[layer]) {
        const std::size_t matrix = *network.matrix_of[layer];
        const LayerMatrix& weights = network.matrices[matrix];
        std::set<int> arrays;
        std::int64_t blocks = 0, cells = 0, row_tiles = 0, column_tiles = 0;
        for (const Block& block : network.placement.blocks) {
            if (block.layer != matrix) continue;
            ++blocks;
            arrays.insert(block.array);
            cells += block.k_size * block.columns();
            row_tiles += block.n_begin == 0;
            column_tiles += block.k_begin == 0;
        }
        const auto on = static_cast<std::int64_t>(arrays.size());
        add("matrix_k", "weights: rows, K", weights.k);
        add("matrix_n", "weights: outputs, N", weights.n);
        add("slices", "pairs a weight", std::int64_t{slices_of(geometry, weights.weight_bits)});
        add("row_tiles", "tiles of rows", row_tiles, "", fmt::format("of {} rows", geometry.rows));
        add("column_tiles", "tiles of columns", column_tiles, "",
            fmt::format("of {} columns", geometry.columns));
        add("blocks", "blocks", blocks);
        add("arrays", "arrays side by side", on, "",
            fmt::format("of {}", network.placement.arrays));
        add("mapped_share", "of these arrays' pairs",
            100.0 * static_cast<double>(cells) /
                static_cast<double>(geometry.rows * geometry.columns * on),
            "%");
    }
    add("positions", "output positions", stages.positions);
    add("fetch_cycles", "fetch of a position", stages.fetch, "cycles");
    add("array_cycles", "blocks of a position", stages.array, "cycles",
        "one after another on an array, arrays side by side");
    add("finish_cycles", "vector unit and store", stages.finish, "cycles");
    add("limited_by", "slowest stage", slowest_stage(stages));
    const std::int64_t bound = stages.positions * stages.slowest();
    add("bound_cycles", "bound: positions x slowest stage", bound, "cycles");
    add("cycles_over_bound", "cycles over bound",
        static_cast<double>(stages.total()) /
            static_cast<double>(std::max<std::int64_t>(1, bound)));

    const auto change = [&](const char* resource, std::int64_t from, std::int64_t to,
                            bool place_again, auto&& set) {
        CimChipConfig more = config;
        set(more, to);
        if (const auto with = cycles_with(program, more, place_again, network))
            mapping.changes.push_back(
                {resource, fmt::format("{}", from), fmt::format("{}", to), *with});
    };
    if (program.product) {
        change("array.rows", geometry.rows, 2 * geometry.rows, true,
               [](CimChipConfig& c, std::int64_t v) { c.crossbar.geometry.rows = v; });
        change("array.columns", geometry.columns, 2 * geometry.columns, true,
               [](CimChipConfig& c, std::int64_t v) { c.crossbar.geometry.columns = v; });
        if (geometry.adc_mux % 2 == 0)
            change("array.adc_mux", geometry.adc_mux, geometry.adc_mux / 2, false,
                   [](CimChipConfig& c, std::int64_t v) {
                       c.crossbar.geometry.adc_mux = static_cast<int>(v);
                   });
        change("activation_sram.fetch_bits", config.fetch_bits, 2 * config.fetch_bits, false,
               [](CimChipConfig& c, std::int64_t v) { c.fetch_bits = v; });
    }
    change("vector.lanes", config.vector.lanes, 2 * config.vector.lanes, false,
           [](CimChipConfig& c, std::int64_t v) { c.vector.lanes = v; });
    change("activation_sram.port_bits", config.vector_port_bits, 2 * config.vector_port_bits, false,
           [](CimChipConfig& c, std::int64_t v) { c.vector_port_bits = v; });
    return mapping;
}

}  // namespace bitloom
