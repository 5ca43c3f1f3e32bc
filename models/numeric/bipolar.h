// SPDX-License-Identifier: Apache-2.0
// Bipolar formats: bipolar1..bipolar8. Every bit plane of a code stands for -1 or +1, so a code v
// of P bits is the odd integer 2v - (2^P - 1): {-1,+1}, {-3,-1,+1,+3}, ... There is no zero.
// bipolar1 is the binary weight of XNOR-Net (Rastegari et al., ECCV'16); the wider ones are its
// bit-serial extension: sum over planes of 2^s * (2b_s - 1).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/numeric/format.h"

namespace bitloom {

std::unique_ptr<Format> make_bipolar(std::string_view name);
std::vector<std::string> bipolar_names();

}  // namespace bitloom
