// SPDX-License-Identifier: Apache-2.0
#include "models/array/bit_serial/bit_serial_timing.h"

#include <algorithm>
#include <bit>

#include "models/base/divide_up.h"
#include "models/base/error.h"

namespace bitloom {

namespace {

PlaneLayout layout_of(PlaneStacking stacking, const BitGemmShape& shape) {
    const bool rows = stacking == PlaneStacking::activations || stacking == PlaneStacking::full;
    const bool columns = stacking == PlaneStacking::weights || stacking == PlaneStacking::full;
    return {rows ? shape.activation_bits : 1, columns ? shape.weight_bits : 1,
            (rows ? 1 : shape.activation_bits) * (columns ? 1 : shape.weight_bits)};
}

// Cycles of a word that is issued in one cycle if the ports keep up.
std::int64_t word_cycles(const BitSerialConfig& config) {
    return std::max({std::int64_t{1},
                     port_cycles(config.rows, config.word_bits, config.activation_port_bits),
                     port_cycles(config.columns, config.word_bits, config.weight_port_bits)});
}

}  // namespace

std::int64_t port_cycles(std::int64_t lines, std::int64_t bits, std::int64_t port_bits) {
    return divide_up(lines * bits, port_bits);
}

int schedule_bits(const BitSerialConfig& config) {
    return std::bit_width(static_cast<unsigned>(config.lookahead + config.lookaside));
}

std::int64_t combination_cycles(const PlaneLayout& layout) {
    return std::bit_width(static_cast<unsigned>(layout.row_planes * layout.column_planes - 1));
}

std::int64_t issue_slots(const BitSerialConfig& config, const BitGemmShape& shape,
                         const PlaneLayout& layout) {
    return divide_up(shape.m * layout.row_planes, config.rows) *
           divide_up(shape.n * layout.column_planes, config.columns) *
           divide_up(shape.k, config.word_bits) * layout.serial_pairs;
}

PlaneLayout plane_layout(const BitSerialConfig& config, const BitGemmShape& shape) {
    if (config.dataflow != BitSerialDataflow::apnn) return layout_of(PlaneStacking::none, shape);
    if (config.stacking != PlaneStacking::automatic) return layout_of(config.stacking, shape);
    PlaneLayout best;
    std::int64_t least = 0;
    for (const PlaneStacking stacking : plane_stackings) {
        if (stacking == PlaneStacking::automatic) continue;
        const PlaneLayout layout = layout_of(stacking, shape);
        const std::int64_t cycles =
            issue_slots(config, shape, layout) * word_cycles(config) + combination_cycles(layout);
        if (stacking != PlaneStacking::none && cycles >= least) continue;
        best = layout;
        least = cycles;
    }
    return best;
}

std::vector<BitFold> bit_folds(const BitSerialConfig& config, const BitGemmShape& shape,
                               const PlaneLayout& layout) {
    const std::int64_t rows = shape.m * layout.row_planes;
    const std::int64_t columns = shape.n * layout.column_planes;
    std::vector<BitFold> folds;
    for (std::int64_t column = 0; column < columns; column += config.columns)
        for (std::int64_t row = 0; row < rows; row += config.rows)
            folds.push_back({row, std::min(config.rows, rows - row), column,
                             std::min(config.columns, columns - column)});
    return folds;
}

std::int64_t estimate_cycles(const BitSerialConfig& config, std::int64_t m, std::int64_t n,
                             std::int64_t k, int weight_bits, int activation_bits) {
    const BitGemmShape shape{m, n, k, weight_bits, activation_bits};
    const std::int64_t folds = divide_up(m, config.rows) * divide_up(n, config.columns);
    const auto step = [&](std::int64_t cycles, std::int64_t activations, std::int64_t weights) {
        return std::max({cycles, port_cycles(config.rows, activations, config.activation_port_bits),
                         port_cycles(config.columns, weights, config.weight_port_bits)});
    };
    switch (config.dataflow) {
        case BitSerialDataflow::bismo:
        case BitSerialDataflow::apnn: {
            const PlaneLayout layout = plane_layout(config, shape);
            return issue_slots(config, shape, layout) * word_cycles(config) +
                   combination_cycles(layout) + config.fill_cycles;
        }
        case BitSerialDataflow::loom:
            return folds * divide_up(k, config.word_bits) *
                       step(divide_up(activation_bits, config.serial_bits) * weight_bits,
                            config.word_bits * activation_bits, config.word_bits * weight_bits) +
                   config.fill_cycles;
        case BitSerialDataflow::stripes:
        case BitSerialDataflow::pragmatic:
            return folds * divide_up(k, config.lanes) *
                       step(activation_bits, config.lanes * activation_bits,
                            config.lanes * weight_bits) +
                   config.fill_cycles;
        case BitSerialDataflow::bit_tactical:
            // A step that skips lines replaces the steps of these lines, whose reads it waits for.
            return folds * divide_up(k, config.lanes) *
                       step(activation_bits, config.lanes * activation_bits,
                            config.lanes * (weight_bits + schedule_bits(config))) +
                   config.fill_cycles;
    }
    BITLOOM_CHECK(false, "dataflow {} has a cycle rule", static_cast<int>(config.dataflow));
    return 0;
}

std::int64_t bismo_cycles(std::int64_t rows, std::int64_t columns, std::int64_t word_bits,
                          const BitGemmShape& shape, std::int64_t fill_cycles) {
    return divide_up(shape.m, rows) * divide_up(shape.n, columns) * divide_up(shape.k, word_bits) *
               shape.weight_bits * shape.activation_bits +
           fill_cycles;
}

std::int64_t apnn_issues(std::int64_t m_bits, std::int64_t n_bits, std::int64_t k_bits,
                         std::int64_t m, std::int64_t n, std::int64_t k, int row_planes,
                         int column_planes) {
    return divide_up(row_planes * m, m_bits) * divide_up(column_planes * n, n_bits) *
           divide_up(k, k_bits);
}

std::int64_t bit_fusion_cycles(std::int64_t rows, std::int64_t columns, const BitFusionLayer& layer,
                               bool im2col) {
    const std::int64_t fused =
        (8 / std::max(layer.activation_bits, 2)) * (8 / std::max(layer.weight_bits, 2));
    const std::int64_t kernel = layer.kernel_h * layer.kernel_w;
    const std::int64_t pixels = layer.batch * layer.out_h * layer.out_w;
    const std::int64_t sets = divide_up(layer.out_channels, columns);
    if (im2col) return pixels * sets * divide_up(kernel * layer.in_channels, rows * fused);
    return pixels * sets * kernel * divide_up(layer.in_channels, rows * fused);
}

}  // namespace bitloom
