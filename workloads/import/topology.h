// SPDX-License-Identifier: Apache-2.0
// SCALE-Sim topologies (scalesim-project/SCALE-Sim, topologies/): layers without connections.
#pragma once

#include <filesystem>

#include "workloads/import/network.h"

namespace bitloom {

// Shapes only, with the meaning that SCALE-Sim gives them (its topology_utils.py, version 3): the
// first line is a header, and columns count by their place:
//   name, input height, input width, filter height, filter width, channels, filters, stride
//   name, M, N, K                                        (a header with M in its second column)
// The output of a convolution has ceil((input - filter) / stride) + 1 rows: the last window may
// reach beyond the input, where it reads zeros. A name with "DP" in it is a depthwise convolution:
// every channel has `filters` filters of its own.
//
// After these columns: a sparsity N:M must be dense (N = M); a batch (a header with "batch")
// multiplies M, or the height of a convolution whose filter is one row with stride 1, and must be 1
// elsewhere; a second stride column (headers "stride height", "stride width") is the stride along
// the width. Columns of other names are comments, but for those that would change the layer
// (padding, dilation, groups), which must be empty.
//
// Separators are commas or tabs; blanks of any kind, a trailing separator, empty lines, lines with
// a name alone (sections) and a comment after '#' are accepted. Each layer has an input activation
// of its own, "LAYER/input"; a layer name that is there twice gets ".2", ".3".
// Throws Error "FILE:LINE: ...".
Network import_topology(const std::filesystem::path& path);

}  // namespace bitloom
