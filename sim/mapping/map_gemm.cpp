// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "models/base/error.h"
#include "models/numeric/format.h"
#include "sim/mapping/gemm_plan.h"
#include "sim/mapping/gemm_program.h"
#include "sim/mapping/tiling_search.h"

namespace bitloom {

namespace {

// Programs are written and timed until they have moved so many bytes: of large layers the estimates
// are close, and timing costs some 10 ns a burst.
constexpr std::int64_t most_bytes = 8 << 20;
// Cutting the first and the last tile into parts may bring so much.
constexpr double ends_gain = 1.1;
// No estimate is so much above what the program takes.
constexpr double estimate_excess = 1.03;

GemmView placed_view(const Trace& trace, const Layer& layer, const MemoryMap& memory,
                     const Layer* pool) {
    GemmView view = pool != nullptr ? pooled_view(trace, layer, *pool) : gemm_view(trace, layer);
    const auto on_chip = [&](const std::string& name) {
        return MemoryMap::is_on_chip(memory.activation(name));
    };
    view.input_on_chip = on_chip(layer.inputs[0]);
    view.residual_on_chip = view.residual_bytes > 0 && on_chip(layer.inputs[1]);
    const auto& outputs = (pool != nullptr ? *pool : layer).outputs;
    view.outputs_on_chip = std::all_of(outputs.begin(), outputs.end(), on_chip);
    return view;
}

}  // namespace

GemmPlan plan_gemm(const Trace& trace, const Layer& layer, const MemoryMap& memory,
                   const GemmChipConfig& config, const Layer* pool, LayerProgram& program) {
    GemmPlan plan;
    plan.view = placed_view(trace, layer, memory, pool);
    const LayerParameters* pool_parameters = program.pool ? &program.pool->parameters : nullptr;
    const TilingCost cost(plan.view, config, [&](std::int64_t pixels, std::int64_t channels) {
        std::int64_t cycles =
            vector_cycles(config.vector, program.parameters, {pixels, channels, 1});
        const std::int64_t window = plan.view.pool_h * plan.view.pool_w;
        if (pool_parameters != nullptr)
            cycles +=
                vector_cycles(config.vector, *pool_parameters, {pixels / window, channels, window});
        return cycles;
    });
    const GemmPlaces places{layer, pool != nullptr ? *pool : layer, memory};
    std::int64_t bytes = 0;
    bool found = false;
    // Times the tiling's program, and keeps it if it is the best.
    const auto try_tiling = [&](const GemmTiling& tiling) {
        LayerProgram commands;
        commands.pool = program.pool;
        write_gemm_program(plan.view, tiling, places, commands);
        const ProgramTiming timing = time_program(commands, program.parameters, pool_parameters,
                                                  config, plan.view.activation, plan.view.weight);
        bytes += timing.memory_bytes;
        const auto key = [](const ProgramTiming& t) { return std::tie(t.cycles, t.memory_bytes); };
        if (found && key(plan.timing) <= key(timing)) return timing.cycles;
        found = true;
        plan.tiling = tiling;
        plan.timing = timing;
        program.loads = std::move(commands.loads);
        program.tiles = std::move(commands.tiles);
        program.tasks = std::move(commands.tasks);
        program.stores = std::move(commands.stores);
        return timing.cycles;
    };
    for (const RatedTiling& rated : best_tilings(plan.view, config, cost, layer.name)) {
        if (found &&
            (bytes > most_bytes ||
             rated.estimate.cycles > estimate_excess * static_cast<double>(plan.timing.cycles)))
            break;
        GemmTiling best = rated.tiling;
        std::int64_t least = try_tiling(best);
        if (static_cast<double>(least) > ends_gain * static_cast<double>(plan.timing.cycles))
            continue;
        const auto improve = [&](auto&& change) {
            GemmTiling tiling = best;
            change(tiling);
            const std::int64_t cycles = try_tiling(tiling);
            if (cycles >= least) return false;
            least = cycles;
            best = tiling;
            return true;
        };
        for (const std::int64_t parts : {2, 4, 8})
            if (bytes > most_bytes || !improve([&](GemmTiling& t) { t.first_parts = parts; }))
                break;
        for (const bool by_channels : {false, true})
            for (const std::int64_t parts : {2, 4})
                if (bytes > most_bytes || !improve([&](GemmTiling& t) {
                        t.last_parts = parts;
                        t.last_by_channels = by_channels;
                    }))
                    break;
    }
    return plan;
}

void map_gemm(const Trace& trace, const Layer& layer, const MemoryMap& memory,
              const GemmChipConfig& config, const Layer* pool, LayerProgram& program) {
    const GemmView view = gemm_view(trace, layer);
    try {
        require_operands(config.array, *view.activation, *view.weight);
        program.operands.emplace_back(*view.activation);
        program.operands.emplace_back(*view.weight);
    } catch (const Error& error) {
        fail("layer '{}': {}", layer.name, error.what());
    }
    plan_gemm(trace, layer, memory, config, pool, program);
}

}  // namespace bitloom
