// SPDX-License-Identifier: Apache-2.0
// What the chip does for one layer: four queues (loads, array tiles, vector tasks, stores), each
// executed in order, and the watermarks by which they wait for each other. sim/mapping writes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/array/convolution_tile.h"
#include "models/memory/dma.h"
#include "models/numeric/code_values.h"
#include "models/vector/layer_parameters.h"
#include "models/vector/vector_cost.h"
#include "models/vector/vector_math.h"

namespace bitloom {

enum class Buffer { activation, weight, vector, parameters };

struct LoadCommand {
    Buffer target = Buffer::activation;
    int half = 0;
    std::int64_t offset = 0;  // in the half, bytes
    std::vector<Segment> segments;
    // Where the bytes go: rows of row_bytes every row_pitch, the rest of region_bytes is zeroed
    // (zero is the code of zero in every format). One row of region_bytes: contiguous.
    std::int64_t rows = 1, row_bytes = 0, row_pitch = 0, first_row_offset = 0;
    std::int64_t region_bytes = 0;
    // The half is free when so many array tiles, vector tasks and stores of this layer are done.
    std::int64_t after_tiles = 0, after_tasks = 0, after_stores = 0;
};

struct ArrayTask {
    ConvolutionTile tile;
    int activation_half = 0, weight_half = 0, psum_half = 0;
    std::int64_t activation_offset = 0;  // of the band in the activation half, bytes
    std::int64_t weight_offset = 0;      // of the tile in the weight half, bytes
    std::int64_t activation_content = 0, weight_content = 0;  // equal numbers, equal bytes
    std::int64_t group = 0;
    std::int64_t needs_loads = 0;  // so many loads must be done
    std::int64_t needs_tasks = 0;  // so many vector tasks: the psum half is free
    std::int64_t psum_columns = 1;
    bool first_of_psums = true;  // clears the psum half
};

// One task of the vector unit on one half of the vector buffer.
struct VectorTask {
    int half = 0;
    VectorWork work;  // rows and features (words) of the result
    std::int64_t needs_tiles = 0, needs_loads = 0, needs_stores = 0;
    // conv2d, gemm, matmul: psums [work.rows][work.features]
    int psum_half = 0;
    std::int64_t first_channel = 0;
    // Offsets in the half, bytes. Inputs are words except where codes are moved.
    std::vector<std::int64_t> inputs;
    std::vector<std::int64_t> input_elements;
    std::vector<std::int64_t> outputs;
    std::int64_t constant_offset = 0;  // add with a constant: index of the first element
    PoolBand band;                     // pools, fused or not
    // A fused pooling: its work, and where in the half the words lie that it takes.
    VectorWork pool_work;
    std::int64_t pool_words_offset = 0;
    // transpose: sizes of the block in the input's order, and its permutation
    std::vector<std::int64_t> block_shape, permutation;
    std::vector<std::int64_t> piece_features;  // concat: features of each input
    std::size_t first_input = 0;               // concat: which of the layer's inputs comes first
};

struct StoreCommand {
    int half = 0;
    std::int64_t needs_tasks = 0;
    struct Piece {
        std::int64_t offset = 0;  // in the half, bytes
        std::vector<Segment> segments;
        std::int64_t bytes = 0;
    };
    std::vector<Piece> pieces;  // one an output encoding
};

// A pooling of a convolution's results before they leave.
struct FusedPool {
    Operator op = Operator::max_pool;
    Window window;
    LayerParameters parameters;
};

struct LayerProgram {
    std::string layer;
    Operator op = Operator::gemm;
    Window window;
    std::vector<LoadCommand> loads;
    std::vector<ArrayTask> tiles;
    std::vector<VectorTask> tasks;
    std::vector<StoreCommand> stores;  // one a task
    LayerParameters parameters;
    std::optional<FusedPool> pool;
    std::vector<CodeValues> operands;  // activation and weight; empty without GEMM
};

}  // namespace bitloom
