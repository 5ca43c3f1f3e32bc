// SPDX-License-Identifier: Apache-2.0
// flint (Guo et al., "ANT: exploiting adaptive numerical data type for low-bit deep neural network
// quantization", MICRO'22; the definition for every width is in reference ant.md 1.2): a float
// whose exponent is coded by the position of the first one, so that the exponent's and the
// mantissa's width change with the magnitude. A signed flint of n bits is a sign and an unsigned
// flint of n-1 bits.
//
// Encoding is to the nearest value of the grid with ties to the larger value (toward +infinity, for
// negative values too), as the authors' code does; not the paper's algorithm 1, whose first
// rounding to an integer makes a second rounding error. The code of -0 is never encoded.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/numeric/format.h"

namespace bitloom {

// The integer-based decoder of the ANT PE: value = base << exponent. bits: 3..8 signed or
// unsigned. Base has at most bits-1 bits, exponent is at most bits.
BaseExponent flint_decode_integer(std::uint32_t code, int bits, bool is_signed);

// The float-based decoder: value = 2^(exponent - 1) * (1 + mantissa / 2^mantissa_bits), and zero
// for the zero code. Same widths.
struct FlintFloat {
    bool negative = false;
    bool zero = false;
    int exponent = 0;       // with the format's bias of -1 not yet applied
    int mantissa = 0;       // 0..2^mantissa_bits-1
    int mantissa_bits = 0;  // one less than the magnitude's width
    Value value() const;
};
FlintFloat flint_decode_float(std::uint32_t code, int bits, bool is_signed);

std::unique_ptr<Format> make_flint(std::string_view name);
std::vector<std::string> flint_names();

}  // namespace bitloom
