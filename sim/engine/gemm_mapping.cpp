// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/gemm_mapping.h"

namespace bitloom {

GemmMapping map_layers(const Trace& trace, const GemmChipConfig& config,
                       const std::set<std::string>& selected) {
    const Manifest& manifest = trace.manifest();
    const auto is_selected = [&](const Layer& layer) {
        return selected.empty() || selected.contains(layer.name);
    };
    // A pooling is fused when both layers are simulated.
    FusedPools pools;
    if (config.fuse_pooling)
        for (const auto& [name, pool] : find_fused_pools(manifest))
            if (selected.empty() || (selected.contains(name) && selected.contains(pool->name)))
                pools[name] = pool;
    std::set<std::string> fused;
    for (const auto& [name, pool] : pools) fused.insert(pool->name);
    GemmMapping result{pools, fused, MemoryMap(trace, config.global_buffer_bytes, pools), {}};
    for (const Layer& layer : manifest.layers)
        if (is_selected(layer) && !MemoryMap::is_alias(manifest, layer) &&
            !fused.contains(layer.name))
            result.programs.emplace(
                layer.name, map_layer(trace, layer, result.memory, config,
                                      pools.contains(layer.name) ? pools[layer.name] : nullptr));
    return result;
}

}  // namespace bitloom
