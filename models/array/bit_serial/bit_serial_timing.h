// SPDX-License-Identifier: Apache-2.0
// Cycles of a bit-serial core that follow from shapes and precisions alone, and how a command is
// cut into folds. Rules that need the data: bit_serial_steps.h.
#pragma once

#include <cstdint>
#include <vector>

#include "models/array/bit_serial/bit_serial_config.h"

namespace bitloom {

// A multiplication M x K by K x N, weights of weight_bits planes and activations of
// activation_bits. All sizes >= 1, precisions 1..8.
struct BitGemmShape {
    std::int64_t m = 1, n = 1, k = 1;
    int weight_bits = 1, activation_bits = 1;
};

// How planes lie in the array: `row_planes` of the activations side by side (1 or activation_bits),
// `column_planes` of the weights. Virtual row m * row_planes + t carries plane t of activation m
// where planes are stacked; virtual columns likewise.
struct PlaneLayout {
    int row_planes = 1, column_planes = 1;
    int serial_pairs = 1;  // pairs of planes that follow one another in time
    bool operator==(const PlaneLayout&) const = default;
};

// Of bismo and apnn; the other dataflows are not stacked.
PlaneLayout plane_layout(const BitSerialConfig& config, const BitGemmShape& shape);

// Cycles to add the shifted sums of stacked planes: an adder tree over row_planes * column_planes.
std::int64_t combination_cycles(const PlaneLayout& layout);

// Virtual rows and columns of one pass over the array.
struct BitFold {
    std::int64_t row_begin = 0, row_count = 0;
    std::int64_t column_begin = 0, column_count = 0;
};
// In execution order: columns in the outer loop.
std::vector<BitFold> bit_folds(const BitSerialConfig& config, const BitGemmShape& shape,
                               const PlaneLayout& layout);

// bismo and apnn: words issued, ceil(row_planes*M/rows) * ceil(column_planes*N/columns) *
// ceil(K/word_bits) * serial_pairs.
std::int64_t issue_slots(const BitSerialConfig& config, const BitGemmShape& shape,
                         const PlaneLayout& layout);

// Cycles of a port that reads `bits` for each of the array's `lines` rows or columns.
std::int64_t port_cycles(std::int64_t lines, std::int64_t bits, std::int64_t port_bits);

// Bits that say where a weight of bit_tactical was found: ceil(log2(1 + lookahead + lookaside)).
int schedule_bits(const BitSerialConfig& config);

// Cycles of one command. Exact for bismo, apnn and stripes; for the others, whose cycles depend on
// the data, the most that any data can take.
std::int64_t estimate_cycles(const BitSerialConfig& config, std::int64_t m, std::int64_t n,
                             std::int64_t k, int weight_bits, int activation_bits);

// BISMO (Umuroglu et al., FPL'18): ceil(M/rows) * ceil(N/columns) * ceil(K/word) * Pw * Pa + L.
std::int64_t bismo_cycles(std::int64_t rows, std::int64_t columns, std::int64_t word_bits,
                          const BitGemmShape& shape, std::int64_t fill_cycles);

// APNN-TC (Feng et al., SC'21): tensor-core issues of m x n x k bits with all planes batched,
// ceil(P*M/m) * ceil(Q*N/n) * ceil(K/k); here P planes lie in the rows, Q in the columns.
std::int64_t apnn_issues(std::int64_t m_bits, std::int64_t n_bits, std::int64_t k_bits,
                         std::int64_t m, std::int64_t n, std::int64_t k, int row_planes,
                         int column_planes);

// Bit Fusion (Sharma et al., ISCA'18): a systolic array of `rows` x `columns` fusion units, each
// one 8 x 8-bit product a cycle or more narrower ones.
struct BitFusionLayer {
    std::int64_t batch = 1, out_channels = 1, in_channels = 1;
    std::int64_t out_h = 1, out_w = 1, kernel_h = 1, kernel_w = 1;
    int activation_bits = 8, weight_bits = 8;  // 1..8; fewer than 2 count as 2
};
// Compute cycles without memory waits. Channel-wise: B*ceil(Cout/columns)*OH*OW*KH*KW*
// ceil(Cin/(rows*f)); im2col: B*OH*OW*ceil(Cout/columns)*ceil(KH*KW*Cin/(rows*f));
// f = floor(8/activation_bits) * floor(8/weight_bits).
std::int64_t bit_fusion_cycles(std::int64_t rows, std::int64_t columns, const BitFusionLayer& layer,
                               bool im2col);

}  // namespace bitloom
