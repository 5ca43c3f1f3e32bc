// SPDX-License-Identifier: Apache-2.0
// What no accelerator can beat, and what energy is made of, on random networks and chips.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "models/numeric/format.h"
#include "sim/engine/activation_codec.h"
#include "sim/engine/engine.h"
#include "sim/mapping/memory_map.h"
#include "tests/property/random_network.h"
#include "tests/support/in_child.h"

namespace bitloom::test {
namespace {

std::int64_t packed(const Activation& a) {
    return vector_count(a) * vector_bytes(a);
}

// Bytes that must come and go, through the memory's pins or the global buffer's port: every operand
// and every result once. pool: fused with the layer, or null; its results are those that leave.
struct Least {
    std::int64_t read = 0, written = 0;
};
Least least_bytes(const Trace& trace, const Layer& layer, const Layer* pool, const MemoryMap& map) {
    const Manifest& m = trace.manifest();
    Least least;
    std::set<std::string> inputs(layer.inputs.begin(), layer.inputs.end());
    // A window may skip rows and columns of its input: nothing is known of it.
    if (!has_window(layer.op))
        for (const std::string& name : inputs) least.read += packed(m.activation(name));
    if (layer.weights) least.read += map.weights(layer).bytes() + map.parameters(layer).bytes();
    if (!layer.constant.empty()) least.read += map.constant(layer).bytes();
    for (const std::string& name : (pool != nullptr ? *pool : layer).outputs)
        least.written += packed(m.activation(name));
    return least;
}

std::string violations(std::uint64_t seed) {
    const Trace trace = random_network_trace(seed);
    const Manifest& m = trace.manifest();
    const ChipDescription chip = chip_with(random_chip_keys(seed, trace));
    const ChipCosts costs = chip_costs(chip);
    const MemoryMap map(trace);
    const FusedPools pools = chip.gemm().fuse_pooling ? find_fused_pools(m) : FusedPools{};
    std::set<const Layer*> fused;
    for (const auto& [name, pool] : pools) fused.insert(pool);
    RunOptions options;
    options.seed = seed;
    const RunResult result = run_chip(chip, trace, options);
    std::string text;
    const auto expect = [&](bool good, const std::string& what, const std::string& layer) {
        if (!good) text += fmt::format("seed {} layer '{}': {}\n", seed, layer, what);
    };
    const auto near = [](double a, double b) { return std::fabs(a - b) <= 1e-9 * std::fabs(b); };
    std::int64_t begin = 0;
    std::map<std::string, double> totals;
    for (std::size_t i = 0; i < result.layers.size(); ++i) {
        const LayerResult& x = result.layers[i];
        const Layer& layer = m.layers[i];
        std::int64_t accounted = x.array_cycles;
        for (const auto& [cause, cycles] : x.stalls) {
            accounted += cycles;
            expect(cycles > 0, "a cause without cycles", x.name);
        }
        expect(accounted == x.cycles, "causes add up", x.name);
        expect(x.begin_cycle == begin, "layers follow each other", x.name);
        begin += x.cycles;
        expect(x.utilization >= 0 && x.utilization <= 1, "utilization", x.name);
        expect(x.macs <= static_cast<std::int64_t>(x.peak_macs_per_cycle *
                                                   static_cast<double>(x.array_cycles)),
               "no array does more than its PEs", x.name);
        if (MemoryMap::is_alias(m, layer) || fused.contains(&layer)) {
            expect(x.cycles == 0 && x.dram_bytes == 0 && x.activity.events().empty(),
                   "an alias and a fused pooling are free", x.name);
            continue;
        }
        const auto pool = pools.find(layer.name);
        const Least least =
            least_bytes(trace, layer, pool != pools.end() ? pool->second : nullptr, map);
        const auto moved = [&](const std::string& direction) {
            return x.activity.count("dram." + direction + "_bits") +
                   x.activity.count("global_buffer." + direction + "_bits");
        };
        expect(moved("read") >= 8 * least.read, "reads its operands", x.name);
        expect(moved("write") >= 8 * least.written, "writes its results", x.name);
        expect(8 * x.dram_bytes ==
                   x.activity.count("dram.read_bits") + x.activity.count("dram.write_bits"),
               "bytes are the counted bits", x.name);
        const double seconds = static_cast<double>(x.cycles) / result.clock_hz;
        expect(static_cast<double>(x.dram_bytes) <=
                   result.dram_bandwidth_bytes_per_s * seconds * (1 + 1e-9),
               "no memory moves more than its peak", x.name);

        // Energy: counts times rows, and leakage of the instances over the layer's time.
        std::map<std::string, double> energy;
        for (const auto& [event, count] : x.activity.events())
            energy[event.substr(0, event.find('.'))] +=
                static_cast<double>(count) * costs.table.rows().find(event)->second.value;
        double leakage_mw = 0;
        for (const ComponentInstance& instance : costs.instances)
            leakage_mw += static_cast<double>(instance.count) *
                          costs.table.rows().find(instance.component + ".leakage")->second.value;
        energy["leakage"] = leakage_mw * seconds * 1e9;
        for (const auto& [component, value] : energy) {
            const auto found = x.energy_pj.find(component);
            expect(found != x.energy_pj.end() ? near(found->second, value) : value == 0,
                   "energy of " + component, x.name);
            totals[component] += value;
        }
        for (const auto& [component, value] : x.energy_pj)
            expect(energy.contains(component), "energy of " + component + " has a cause", x.name);
    }
    expect(result.cycles == begin, "the run is its layers", "all");
    for (const auto& [component, value] : result.energy_pj)
        expect(near(value, totals[component]), "total energy of " + component, "all");
    return text;
}

class Bounds : public testing::TestWithParam<int> {};

TEST_P(Bounds, CyclesTrafficAndEnergyKeepTheTheory) {
    EXPECT_EQ(in_child([] { return violations(static_cast<std::uint64_t>(GetParam())); }), "");
}

INSTANTIATE_TEST_SUITE_P(Seeds, Bounds, testing::Range(1000, 1032));

}  // namespace
}  // namespace bitloom::test
