// SPDX-License-Identifier: Apache-2.0
// Poolings that the vector unit does on a tile of a convolution's results before they leave.
#pragma once

#include <map>
#include <string>

#include "workloads/trace/layer.h"

namespace bitloom {

// By the name of the convolution: the pooling that takes its results.
using FusedPools = std::map<std::string, const Layer*>;

// A max_pool or average_pool is fused when its windows do not overlap (kernel = stride, no padding,
// no dilation) and it alone reads the results of a conv2d, which are stored as 16-bit words only
// and are not the network's output. The pointers are into `manifest`.
FusedPools find_fused_pools(const Manifest& manifest);

}  // namespace bitloom
