// SPDX-License-Identifier: Apache-2.0
#include "sim/mapping/map_layer.h"

namespace bitloom {

void append_segment(std::vector<Segment>& segments, std::uint64_t address, std::int64_t bytes) {
    if (!segments.empty() &&
        segments.back().address + static_cast<std::uint64_t>(segments.back().bytes) == address)
        segments.back().bytes += bytes;
    else
        segments.push_back({address, bytes});
}

LayerProgram map_layer(const Trace& trace, const Layer& layer, const MemoryMap& memory,
                       const GemmChipConfig& config, const Layer* pool) {
    LayerProgram program;
    program.layer = layer.name;
    program.op = layer.op;
    program.window = layer.window;
    if (MemoryMap::is_alias(trace.manifest(), layer)) return program;
    program.parameters = layer_parameters(trace, layer);
    const bool gemm =
        layer.op == Operator::conv2d || layer.op == Operator::gemm || layer.op == Operator::matmul;
    if (pool != nullptr) program.pool = {pool->op, pool->window, layer_parameters(trace, *pool)};
    if (gemm)
        map_gemm(trace, layer, memory, config, pool, program);
    else
        map_vector(trace, layer, memory, config, program);
    return program;
}

}  // namespace bitloom
