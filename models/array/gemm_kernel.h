// SPDX-License-Identifier: Apache-2.0
// Integer convolution of 16-bit operands into 32-bit sums at the speed of the host's vector unit.
// The convolution is not unrolled into a matrix: a row of the GEMM is a few contiguous runs of the
// unpacked band, the same runs (relative to the row's first element) for every row.
#pragma once

#include <cstdint>
#include <vector>

#include "models/array/convolution_tile.h"
#include "models/numeric/code_values.h"

namespace bitloom {

// Where the K slice of a tile lies in an unpacked band whose pixels have
// `padded_channels` (even) 16-bit values.
class ReductionRuns {
public:
    struct Run {
        std::int64_t offset = 0;  // from the row's first element, in 16-bit values
        std::int64_t length = 0;  // even
    };

    ReductionRuns() = default;
    explicit ReductionRuns(const ConvolutionTile& tile);

    const std::vector<Run>& runs() const { return runs_; }
    // For every position of the concatenated runs the index in the whole K, or -1 for channel
    // padding (multiplied by zero weights).
    const std::vector<std::int64_t>& k_of_position() const { return k_of_position_; }

private:
    std::vector<Run> runs_;
    std::vector<std::int64_t> k_of_position_;
};

class UnpackedActivations {
public:
    UnpackedActivations() = default;
    UnpackedActivations(const ConvolutionTile& tile, const std::byte* band,
                        const CodeValues& values);

    std::int64_t padded_channels() const { return padded_channels_; }
    const std::int16_t* data() const { return values_.data(); }

private:
    std::int64_t padded_channels_ = 0;
    std::vector<std::int16_t> values_;  // [band_h][band_w][padded_channels]
};

class PackedWeights {
public:
    static constexpr std::int64_t panel_columns = 16;

    PackedWeights() = default;
    PackedWeights(const ConvolutionTile& tile, const ReductionRuns& runs, const std::byte* weights,
                  const CodeValues& values);

    // Largest sum of |weight| over a column: bounds every psum.
    std::int64_t largest_column_sum() const { return largest_column_sum_; }
    // Panel p: [position pair][16 columns][2 positions].
    const std::int16_t* panel(std::int64_t p) const { return values_.data() + p * panel_size_; }

private:
    std::int64_t panel_size_ = 0;
    std::int64_t largest_column_sum_ = 0;
    std::vector<std::int16_t> values_;
};

// psums[m][n] = (tile.accumulate ? psums[m][n] : 0) + sum, modulo 2^32; rows of psums are
// `row_length` words apart. Multi-threaded; the result does not depend on the threads. Uses AVX-512
// or AVX2 where the machine has it.
void multiply(const ConvolutionTile& tile, const ReductionRuns& runs,
              const UnpackedActivations& activations, const PackedWeights& weights,
              std::int32_t* psums, std::int64_t row_length);

}  // namespace bitloom
