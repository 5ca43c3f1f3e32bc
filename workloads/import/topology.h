// SPDX-License-Identifier: Apache-2.0
// SCALE-Sim topologies (scalesim-project/SCALE-Sim, topologies/): layers without connections.
#pragma once

#include <filesystem>

#include "workloads/import/network.h"

namespace bitloom {

// Shapes only. The header line tells the two formats apart:
//   Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter,
//   Strides Layer, M, N, K
// Separators are commas or tabs; a trailing separator, empty lines, further columns and a comment
// after '#' are accepted, and so is a second line of separators only. The input of a convolution
// is padded already, as in SCALE-Sim: output = floor((input - filter) / stride) + 1. Each layer has
// an input activation of its own, "LAYER/input"; a layer name that is there twice gets ".2", ".3".
// Throws Error "FILE:LINE: ...".
Network import_topology(const std::filesystem::path& path);

}  // namespace bitloom
