// SPDX-License-Identifier: Apache-2.0
// Why a layer takes the cycles that it takes: its mapping, the bound that holds, and what more of
// each resource would bring.
#pragma once

#include "sim/mapping/map_cim.h"
#include "sim/mapping/map_layer.h"
#include "sim/report/layer_mapping.h"

namespace bitloom {

// `pool`: fused with the layer, or null.
LayerMapping explain_layer(const Trace& trace, const Layer& layer, const MemoryMap& memory,
                           const GemmChipConfig& config, const Layer* pool);

// Of a pooling that is done with the convolution before it.
LayerMapping explain_fused_pool();

// Of a layer of an analog chip; `program` as map_cim_layer gives it.
LayerMapping explain_cim_layer(std::size_t layer, const CimNetwork& network,
                               const CimChipConfig& config, const CimLayerProgram& program);

}  // namespace bitloom
