// SPDX-License-Identifier: Apache-2.0
// What the mapper promises, on random layers and chips: its timing is the simulator's, more of a
// buffer or a bus is never slower, and no program beats the bounds.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "models/memory/dram_parameters.h"
#include "sim/engine/engine.h"
#include "sim/mapping/layer_bound.h"
#include "tests/models/array/array_bench.h"
#include "tests/property/random_network.h"
#include "tests/support/in_child.h"
#include "workloads/quantize/random_trace.h"

namespace bitloom::test {
namespace {

bool is_product(const Layer& layer) {
    return layer.op == Operator::conv2d || layer.op == Operator::gemm ||
           layer.op == Operator::matmul;
}

GemmPlan plan_of(const Trace& trace, const Layer& layer, const GemmChipConfig& config) {
    const MemoryMap memory(trace, config.global_buffer_bytes);
    LayerProgram program;
    program.parameters = layer_parameters(trace, layer);
    return plan_gemm(trace, layer, memory, config, nullptr, program);
}

// A product of any size up to some millions of multiplications.
Trace random_gemm(Dice& dice, const char* weights, const char* activations) {
    const auto size = [&](std::int64_t bits) {
        return 1 + dice.below(std::int64_t{1} << dice.between(0, bits));
    };
    return gemm_trace(size(9), size(9), size(13), weights, activations, 1);
}

ChipDescription random_chip(Dice& dice, ArrayKind kind) {
    KeyValues keys;
    const auto set = [&](const std::string& key, std::int64_t value) {
        keys.emplace_back(key, std::to_string(value));
    };
    for (const char* buffer :
         {"activation_buffer", "weight_buffer", "output_buffer", "vector_buffer"})
        set(std::string(buffer) + ".bytes", std::int64_t{2048} << dice.below(9));
    set("array.rows", std::int64_t{4} << dice.below(5));
    set("array.columns", std::int64_t{4} << dice.below(5));
    if (kind == ArrayKind::systolic && dice.below(3) == 0)
        keys.emplace_back("array.dataflow", "weight_stationary");
    set("dma.width_bits", std::int64_t{64} << dice.below(6));
    keys.emplace_back("memory.dram", dice.pick(dram_names()));
    keys.emplace_back("energy.extrapolate", "true");
    return chip_with(keys, kind);
}

// Planned and simulated cycles of a product that is a network of its own.
std::string planned_and_simulated(std::uint64_t seed) {
    return in_child([&] {
        Dice dice(seed, "timing");
        const bool serial = dice.below(3) == 0;
        const ArrayKind kind = serial ? ArrayKind::bit_serial : ArrayKind::systolic;
        const bool wide = dice.below(2) == 0;
        const Trace trace = random_gemm(dice, wide ? "int8" : "int4", wide ? "int8" : "uint4");
        const ChipDescription chip = random_chip(dice, kind);
        const GemmPlan plan = plan_of(trace, trace.manifest().layers[0], chip.gemm());
        RunOptions options;
        options.seed = seed;
        const RunResult result = run_chip(chip, trace, options);
        const LayerResult& layer = result.layers[0];
        const LayerBound bound = layer_bound(plan.view, chip.gemm(), 0);
        if (layer.cycles < bound.cycles()) return fmt::format("{} below the bound", layer.cycles);
        return fmt::format(
            "{} {}{}", plan.timing.cycles, plan.timing.memory_bytes,
            plan.timing.cycles == layer.cycles && plan.timing.memory_bytes == layer.dram_bytes
                ? ""
                : fmt::format(" simulated {} {}", layer.cycles, layer.dram_bytes));
    });
}

TEST(Mapper, TimingOfAProgramIsThatOfTheSimulator) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const std::string found = planned_and_simulated(seed);
        ASSERT_TRUE(!found.empty() && found.find_first_not_of("0123456789 ") == std::string::npos)
            << "seed " << seed << ": " << found;
    }
}

struct Resource {
    const char* name;
    std::int64_t GemmChipConfig::*value;
};
constexpr Resource resources[] = {
    {"activation_buffer", &GemmChipConfig::activation_buffer_bytes},
    {"weight_buffer", &GemmChipConfig::weight_buffer_bytes},
    {"output_buffer", &GemmChipConfig::output_buffer_bytes},
    {"vector_buffer", &GemmChipConfig::vector_buffer_bytes},
    {"dma.width_bits", &GemmChipConfig::dma_width_bits},
};

// Candidates are chosen by estimates, and two DMAs that share a memory interleave otherwise when
// one of them is faster: of some hundred changes one makes a short layer up to so much slower.
constexpr double tolerance = 0.02;

void expect_monotone(const Trace& trace, const Layer& layer, const GemmChipConfig& config,
                     Dice& dice, const std::string& where) {
    const auto cycles = static_cast<double>(plan_of(trace, layer, config).timing.cycles);
    for (const Resource& resource : resources) {
        GemmChipConfig more = config;
        // Twice, four times, or a little more.
        const std::int64_t all = more.*resource.value;
        more.*resource.value = dice.pick(std::vector<std::int64_t>{2 * all, 4 * all, all * 5 / 4});
        EXPECT_LE(static_cast<double>(plan_of(trace, layer, more).timing.cycles),
                  cycles * (1 + tolerance))
            << where << ", layer " << layer.name << ": " << resource.name << " " << all << " -> "
            << more.*resource.value;
    }
}

TEST(Mapper, MoreBufferOrBusIsNeverSlowerForProducts) {
    Dice dice(7, "monotone gemm");
    for (int i = 0; i < 60; ++i) {
        const bool wide = dice.below(2) == 0;
        const ArrayKind kind = dice.below(3) == 0 ? ArrayKind::bit_serial : ArrayKind::systolic;
        const Trace trace = random_gemm(dice, wide ? "int8" : "int4", wide ? "int8" : "uint4");
        const ChipDescription chip = random_chip(dice, kind);
        expect_monotone(trace, trace.manifest().layers[0], chip.gemm(), dice,
                        fmt::format("case {}", i));
    }
}

TEST(Mapper, MoreBufferOrBusIsNeverSlowerForLayersOfNetworks) {
    Dice dice(8, "monotone layers");
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const ArrayKind kind = seed % 3 == 0 ? ArrayKind::bit_serial : ArrayKind::systolic;
        const Trace trace = random_network_trace(seed, kind);
        const ChipDescription chip = chip_with(random_chip_keys(seed, trace, false, kind), kind);
        for (const Layer& layer : trace.manifest().layers)
            if (is_product(layer))
                expect_monotone(trace, layer, chip.gemm(), dice, fmt::format("seed {}", seed));
    }
}

// A long K takes the cycles of its parts: 4 x 4 folds of 32 x 32 results. (131080: rows of the
// operands that lie eight bytes beside a power of two.)
TEST(Mapper, LongSumsTakeTheCyclesOfTheirParts) {
    const auto cycles = [](std::int64_t k) {
        const Trace trace = gemm_trace(128, 128, k, "int8", "int8", 1);
        return plan_of(trace, trace.manifest().layers[0], GemmChipConfig{}).timing.cycles;
    };
    for (const std::int64_t k : {4096, 8192, 16384, 65536})
        EXPECT_LE(cycles(k), 16 * k * 12 / 10) << k;
    EXPECT_GT(cycles(131080), 16 * 131080);
}

}  // namespace
}  // namespace bitloom::test
