// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/engine.h"

#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "sim/mapping/map_layer.h"
#include "sim/report/json.h"
#include "sim/report/timeline.h"
#include "tests/property/random_network.h"
#include "tests/support/in_child.h"
#include "workloads/import/load.h"
#include "workloads/quantize/random_trace.h"

namespace bitloom::test {
namespace {

using Json = nlohmann::json;

Trace digits() {
    return random_trace(load_network(BITLOOM_SOURCE_DIR "/workloads/zoo/digits"), {});
}

std::string run(const Trace& trace, const KeyValues& keys, const RunOptions& options) {
    const RunResult result = run_chip(chip_with(keys), trace, options);
    return to_json(result) + to_chrome_trace(result);
}

// A run is a function of its inputs: not of the threads of the host, not of an earlier run.
TEST(Engine, ResultsDoNotDependOnThreadsOrRepetition) {
    const auto with_threads = [](std::size_t threads) {
        return in_child([threads] {
            const tbb::global_control control(tbb::global_control::max_allowed_parallelism,
                                              threads);
            RunOptions options;
            options.timeline = true;
            return run(digits(), {}, options);
        });
    };
    const std::string one = with_threads(1);
    ASSERT_TRUE(one.starts_with("{")) << one.substr(0, 200);
    EXPECT_EQ(with_threads(2), one);
    EXPECT_EQ(with_threads(2), one);
    EXPECT_EQ(with_threads(4), one);
}

// "check" and "timeline" only watch.
TEST(Engine, WatchingChangesNothing) {
    const auto with = [](bool check, bool timeline) {
        return in_child([=] {
            RunOptions options;
            options.check = check;
            options.timeline = timeline;
            return to_json(run_chip(chip_with({}), digits(), options));
        });
    };
    const std::string plain = with(false, false);
    ASSERT_TRUE(plain.starts_with("{")) << plain.substr(0, 200);
    for (const bool timeline : {false, true}) {
        // What was compared is said, and is all that differs.
        Json watched = Json::parse(with(true, timeline));
        EXPECT_GT(watched.at("check").at("values"), 0);
        watched.erase("check");
        EXPECT_EQ(watched, Json::parse(plain));
    }
}

Json layers_of(const std::vector<std::string>& names) {
    const std::string text = in_child([&] {
        RunOptions options;
        options.layers = names;
        return to_json(run_chip(chip_with({}), digits(), options));
    });
    Json layers;
    const Json result = Json::parse(text);
    for (const Json& layer : result["layers"]) layers[layer["name"].get<std::string>()] = layer;
    return layers;
}

// Layers alone do the work of the whole run: the same events, the same cycles of the array. Only
// the memory is in another state (open rows, refresh): the first layer, which starts at time zero
// in both, is equal in everything; the others may wait for it a little more or less.
TEST(Engine, SelectedLayersDoTheWorkOfTheWholeRun) {
    const Json whole = layers_of({});
    ASSERT_GE(whole.size(), 4u);
    std::vector<std::string> names;
    const Trace trace = digits();
    for (const Layer& layer : trace.manifest().layers) names.push_back(layer.name);
    EXPECT_EQ(layers_of({names[0]})[names[0]], whole[names[0]]);
    for (const std::vector<std::string>& some :
         {std::vector<std::string>{names[1]}, {names[2], names.back()}}) {
        const Json alone = layers_of(some);
        EXPECT_EQ(alone.size(), some.size());
        for (const std::string& name : some) {
            const Json &a = alone[name], &b = whole[name];
            for (const char* key : {"shape", "types", "macs", "array_cycles", "dram_bytes",
                                    "activity_events", "accumulator_overflows"})
                EXPECT_EQ(a[key], b[key]) << name << " " << key;
            for (const char* cause : {"fill_drain", "scratchpad_bandwidth"})
                EXPECT_EQ(a["stalls"].value(cause, 0), b["stalls"].value(cause, 0)) << name;
            const double cycles = a["cycles"], expected = b["cycles"];
            EXPECT_NEAR(cycles, expected, 0.05 * expected + 500) << name;
        }
    }
}

TEST(Engine, RefusesLayersThatAreNotThere) {
    EXPECT_EQ(in_child([] {
                  RunOptions options;
                  options.layers = {"conv99"};
                  return run(digits(), {}, options);
              }),
              "exception: layer 'conv99': network 'digits' has no such layer");
}

TEST(Engine, RefusesUnknownFidelities) {
    const std::string text = in_child([] {
        RunOptions options;
        options.fidelity = "gate";
        return run(digits(), {}, options);
    });
    EXPECT_EQ(text.substr(0, 39), "exception: fidelity = gate: allowed: pe") << text;
}

TEST(Engine, NamesTheBufferThatALayerDoesNotFit) {
    EXPECT_EQ(in_child([] {
                  return run(gemm_trace(4, 8, 4096, "int8", "int8", 1),
                             {{"weight_buffer.bytes", "64"},
                               {"energy.extrapolate", "true"}},
                             {});
              }),
              "exception: weight_buffer.bytes = 64: layer 'gemm' needs at least 128");
}

// Scalesim-like folds: one after another, each of T + R + C - 2 cycles (Samajdar et al., "A
// systematic methodology for characterizing scalability of DNN accelerators using SCALE-Sim",
// ISPASS'20), for the folds of every tile that the mapping chose.
TEST(Engine, FoldsOneAfterAnotherTakeTheCyclesOfScaleSim) {
    for (const char* dataflow : {"output_stationary", "weight_stationary"}) {
        const KeyValues keys = {{"array.rows", "8"},
                                {"array.columns", "16"},
                                {"array.dataflow", dataflow},
                                {"array.overlap_folds", "false"}};
        const Json json =
            Json::parse(in_child([&] { return to_json(run_chip(chip_with(keys), digits(), {})); }));
        const Trace trace = digits();
        const ChipDescription chip = chip_with(keys);
        const MemoryMap memory(trace);
        int checked = 0;
        for (const Layer& layer : trace.manifest().layers) {
            if (layer.op != Operator::conv2d) continue;
            if (layer.groups != 1) continue;
            const std::int64_t lines =
                format(trace.manifest().activation(layer.inputs[0]).format).bits() > 4 ? 2 : 1;
            const std::int64_t rows = 8 / lines, columns = 16 / lines;
            const auto up = [](std::int64_t a, std::int64_t b) { return (a + b - 1) / b; };
            std::int64_t cycles = 0;
            for (const ArrayTask& task : map_layer(trace, layer, memory, chip.gemm()).tiles) {
                const std::int64_t m = task.tile.m(), n = task.tile.n, depth = task.tile.k();
                // Output stationary: T = K and a fold is R x C results. Weight stationary: T = M, a
                // fold is R x C weights, which take R cycles to enter (2R + C + M - 2 in
                // SCALE-Sim's terms).
                cycles += std::string(dataflow) == "output_stationary"
                              ? up(m, rows) * up(n, columns) * (depth + 8 + 16 - 2)
                              : up(depth, rows) * up(n, columns) * (m + 2 * 8 + 16 - 2);
            }
            for (const Json& x : json["layers"])
                if (x["name"] == layer.name) {
                    EXPECT_EQ(x["array_cycles"].get<std::int64_t>() +
                                  x["stalls"].value("fill_drain", std::int64_t{0}),
                              cycles)
                        << layer.name << " " << dataflow;
                    ++checked;
                }
        }
        EXPECT_GE(checked, 2);
    }
}

}  // namespace
}  // namespace bitloom::test
