// SPDX-License-Identifier: Apache-2.0
// A trace's layers on a GEMM chip: where their tensors lie, and the program of each.
#pragma once

#include <map>
#include <set>
#include <string>

#include "models/chip/gemm_chip/gemm_chip_config.h"
#include "sim/mapping/fused_pooling.h"
#include "sim/mapping/map_layer.h"

namespace bitloom {

struct GemmMapping {
    FusedPools pools;             // by the convolution whose results they pool
    std::set<std::string> fused;  // the names of those pools
    MemoryMap memory;
    std::map<std::string, LayerProgram> programs;
};

// Of the selected layers; empty: all. The codes do not matter: a trace of shapes alone will do. The
// result points into the trace. Throws Error for a layer that does not fit.
GemmMapping map_layers(const Trace& trace, const GemmChipConfig& config,
                       const std::set<std::string>& selected);

}  // namespace bitloom
