// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/explain_layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "models/array/convolution_tile.h"
#include "models/memory/dram_parameters.h"
#include "sim/mapping/layer_bound.h"

namespace bitloom {

namespace {

// A resource, how much of it there is, and the chip with more of it.
struct More {
    std::string resource, from, to;
    GemmChipConfig config;
};

// The memory of the least peak above that of `name`, if there is one.
std::optional<std::string> faster_memory(const std::string& name) {
    std::optional<std::string> found;
    const auto peak = [](const std::string& each) {
        return dram_parameters(each).peak_bytes_per_s();
    };
    for (const std::string& other : dram_names())
        if (peak(other) > peak(name) && (!found || peak(other) < peak(*found))) found = other;
    return found;
}

std::vector<More> with_more(const GemmChipConfig& config, bool array) {
    std::vector<More> all;
    const auto twice = [&](const std::string& resource, std::int64_t value, auto&& set) {
        GemmChipConfig more = config;
        set(more, 2 * value);
        all.push_back({resource, fmt::format("{}", value), fmt::format("{}", 2 * value), more});
    };
    const auto member = [&](const char* resource, std::int64_t GemmChipConfig::*value) {
        twice(resource, config.*value,
              [&](GemmChipConfig& more, std::int64_t size) { more.*value = size; });
    };
    if (array) {
        member("activation_buffer.bytes", &GemmChipConfig::activation_buffer_bytes);
        member("weight_buffer.bytes", &GemmChipConfig::weight_buffer_bytes);
        member("output_buffer.bytes", &GemmChipConfig::output_buffer_bytes);
    }
    member("vector_buffer.bytes", &GemmChipConfig::vector_buffer_bytes);
    if (array) {
        // An array's edge grows with its read ports.
        const auto edge = [&](const char* resource, auto&& line, auto&& port) {
            std::visit(
                [&](const auto& own) {
                    twice(resource, line(own), [&](GemmChipConfig& more, std::int64_t size) {
                        auto grown = own;
                        line(grown) = size;
                        port(grown) *= 2;
                        more.array = grown;
                    });
                },
                config.array);
        };
        edge(
            "array.rows", [](auto& a) -> auto& { return a.rows; },
            [](auto& a) -> auto& { return a.activation_port_bits; });
        edge(
            "array.columns", [](auto& a) -> auto& { return a.columns; },
            [](auto& a) -> auto& { return a.weight_port_bits; });
    }
    twice("vector.lanes", config.vector.lanes,
          [](GemmChipConfig& more, std::int64_t lanes) { more.vector.lanes = lanes; });
    member("dma.width_bits", &GemmChipConfig::dma_width_bits);
    if (const auto faster = faster_memory(config.dram)) {
        More more{"memory.dram", config.dram, *faster, config};
        more.config.dram = *faster;
        all.push_back(std::move(more));
    }
    return all;
}

class Facts {
public:
    template <class Value>
    void add(std::string key, std::string title, Value value, std::string unit = "",
             std::string note = "") {
        facts_.push_back(
            {std::move(key), std::move(title), value, std::move(unit), std::move(note)});
    }
    std::vector<MappingFact> take() { return std::move(facts_); }

private:
    std::vector<MappingFact> facts_;
};

std::string loop_order(const GemmTiling& t, std::size_t slices) {
    std::string order =
        t.weights_outer ? "output channels, then pixels" : "pixels, then output channels";
    if (slices > 1) order += ", then slices of K";
    return order;
}

std::int64_t folds_of(const LayerProgram& program, const GemmPlan& plan,
                      const GemmChipConfig& config) {
    std::int64_t folds = 0;
    for (const ArrayTask& task : program.tiles)
        folds += array_folds(config.array, task.tile.m(), task.tile.n, task.tile.k(),
                             *plan.view.activation, *plan.view.weight);
    return folds;
}

void gemm_facts(const GemmPlan& plan, const LayerProgram& program, const GemmChipConfig& config,
                Facts& facts) {
    const GemmTiling& t = plan.tiling;
    const GemmView& view = plan.view;
    const std::size_t slices = k_slices(view, t).size();
    facts.add("tile_h", "tile: rows of pixels", t.tile_h, "", fmt::format("of {}", view.out_h));
    facts.add("tile_w", "tile: columns of pixels", t.tile_w, "", fmt::format("of {}", view.out_w));
    facts.add("tile_channels", "tile: output channels", t.tile_channels, "",
              fmt::format("of {}", view.out_channels));
    facts.add("slice_channels", "slice of K: input channels", t.slice_channels, "",
              fmt::format("of {}", view.group_channels()));
    facts.add("slice_k", "slice of K: products", t.slice_k, "", fmt::format("of {}", view.k()));
    facts.add("slices", "slices of K a tile", static_cast<std::int64_t>(slices));
    facts.add("loop_order", "loops, outermost first", loop_order(t, slices));
    facts.add("output_tiles", "output tiles", static_cast<std::int64_t>(program.tasks.size()));
    facts.add("array_commands", "array commands", static_cast<std::int64_t>(program.tiles.size()));
    facts.add("folds", "folds of the array", folds_of(program, plan, config));

    const std::int64_t activations =
        view.batch * view.in_h * view.in_w * packed_bytes(view.channels, view.activation_bits);
    const std::int64_t weights = view.batch * weight_bytes(view, view.out_channels, view.k());
    const auto reuse = [&](const char* key, const char* title, std::int64_t moved,
                           std::int64_t operand) {
        facts.add(fmt::format("{}_bytes_loaded", key), fmt::format("{} loaded", title), moved,
                  "bytes",
                  fmt::format("{:.2f} x the operand",
                              static_cast<double>(moved) / static_cast<double>(operand)));
        facts.add(fmt::format("{}_bytes", key), fmt::format("{} of the layer", title), operand,
                  "bytes");
    };
    reuse("activation", "activations", plan.timing.activation_bytes, activations);
    reuse("weight", "weights", plan.timing.weight_bytes, weights);

    const BufferNeeds needs = buffer_needs(view, t), halves = buffer_halves(config);
    const auto occupancy = [&](const char* key, const char* title, std::int64_t need,
                               std::int64_t half) {
        facts.add(fmt::format("{}_bytes", key), fmt::format("half of the {}", title), need, "bytes",
                  fmt::format("{:.1f} % of {}",
                              100.0 * static_cast<double>(need) / static_cast<double>(half), half));
    };
    occupancy("activation_half", "activation buffer", needs.activation, halves.activation);
    occupancy("weight_half", "weight buffer", needs.weight, halves.weight);
    occupancy("output_half", "output buffer", needs.output, halves.output);
    occupancy("vector_half", "vector buffer", needs.vector, halves.vector);

    const LayerBound bound = layer_bound(view, config, plan.timing.vector_cycles);
    facts.add("array_cycles", "array commands take", plan.timing.array_cycles, "cycles");
    facts.add("array_bound_cycles", "bound of the array", bound.array, "cycles",
              "all folds as one command");
    facts.add("memory_bound_cycles", "bound of the memory", bound.memory, "cycles",
              "every byte once at the peak");
    facts.add("vector_cycles", "vector unit works", plan.timing.vector_cycles, "cycles");
    facts.add("memory_bytes", "memory moves", plan.timing.memory_bytes, "bytes",
              fmt::format("at least {}", bound.memory_bytes));
    facts.add("limited_by", "busiest", limiting_unit(plan.timing, config));
    facts.add("cycles_over_bound", "cycles over bound",
              static_cast<double>(plan.timing.cycles) /
                  static_cast<double>(std::max<std::int64_t>(1, bound.cycles())));
    facts.add("beyond_bound", "beyond the bound", excess_cause(plan, bound, config));
}

void vector_facts(const LayerProgram& program, const ProgramTiming& timing,
                  const GemmChipConfig& config, Facts& facts) {
    facts.add("vector_tasks", "tasks of the vector unit",
              static_cast<std::int64_t>(program.tasks.size()));
    facts.add("vector_cycles", "vector unit works", timing.vector_cycles, "cycles");
    facts.add("memory_bytes", "memory moves", timing.memory_bytes, "bytes");
    facts.add("limited_by", "busiest", limiting_unit(timing, config));
}

// The mapping of one chip; `facts`: of it.
std::int64_t map_and_time(const Trace& trace, const Layer& layer, const MemoryMap& memory,
                          const GemmChipConfig& config, const Layer* pool, Facts* facts) {
    LayerProgram program = map_layer(trace, layer, memory, config, pool);
    if (program.operands.empty()) {
        const ProgramTiming timing =
            time_program(program, program.parameters, nullptr, config, nullptr, nullptr);
        if (facts != nullptr) vector_facts(program, timing, config, *facts);
        return timing.cycles;
    }
    program.loads.clear();
    program.tiles.clear();
    program.tasks.clear();
    program.stores.clear();
    const GemmPlan plan = plan_gemm(trace, layer, memory, config, pool, program);
    if (facts != nullptr) gemm_facts(plan, program, config, *facts);
    return plan.timing.cycles;
}

LayerMapping nothing_to_do(std::string why) {
    Facts facts;
    facts.add("limited_by", "busiest", std::move(why));
    LayerMapping mapping;
    mapping.facts = facts.take();
    return mapping;
}

}  // namespace

LayerMapping explain_fused_pool() {
    return nothing_to_do("nothing: it is done with the convolution before it");
}

LayerMapping explain_layer(const Trace& trace, const Layer& layer, const MemoryMap& memory,
                           const GemmChipConfig& config, const Layer* pool) {
    if (MemoryMap::is_alias(trace.manifest(), layer))
        return nothing_to_do("nothing: the result is the input's bytes");
    LayerMapping mapping;
    Facts facts;
    mapping.cycles = map_and_time(trace, layer, memory, config, pool, &facts);
    mapping.facts = facts.take();
    const bool array =
        layer.op == Operator::conv2d || layer.op == Operator::gemm || layer.op == Operator::matmul;
    for (More& more : with_more(config, array))
        mapping.changes.push_back({more.resource, more.from, more.to,
                                   map_and_time(trace, layer, memory, more.config, pool, nullptr)});
    return mapping;
}

}  // namespace bitloom
