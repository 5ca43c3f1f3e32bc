// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/simulation_cache.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>

#include "models/base/error.h"
#include "sim/engine/engine.h"
#include "sim/report/json.h"
#include "tests/property/random_network.h"
#include "tests/support/in_child.h"
#include "workloads/import/load.h"
#include "workloads/quantize/random_trace.h"

namespace bitloom::test {
namespace {

Trace digits() {
    return random_trace(load_network(BITLOOM_SOURCE_DIR "/workloads/zoo/digits"), {});
}

class MapCache : public SimulationCache {
public:
    std::optional<std::string> find(const Key& key) override {
        const auto found = values_.find(key);
        if (found == values_.end()) return std::nullopt;
        ++hits;
        return found->second;
    }
    void store(const Key& key, const std::string& value) override { values_[key] = value; }

    int hits = 0;

private:
    std::map<Key, std::string> values_;
};

// Ends the run where the simulation would be looked for, with its key.
struct Found {
    SimulationCache::Key key;
};
class Probe : public SimulationCache {
public:
    std::optional<std::string> find(const Key& key) override { throw Found{key}; }
    void store(const Key&, const std::string&) override {}
};

RunOptions with(SimulationCache& cache) {
    RunOptions options;
    options.check = false;
    options.simulations = &cache;
    options.trace_content = "digits";
    return options;
}

SimulationCache::Key key_of(const Trace& trace, const KeyValues& chip,
                            const std::function<void(RunOptions&)>& change = {}) {
    Probe probe;
    RunOptions options = with(probe);
    if (change) change(options);
    try {
        run_chip(chip_with(chip), trace, options);
    } catch (const Found& found) {
        return found.key;
    }
    ADD_FAILURE() << "the cache was not asked";
    return {};
}

// The chips differ in what the mapper alone reads and in prices: one simulation serves all, and
// each result has the bytes of one that was simulated for it.
TEST(SimulationCache, AResultFromTheCacheIsTheResult) {
    const std::vector<KeyValues> chips = {
        {{"weight_buffer.bytes", "262144"}},
        {{"weight_buffer.bytes", "262144"}, {"output_buffer.bytes", "262144"}},
        {{"technology.device", "hp"}},
        {{"activation_buffer.bytes", "524288"}, {"technology.temperature", "360"}},
    };
    std::vector<std::string> alone;
    for (const KeyValues& chip : chips)
        alone.push_back(in_child([&chip] {
            RunOptions options;
            options.check = false;
            return to_json(run_chip(chip_with(chip), digits(), options));
        }));
    const std::string together = in_child([&chips] {
        MapCache cache;
        const RunOptions options = with(cache);
        run_chip(chip_with({}), digits(), options);
        std::string text;
        // A chip that missed would need a second kernel, which there is not.
        for (const KeyValues& chip : chips)
            text += to_json(run_chip(chip_with(chip), digits(), options));
        return fmt::format("{} hits\n{}", cache.hits, text);
    });
    std::string expected = fmt::format("{} hits\n", chips.size());
    for (const std::string& text : alone) {
        ASSERT_TRUE(text.starts_with("{")) << text.substr(0, 200);
        expected += text;
    }
    EXPECT_EQ(together, expected);
}

TEST(SimulationCache, WhatChangesTheSimulationChangesTheKey) {
    const Trace trace = digits();
    const SimulationCache::Key base = key_of(trace, {});
    EXPECT_EQ(key_of(trace, {}), base);
    const KeyValues changes = {
        {"clock.frequency", "400MHz"},     {"array.rows", "32"},
        {"array.columns", "32"},           {"array.dataflow", "weight_stationary"},
        {"array.overlap_folds", "false"},  {"array.accumulator_bits", "24"},
        {"weight_buffer.port_bits", "64"}, {"activation_buffer.port_bits", "64"},
        {"global_buffer.bytes", "1MiB"},   {"vector.lanes", "32"},
        {"vector.latency_cycles", "9"},    {"vector.fuse_pooling", "true"},
        {"dma.width_bits", "512"},         {"dma.outstanding", "8"},
        {"memory.dram", "DDR4-3200"},      {"output_buffer.bytes", "2KiB"}};  // other tiles
    for (const auto& change : changes)
        EXPECT_NE(key_of(trace, {change, {"energy.extrapolate", "true"}}), base) << change.first;
    EXPECT_NE(key_of(trace, {}, [](RunOptions& o) { o.trace_content = "other"; }), base);
    EXPECT_NE(key_of(trace, {}, [](RunOptions& o) { o.seed = 2; }), base);
    EXPECT_NE(key_of(trace, {}, [](RunOptions& o) { o.fidelity = "pe"; }), base);
    EXPECT_NE(
        key_of(trace, {}, [&](RunOptions& o) { o.layers = {trace.manifest().layers[0].name}; }),
        base);
}

// Nothing to watch comes out of a cache.
TEST(SimulationCache, IsNotAskedWhereTheSimulationIsWatched) {
    EXPECT_EQ(in_child([] {
                  Probe probe;
                  RunOptions options = with(probe);
                  options.timeline = true;
                  return fmt::format("{}", run_chip(chip_with({}), digits(), options).cycles > 0);
              }),
              "true");
}

TEST(SimulationCache, EveryNumberSurvivesTheText) {
    SimulatedLayer layer;
    layer.name = "a \"layer\"";
    layer.measured.begin_cycle = 1;
    layer.measured.cycles = std::int64_t{1} << 62;
    layer.measured.array.cycles.bandwidth = 7;
    layer.measured.array.combines = -3;
    layer.measured.activity.add("dram.read_bits", 12345678901234567);
    layer.sqnr_db = 0.1;
    layer.max_error = 5e-324;
    const std::vector<SimulatedLayer> back = simulated_layers(to_text({layer, {}}));
    ASSERT_EQ(back.size(), 2u);
    EXPECT_EQ(back[0].name, layer.name);
    EXPECT_EQ(back[0].measured.begin_cycle, 1);
    EXPECT_EQ(back[0].measured.cycles, layer.measured.cycles);
    EXPECT_EQ(back[0].measured.array, layer.measured.array);
    EXPECT_EQ(back[0].measured.activity, layer.measured.activity);
    EXPECT_EQ(back[0].sqnr_db, layer.sqnr_db);
    EXPECT_EQ(back[0].cosine, std::nullopt);
    EXPECT_EQ(back[0].max_error, layer.max_error);
}

}  // namespace
}  // namespace bitloom::test
