// SPDX-License-Identifier: Apache-2.0
// Integers: int2..int16 (two's complement), uint1..uint16. Rounding is floor(x + 0.5): nearest,
// ties to the larger value, for negative values too (ANT's quantizer; reference ant.md 1.3, 1.4).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/numeric/format.h"

namespace bitloom {

std::unique_ptr<Format> make_int(std::string_view name);
std::vector<std::string> int_names();

}  // namespace bitloom
