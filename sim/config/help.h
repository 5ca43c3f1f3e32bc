// SPDX-License-Identifier: Apache-2.0
// The help text of a KeySet.
#pragma once

#include <string>

#include "sim/config/key_set.h"

namespace bitloom {

// Two lines a key, in the order of declaration:
//   --array.rows N          Rows of the array
//                           1..1024; default 16
std::string help(const KeySet& keys);

}  // namespace bitloom
