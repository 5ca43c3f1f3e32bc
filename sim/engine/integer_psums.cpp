// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/integer_psums.h"

#include <algorithm>
#include <cstring>

#include "models/array/gemm_kernel.h"
#include "models/base/error.h"
#include "models/numeric/code_values.h"
#include "models/pe/ant_pe/ant_pe.h"
#include "sim/mapping/gemm_view.h"
#include "sim/mapping/weight_image.h"

namespace bitloom {

// What a layer's product needs beyond its inputs, prepared once.
struct IntegerPsums::Product {
    GemmView view;
    CodeValues activation, weight;
    std::vector<ConvolutionTile> tiles;  // one a group
    std::vector<ReductionRuns> runs;
    std::vector<PackedWeights> weights;  // empty for products of activations

    Product(const Trace& trace, const Layer& layer);
};

IntegerPsums::Product::Product(const Trace& trace, const Layer& layer)
    : view(gemm_view(trace, layer)), activation(*view.activation), weight(*view.weight) {
    std::vector<std::byte> image;
    if (layer.weights) image = weight_image(trace, layer);
    for (std::int64_t group = 0; group < view.groups; ++group) {
        ConvolutionTile tile;
        tile.window = view.window;
        tile.out_h = view.out_h;
        tile.out_w = view.out_w;
        tile.band_h = std::max(band_rows(view, view.out_h),
                               view.in_h + view.window.pad_top + view.window.pad_bottom);
        tile.band_w = std::max(band_columns(view, view.out_w),
                               view.in_w + view.window.pad_left + view.window.pad_right);
        tile.pad_top = view.window.pad_top;
        tile.pad_bottom = tile.band_h - view.in_h - tile.pad_top;
        tile.pad_left = view.window.pad_left;
        tile.pad_right = tile.band_w - view.in_w - tile.pad_left;
        tile.channels = view.channels;
        tile.channel_begin = group * view.group_channels();
        tile.group_channels = view.group_channels();
        tile.n = view.group_outputs();
        tile.k_end = view.k();
        tile.k_major = view.k_major;
        tile.activation_bits = view.activation_bits;
        tile.weight_bits = view.weight_bits;
        tile.psum_column = group * view.group_outputs();
        tiles.push_back(tile);
        runs.emplace_back(tile);
        if (layer.weights)
            weights.emplace_back(tile, runs.back(),
                                 image.data() + group * view.group_outputs() *
                                                    packed_bytes(view.k(), tile.weight_bits),
                                 weight);
    }
}

IntegerPsums::~IntegerPsums() = default;

IntegerPsums::IntegerPsums(const Trace& trace, int accumulator_bits)
    : trace_(trace), accumulator_bits_(accumulator_bits) {
    for (const Layer& layer : trace_.manifest().layers) {
        const bool product = has_weights(layer.op) || layer.op == Operator::matmul;
        products_.push_back(product ? std::make_unique<Product>(trace_, layer) : nullptr);
    }
}

LayerParameters IntegerPsums::parameters(std::size_t index) const {
    return layer_parameters(trace_, trace_.manifest().layers[index]);
}

void IntegerPsums::psums(std::size_t index, std::span<const std::byte> first,
                         std::span<const std::byte> second, std::uint64_t, PsumTile& psums) const {
    const Product& product = *products_[index];
    const GemmView& view = product.view;
    const std::int64_t pixels = view.out_h * view.out_w;
    psums.clear(view.batch * pixels, view.out_channels);
    const std::int64_t pixel = packed_bytes(view.channels, view.activation_bits);
    for (std::int64_t batch = 0; batch < view.batch; ++batch) {
        const std::byte* source = first.data() + batch * view.in_h * view.in_w * pixel;
        const ConvolutionTile& whole = product.tiles[0];
        std::vector<std::byte> band(static_cast<std::size_t>(whole.band_h * whole.band_w * pixel));
        for (std::int64_t row = 0; row < view.in_h; ++row)
            std::memcpy(
                band.data() +
                    ((row + view.window.pad_top) * whole.band_w + view.window.pad_left) * pixel,
                source + row * view.in_w * pixel, static_cast<std::size_t>(view.in_w * pixel));
        for (std::size_t g = 0; g < product.tiles.size(); ++g) {
            const ConvolutionTile& tile = product.tiles[g];
            const UnpackedActivations unpacked(tile, band.data(), product.activation);
            PackedWeights own;
            if (product.weights.empty())
                own = PackedWeights(tile, product.runs[g],
                                    second.data() + batch * tile.weight_bytes(), product.weight);
            multiply(tile, product.runs[g], unpacked,
                     product.weights.empty() ? own : product.weights[g],
                     psums.words.data() + batch * pixels * view.out_channels + tile.psum_column,
                     view.out_channels);
        }
    }
    if (accumulator_bits_ < 32)
        for (std::int32_t& word : psums.words)
            word = static_cast<std::int32_t>(wrap_to_bits(word, accumulator_bits_));
}

}  // namespace bitloom
