// SPDX-License-Identifier: Apache-2.0
#include "models/cim/mapping/placement.h"

#include <algorithm>
#include <cstdlib>

#include "models/base/error.h"
#include "models/cim/mapping/rectangle_packing.h"

namespace bitloom {

std::vector<std::string> problems(const ArrayGeometry& geometry) {
    std::vector<std::string> found;
    const auto range = [&](const char* name, std::int64_t value, std::int64_t low,
                           std::int64_t high) {
        if (value < low || value > high)
            found.push_back(fmt::format("array.{} = {}: must be {}..{}", name, value, low, high));
    };
    range("rows", geometry.rows, 1, 4096);
    range("columns", geometry.columns, 1, 65536);
    range("cell_bits", geometry.cell_bits, 1, 7);
    range("adc_mux", geometry.adc_mux, 1, 65536);
    range("most_arrays", geometry.most_arrays, 0, 1 << 20);
    if (found.empty() && geometry.columns % geometry.adc_mux != 0)
        found.push_back(fmt::format("array.adc_mux = {}: must divide the {} columns",
                                    geometry.adc_mux, geometry.columns));
    return found;
}

int slices_of(const ArrayGeometry& geometry, int weight_bits) {
    BITLOOM_CHECK(weight_bits >= 2 && weight_bits <= 8, "weights have 2..8 bits, not {}",
                  weight_bits);
    return (weight_bits - 2) / geometry.cell_bits + 1;
}

double Placement::utilization() const {
    return total_cells == 0 ? 0.0
                            : static_cast<double>(mapped_cells) / static_cast<double>(total_cells);
}

double Placement::non_zero_share() const {
    return total_cells == 0
               ? 0.0
               : static_cast<double>(non_zero_cells) / static_cast<double>(total_cells);
}

namespace {

std::int64_t non_zero_slices(const LayerMatrix& layer, int slices, int cell_bits) {
    std::int64_t count = 0;
    const int largest = (1 << (layer.weight_bits - 1)) - 1;
    for (const std::int8_t code : layer.codes) {
        const int magnitude = std::min(std::abs(int{code}), largest);
        for (int s = 0; s < slices; ++s)
            count += (magnitude >> (s * cell_bits) & ((1 << cell_bits) - 1)) != 0 ? 1 : 0;
    }
    return count;
}

std::vector<Block> cut(std::span<const LayerMatrix> layers, const ArrayGeometry& geometry) {
    std::vector<Block> blocks;
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const LayerMatrix& layer = layers[l];
        BITLOOM_CHECK(layer.k >= 1 && layer.n >= 1 &&
                          layer.codes.size() == static_cast<std::size_t>(layer.k * layer.n),
                      "layer '{}' has {} x {} codes, not {}", layer.name, layer.k, layer.n,
                      layer.codes.size());
        const int slices = slices_of(geometry, layer.weight_bits);
        const std::int64_t widest = geometry.columns / slices;
        if (widest == 0)
            fail("layer '{}': a weight takes {} columns: an array has {}", layer.name, slices,
                 geometry.columns);
        for (std::int64_t k = 0; k < layer.k; k += geometry.rows)
            for (std::int64_t n = 0; n < layer.n; n += widest) {
                Block block;
                block.layer = l;
                block.k_begin = k;
                block.k_size = std::min(geometry.rows, layer.k - k);
                block.n_begin = n;
                block.n_size = std::min(widest, layer.n - n);
                block.slices = slices;
                blocks.push_back(block);
            }
    }
    return blocks;
}

}  // namespace

Placement place(std::span<const LayerMatrix> layers, const ArrayGeometry& geometry) {
    Placement placement;
    placement.blocks = cut(layers, geometry);
    std::vector<PackedRectangle> rectangles;
    rectangles.reserve(placement.blocks.size());
    for (const Block& block : placement.blocks)
        rectangles.push_back({block.k_size, block.columns()});
    placement.arrays = pack_rectangles(rectangles, geometry.rows, geometry.columns);
    for (std::size_t i = 0; i < rectangles.size(); ++i) {
        Block& block = placement.blocks[i];
        block.array = rectangles[i].sheet;
        block.row0 = rectangles[i].top;
        block.column0 = rectangles[i].left;
        if (geometry.most_arrays > 0 && block.array >= geometry.most_arrays) {
            const LayerMatrix& layer = layers[block.layer];
            fail(
                "layer '{}' ({} x {} weights): no room on {} arrays of {} x {} pairs: the network "
                "needs {}",
                layer.name, layer.k, layer.n, geometry.most_arrays, geometry.rows, geometry.columns,
                placement.arrays);
        }
        placement.mapped_cells += block.k_size * block.columns();
    }
    for (const LayerMatrix& layer : layers)
        placement.non_zero_cells +=
            non_zero_slices(layer, slices_of(geometry, layer.weight_bits), geometry.cell_bits);
    placement.total_cells = geometry.rows * geometry.columns * placement.arrays;
    return placement;
}

std::int64_t adcs_per_array(const ArrayGeometry& geometry) {
    return geometry.columns / geometry.adc_mux;
}

std::int64_t adc_of_column(const ArrayGeometry& geometry, std::int64_t column) {
    return column % adcs_per_array(geometry);
}

std::int64_t phases_of(const ArrayGeometry& geometry, const Block& block) {
    return (block.columns() - 1) / adcs_per_array(geometry) + 1;
}

std::int64_t phase_of_column(const ArrayGeometry& geometry, std::int64_t column) {
    return column / adcs_per_array(geometry);
}

}  // namespace bitloom
