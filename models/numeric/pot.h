// SPDX-License-Identifier: Apache-2.0
// Powers of two (reference ant.md 1.4): code 0 is zero, code c is 2^(c-1). upotN has 0 and
// 2^0..2^(2^N-2); potN is a sign and an unsigned code of N-1 bits. Nearest by distance (not by
// logarithm), ties to the larger value, for negative values too. The code of -0 is never encoded.
// upot8 reaches 2^254.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/numeric/format.h"

namespace bitloom {

std::unique_ptr<Format> make_pot(std::string_view name);
std::vector<std::string> pot_names();

}  // namespace bitloom
