// SPDX-License-Identifier: Apache-2.0
// Where the weights of a network are: layers cut into blocks, blocks laid out on arrays.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bitloom {

// A layer's weights as a matrix of its GEMM: K inputs by N outputs. Grouped convolutions arrive as
// dense block-diagonal matrices.
struct LayerMatrix {
    std::string name;
    std::int64_t k = 0, n = 0;
    std::vector<std::int8_t> codes;  // [k][n]
    int weight_bits = 8;             // 2..8: codes of intP; -2^(P-1) is held as -(2^(P-1) - 1)
};

// Of one array; all arrays of a chip are equal.
struct ArrayGeometry {
    std::int64_t rows = 1024;
    std::int64_t columns = 512;  // of pairs
    int cell_bits = 7;           // 1..7: bits of weight magnitude that a pair holds
    int adc_mux = 4;             // columns that share an ADC; divides `columns`
    int most_arrays = 0;         // 0: as many as needed
};

std::vector<std::string> problems(const ArrayGeometry& geometry);

// Pairs beside each other that hold one weight: its magnitude has weight_bits - 1 bits. Slice s has
// the bits from s * cell_bits on; the lowest slice is the leftmost column.
int slices_of(const ArrayGeometry& geometry, int weight_bits);

// One rectangle of one layer on one array.
struct Block {
    std::size_t layer = 0;
    std::int64_t k_begin = 0, k_size = 0;  // its rows: row0..row0 + k_size - 1 of the array
    std::int64_t n_begin = 0, n_size = 0;  // its outputs
    int slices = 1;
    int array = 0;
    std::int64_t row0 = 0, column0 = 0;

    // Column (n - n_begin) * slices + s from column0 on holds slice s of output n.
    std::int64_t columns() const { return n_size * slices; }
};

struct Placement {
    std::vector<Block> blocks;        // by layer, then row tile, then column tile
    int arrays = 0;                   // in use
    std::int64_t mapped_cells = 0;    // pairs within blocks
    std::int64_t non_zero_cells = 0;  // those that hold a slice other than 0
    std::int64_t total_cells = 0;     // rows * columns * arrays

    double utilization() const;     // mapped / total
    double non_zero_share() const;  // non-zero / total
};

// Cuts K into tiles of at most `rows` and N into tiles of at most columns / slices (the last one
// holds the rest) and lays the blocks out without overlap: larger ones first, each where it leaves
// the narrowest gap. Deterministic. Error when more than most_arrays are needed (names the first
// layer without room and the number that would do) or when one weight has more slices than an
// array has columns.
Placement place(std::span<const LayerMatrix> layers, const ArrayGeometry& geometry);

// ADCs are dealt out in turn: column c is converted by ADC c mod (columns / adc_mux), so that
// neighbouring columns are converted together.
std::int64_t adcs_per_array(const ArrayGeometry& geometry);
std::int64_t adc_of_column(const ArrayGeometry& geometry, std::int64_t column);
// Phases of one pass over the columns of a block: the most columns of it that one ADC has.
std::int64_t phases_of(const ArrayGeometry& geometry, const Block& block);
// In which of these phases a column of the block (0..columns() - 1) is converted.
std::int64_t phase_of_column(const ArrayGeometry& geometry, std::int64_t column);

}  // namespace bitloom
