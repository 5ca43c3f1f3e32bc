// SPDX-License-Identifier: Apache-2.0
// Whole GEMM tiles on the array of bit-serial PEs, against the definition.
#include "models/pe/bit_serial/bit_serial_array_step.h"

#include <gtest/gtest.h>

#include "tests/models/pe/bit_serial_dot.h"

namespace bitloom {
namespace {

using namespace test;

constexpr int rows = 3, columns = 5;

// A reduction of random operands with positions masked row by row; the results and the cycle of
// each tile.
struct Tile {
    BitOperand a, w;
    std::int64_t length = 0;
    std::vector<BitPlanes> x, y;
    std::vector<std::vector<std::uint64_t>> masks;
    std::vector<std::int64_t> expected;  // row-major

    Tile(const RandomStream& random, std::uint64_t turn, BitOperand a_, BitOperand w_,
         std::int64_t length_)
        : a(a_), w(w_), length(length_) {
        std::vector<std::vector<std::uint8_t>> x_codes, y_codes;
        const std::uint64_t at = turn << 16;
        for (int r = 0; r < rows; ++r) {
            const auto index = static_cast<std::uint64_t>(r);
            x_codes.push_back(random_codes(random, at + index * 512, length, a.bits));
            x.push_back(pack_planes(x_codes.back(), a.bits));
            masks.push_back(full_mask(length));
            if (r != 0)
                for (std::size_t i = 0; i < masks.back().size(); ++i)
                    masks.back()[i] &= random.bits(at + 8192 + index * 64 + i);
        }
        for (int c = 0; c < columns; ++c) {
            y_codes.push_back(random_codes(random, at + 16384 + static_cast<std::uint64_t>(c) * 512,
                                           length, w.bits));
            y.push_back(pack_planes(y_codes.back(), w.bits));
        }
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t c = 0; c < columns; ++c)
                expected.push_back(plain_dot(a, x_codes[r], w, y_codes[c], masks[r]));
    }
};

TEST(BitSerialArrayStep, ComputesTilesBackToBackWithTheStatedLatency) {
    const RandomStream random(1, "bit_serial_array");
    std::vector<Tile> tiles;
    for (const BitEncoding a : bit_encodings())
        for (const BitEncoding w : bit_encodings())
            for (const auto& [p, q, length] :
                 {std::tuple{1, 1, 65}, {2, 3, 64}, {4, 1, 130}, {8, 8, 200}, {1, 1, 1}})
                tiles.emplace_back(random, tiles.size(), BitOperand{a, p}, BitOperand{w, q},
                                   length);

    BitSerialArrayStep array(rows, columns);
    std::int64_t cycle = 0;
    std::vector<std::int64_t> due;  // cycle of each tile's results
    std::size_t done = 0;
    const auto edge = [&](const BitSerialArrayStep::Inputs& inputs) {
        if (inputs.last) due.push_back(cycle + BitSerialArrayStep::latency_cycles);
        EXPECT_EQ(array.valid(), done < due.size() && due[done] == cycle) << cycle;
        if (array.valid()) {
            for (int r = 0; r < rows; ++r)
                for (int c = 0; c < columns; ++c)
                    ASSERT_EQ(array.result(r, c),
                              tiles[done].expected[static_cast<std::size_t>(r * columns + c)])
                        << "tile " << done << " row " << r << " column " << c;
            ++done;
        }
        array.edge(inputs);
        ++cycle;
    };
    for (std::size_t t = 0; t < tiles.size(); ++t) {
        const Tile& tile = tiles[t];
        const auto steps = plane_schedule(tile.a, tile.w);
        for (std::size_t s = 0; s < steps.size(); ++s) {
            const auto words = static_cast<std::size_t>(tile.x[0].words());
            for (std::size_t i = 0; i < words; ++i) {
                BitSerialArrayStep::Inputs inputs;
                inputs.control = steps[s].control(i == 0);
                inputs.last = s + 1 == steps.size() && i + 1 == words;
                for (std::size_t r = 0; r < rows; ++r) {
                    inputs.activations.push_back(tile.x[r].plane(steps[s].activation_plane)[i]);
                    inputs.masks.push_back(tile.masks[r][i]);
                }
                for (std::size_t c = 0; c < columns; ++c)
                    inputs.weights.push_back(tile.y[c].plane(steps[s].weight_plane)[i]);
                edge(inputs);
                if ((t + i) % 5 == 0) edge({});  // a gap
            }
        }
    }
    for (int i = 0; i < 5; ++i) edge({});
    EXPECT_EQ(done, tiles.size());
}

TEST(BitSerialArrayStep, ResetEmptiesEveryStage) {
    BitSerialArrayStep array(1, 1);
    const BitSerialArrayStep::Inputs inputs{
        {true, false, false, false, BitSerialMode::and_binary}, true, {3}, {3}, {3}};
    for (int i = 0; i < 5; ++i) array.edge(inputs);
    EXPECT_TRUE(array.valid());
    EXPECT_GT(array.result(0, 0), 0);
    array.reset();
    for (int i = 0; i < 5; ++i) {
        EXPECT_FALSE(array.valid());
        EXPECT_EQ(array.result(0, 0), 0);
        EXPECT_EQ(array.accumulator(0, 0), 0);
        array.edge({});
    }
}

}  // namespace
}  // namespace bitloom
