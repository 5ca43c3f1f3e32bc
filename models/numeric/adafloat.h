// SPDX-License-Identifier: Apache-2.0
// AdaptivFloat (Tambe et al., "Algorithm-hardware co-design of adaptive floating-point encodings
// for resilient deep learning inference", DAC'20; reference ant.md 2.2): adafloatNeE has N bits in
// all (3..8), a sign, E exponent bits (1..N-2) and M = N-1-E mantissa bits.
//
// In grid units: value = 2^exponent * (1 + mantissa / 2^M), no subnormals, no infinity, no NaN; the
// code whose exponent and mantissa are all zero is 0, so 1.0 is missing. Magnitudes 1 + 2^-M to
// 2^(2^E-1) * (2 - 2^-M). The exponent bias of a layer is in the tensor's scale:
// scale = 2^(floor(log2(max|x|)) - (2^E - 1)).
//
// Nearest: a magnitude below half the smallest one is 0, from that half on the smallest one;
// elsewhere ties go to the even mantissa; saturates. -0 is decoded, never encoded.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/numeric/format.h"

namespace bitloom {

std::unique_ptr<Format> make_adafloat(std::string_view name);
std::vector<std::string> adafloat_names();

}  // namespace bitloom
