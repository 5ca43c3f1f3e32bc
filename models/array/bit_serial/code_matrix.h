// SPDX-License-Identifier: Apache-2.0
// The operands of an array command as plain matrices of codes, one byte a code.
#pragma once

#include <cstdint>
#include <vector>

#include "models/array/convolution_tile.h"

namespace bitloom {

struct CodeMatrix {
    std::int64_t vectors = 0, length = 0;
    std::vector<std::uint8_t> codes;  // [vectors][length]
    const std::uint8_t* vector(std::int64_t i) const { return codes.data() + i * length; }
};

// [M][K]: the codes that each output pixel multiplies, K in the order of the tile's slice.
CodeMatrix activation_codes(const ConvolutionTile& tile, const std::byte* band);
// [N][K]
CodeMatrix weight_codes(const ConvolutionTile& tile, const std::byte* weights);
// [M][K]: 1 where the position takes part, 0 in the padding of the convolution.
CodeMatrix participation(const ConvolutionTile& tile);
bool has_padding(const ConvolutionTile& tile);

}  // namespace bitloom
