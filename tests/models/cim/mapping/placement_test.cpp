// SPDX-License-Identifier: Apache-2.0
// Blocks cover every weight once, lie within arrays and never overlap.
#include "models/cim/mapping/placement.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/base/error.h"
#include "models/cim/mapping/rectangle_packing.h"
#include "tests/models/cim/crossbar/crossbar_bench.h"

namespace bitloom::test {
namespace {

void expect_valid(const std::vector<LayerMatrix>& layers, const ArrayGeometry& geometry,
                  const Placement& placement) {
    std::vector<std::vector<std::int8_t>> weights;
    for (const LayerMatrix& layer : layers)
        weights.emplace_back(static_cast<std::size_t>(layer.k * layer.n), std::int8_t{0});
    std::vector<std::vector<std::int8_t>> cells(
        static_cast<std::size_t>(placement.arrays),
        std::vector<std::int8_t>(static_cast<std::size_t>(geometry.rows * geometry.columns)));
    for (const Block& block : placement.blocks) {
        ASSERT_EQ(block.slices, slices_of(geometry, layers[block.layer].weight_bits));
        for (std::int64_t k = 0; k < block.k_size; ++k) {
            for (std::int64_t n = 0; n < block.n_size; ++n)
                ++weights[block.layer][static_cast<std::size_t>(
                    (block.k_begin + k) * layers[block.layer].n + block.n_begin + n)];
            ASSERT_LT(block.row0 + k, geometry.rows);
            for (std::int64_t c = 0; c < block.columns(); ++c) {
                ASSERT_LT(block.column0 + c, geometry.columns);
                ASSERT_EQ(
                    ++cells.at(static_cast<std::size_t>(block.array))[static_cast<std::size_t>(
                        (block.row0 + k) * geometry.columns + block.column0 + c)],
                    1);
            }
        }
    }
    std::int64_t mapped = 0;
    for (const auto& array : cells) mapped += std::count(array.begin(), array.end(), 1);
    EXPECT_EQ(placement.mapped_cells, mapped);
    EXPECT_EQ(placement.total_cells, geometry.rows * geometry.columns * placement.arrays);
    for (const auto& layer : weights)
        EXPECT_EQ(std::count(layer.begin(), layer.end(), 1),
                  static_cast<std::int64_t>(layer.size()));
}

TEST(Placement, EveryWeightHasOnePlace) {
    const RandomStream random(1, "shapes");
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const auto draw = [&](std::uint64_t i, std::uint64_t bound) {
            return 1 + static_cast<std::int64_t>(random.below(seed * 100 + i, bound));
        };
        const ArrayGeometry geometry{draw(0, 60), 8 * draw(1, 8), static_cast<int>(draw(2, 7)), 1,
                                     0};
        std::vector<LayerMatrix> layers;
        for (std::int64_t l = 0; l < draw(3, 6); ++l)
            layers.push_back(random_layer(fmt::format("l{}", l),
                                          draw(10 + static_cast<std::uint64_t>(l), 100),
                                          draw(20 + static_cast<std::uint64_t>(l), 60),
                                          1 + static_cast<int>(draw(30, 7)), seed));
        expect_valid(layers, geometry, place(layers, geometry));
        if (HasFatalFailure()) FAIL() << "seed " << seed;
    }
}

// The layers of MLPerf Tiny's image classification network on 1024 x 512 pairs: one array, 14.8 %.
TEST(Placement, ResNet8FitsOneArray) {
    std::vector<LayerMatrix> layers;
    const std::pair<int, int> shapes[] = {{27, 16}, {144, 16}, {144, 16}, {144, 32}, {288, 32},
                                          {16, 32}, {288, 64}, {576, 64}, {32, 64},  {64, 10}};
    for (const auto& [k, n] : shapes)
        layers.push_back(random_layer(fmt::format("l{}", layers.size()), k, n, 8, 1));
    const ArrayGeometry geometry;
    const Placement placement = place(layers, geometry);
    expect_valid(layers, geometry, placement);
    EXPECT_EQ(placement.arrays, 1);
    EXPECT_NEAR(placement.utilization(), 0.148, 0.001);
    for (const Block& block : placement.blocks) EXPECT_EQ(phases_of(geometry, block), 1);
}

// Depthwise layers as dense blocks: 22,016 of 167,168 pairs hold something (13.2 %).
TEST(Placement, DepthwiseLayersWasteTheirBlocks) {
    std::vector<LayerMatrix> layers = {random_layer("conv", 40, 64, 8, 1)};
    for (int i = 0; i < 4; ++i) {
        LayerMatrix depthwise{"dw", 576, 64, std::vector<std::int8_t>(576 * 64, 0), 8};
        for (std::size_t c = 0; c < 64; ++c)
            for (std::size_t tap = 0; tap < 9; ++tap) depthwise.codes[(tap * 64 + c) * 64 + c] = 1;
        layers.push_back(depthwise);
        layers.push_back(random_layer("pw", 64, 64, 8, 2));
    }
    layers.push_back(random_layer("fc", 64, 12, 8, 3));
    for (LayerMatrix& layer : layers)
        if (layer.name != "dw") std::fill(layer.codes.begin(), layer.codes.end(), std::int8_t{1});
    const Placement placement = place(layers, {});
    EXPECT_EQ(placement.arrays, 1);
    EXPECT_EQ(placement.mapped_cells, 167'168);
    EXPECT_EQ(placement.non_zero_cells, 22'016);
}

TEST(Placement, SlicesCountWhatTheyHold) {
    // 7 bits of magnitude in slices of 2: 127 = 1 11 11 11, 64 = 1 00 00 00, 3 = 11.
    const LayerMatrix layer{"l", 1, 4, {127, -64, 3, 0}, 8};
    const Placement placement = place(std::vector{layer}, {4, 16, 2, 1, 0});
    EXPECT_EQ(placement.mapped_cells, 16);
    EXPECT_EQ(placement.non_zero_cells, 4 + 1 + 1);
    EXPECT_DOUBLE_EQ(placement.utilization(), 0.25);
    EXPECT_DOUBLE_EQ(placement.non_zero_share(), 6.0 / 64.0);
}

TEST(Placement, RefusalsNameTheLayerAndWhatWouldDo) {
    const std::vector<LayerMatrix> layers = {random_layer("small", 10, 10, 8, 1),
                                             random_layer("big", 100, 40, 8, 2)};
    const auto message = [&](const ArrayGeometry& geometry) -> std::string {
        try {
            place(layers, geometry);
        } catch (const Error& error) {
            return error.what();
        }
        return "placed";
    };
    EXPECT_EQ(message({64, 32, 7, 1, 2}),
              "layer 'small' (10 x 10 weights): no room on 2 arrays of 64 x 32 pairs: the network "
              "needs 3");
    EXPECT_EQ(message({64, 32, 7, 1, 3}), "placed");
    EXPECT_EQ(message({64, 4, 1, 1, 0}), "layer 'small': a weight takes 7 columns: an array has 4");
}

// Columns that share an ADC are converted one after the other, neighbours at once.
TEST(Placement, PhasesAreTheColumnsOfTheBusiestAdc) {
    const ArrayGeometry geometry{1024, 512, 7, 4, 0};
    EXPECT_EQ(adcs_per_array(geometry), 128);
    for (const std::int64_t first : {0, 5, 128, 300})
        for (const std::int64_t columns : {1, 64, 127, 128, 129, 200}) {
            Block block;
            block.column0 = first;
            block.n_size = columns;
            std::vector<std::int64_t> of_adc(128);
            for (std::int64_t c = 0; c < columns; ++c) {
                const auto adc = static_cast<std::size_t>(adc_of_column(geometry, first + c));
                EXPECT_EQ(phase_of_column(geometry, c), of_adc[adc]++);
            }
            EXPECT_EQ(phases_of(geometry, block), *std::max_element(of_adc.begin(), of_adc.end()));
        }
}

TEST(Placement, EqualSheetsAreFilledWithoutGaps) {
    std::vector<PackedRectangle> rectangles(64);
    for (PackedRectangle& each : rectangles) {
        each.height = 32;
        each.width = 16;
    }
    EXPECT_EQ(pack_rectangles(rectangles, 128, 64), 4);
    rectangles[0].height = 129;
    EXPECT_THROW(pack_rectangles(rectangles, 128, 64), InternalError);
    EXPECT_EQ(pack_rectangles({}, 128, 64), 0);
}

TEST(Placement, EveryProblemIsNamed) {
    EXPECT_EQ(problems(ArrayGeometry{0, 512, 8, 4, -1}),
              (std::vector<std::string>{"array.rows = 0: must be 1..4096",
                                        "array.cell_bits = 8: must be 1..7",
                                        "array.most_arrays = -1: must be 0..1048576"}));
    EXPECT_EQ(problems(ArrayGeometry{16, 30, 7, 4, 0}),
              (std::vector<std::string>{"array.adc_mux = 4: must divide the 30 columns"}));
    EXPECT_TRUE(problems(ArrayGeometry{}).empty());
}

}  // namespace
}  // namespace bitloom::test
