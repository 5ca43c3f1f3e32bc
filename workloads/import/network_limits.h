// SPDX-License-Identifier: Apache-2.0
// How large a network may be. Checked on shapes, before anything of that size is allocated.
#pragma once

#include <cstdint>

#include "workloads/import/network.h"

namespace bitloom {

inline constexpr std::int64_t max_tensor_elements = std::int64_t{1} << 31;
inline constexpr std::int64_t max_constant_elements = std::int64_t{1} << 32;  // of a whole network

// The node's name, result, constants and multiplications are within what a trace can hold and a
// run can keep in memory. Its result has a shape already. Throws Error that names the node, what
// was found and the limit.
void check_limits(const Network& network, const Node& node);

// Every activation, external inputs too, and all constants together. Throws Error.
void check_total(const Network& network);

}  // namespace bitloom
