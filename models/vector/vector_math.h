// SPDX-License-Identifier: Apache-2.0
// The arithmetic of the vector unit: integers only, on signed 16-bit words. Definitions of every
// operator, its rounding and its tables: models/vector/README.md. Plain functions; the chip and the
// host's executor call the same ones. Large inputs use several threads; the results do not depend
// on them, nor on the instruction set.
#pragma once

#include <cstdint>
#include <span>

#include "models/vector/layer_parameters.h"

namespace bitloom {

// Rows of psums [rows][channels] -> words. `first_channel` selects the per-channel parameters.
// residual: [rows][channels] words, or null.
void finish_psums(const LayerParameters& p, const std::int32_t* psums, std::int64_t rows,
                  std::int64_t channels, std::int64_t first_channel, const std::int16_t* residual,
                  std::int16_t* words);

// Element-wise with the multiplier of input `index`: clamp, transpose, reshape, concat.
void rescale(const LayerParameters& p, std::size_t index, std::span<const std::int16_t> in,
             std::int16_t* words);

void add_words(const LayerParameters& p, std::span<const std::int16_t> a, const std::int16_t* b,
               std::int16_t* words);
// constant_offset: index of a's first element in the constant.
void add_constant(const LayerParameters& p, std::span<const std::int16_t> a,
                  std::int64_t constant_offset, std::int16_t* words);

// Output rows [row_begin, row_end) of a pool over x [in_h][in_w][channels]; `band` starts at input
// row band_begin. Padding takes no part.
struct PoolBand {
    std::int64_t in_h = 1, in_w = 1, channels = 1;
    std::int64_t out_w = 1;
    std::int64_t row_begin = 0, row_end = 1;
    std::int64_t band_begin = 0;
};
void pool(const LayerParameters& p, const Window& window, const PoolBand& band,
          const std::int16_t* in, std::int16_t* words);

// Rows of `features` words each.
void softmax_rows(const LayerParameters& p, const std::int16_t* in, std::int64_t rows,
                  std::int64_t features, std::int16_t* words);
void layer_norm_rows(const LayerParameters& p, const std::int16_t* in, std::int64_t rows,
                     std::int64_t features, std::int16_t* words);
void gelu_words(const LayerParameters& p, std::span<const std::int16_t> in, std::int16_t* words);

// floor(sqrt(value)), exact.
std::uint32_t integer_square_root(std::uint64_t value);

}  // namespace bitloom
