// SPDX-License-Identifier: Apache-2.0
// Two results side by side.
#include "sim/report/comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "sim/report/json.h"
#include "tests/sim/report/sample_results.h"

namespace bitloom {
namespace {

using testing::small_result;

Comparison compared(const RunResult& a, const RunResult& b) {
    return compare(parse_result(to_json(a), "a.json"), parse_result(to_json(b), "b.json"));
}

TEST(Comparison, OfAResultWithItselfFindsNothing) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        RunResult result = testing::random_result(seed);
        if (!(result.clock_hz > 0)) continue;
        Comparison same{};
        try {
            same = compared(result, result);
        } catch (const Error& error) {  // random results may repeat a name
            EXPECT_NE(std::string(error.what()).find("is repeated"), std::string::npos);
            continue;
        }
        EXPECT_EQ(same.layers.size(), result.layers.size());
        for (const LayerComparison& layer : same.layers) {
            EXPECT_TRUE(std::isnan(layer.time_ratio) || layer.time_ratio == 1.0) << seed;
            EXPECT_TRUE(std::isnan(layer.energy_ratio) || layer.energy_ratio == 1.0) << seed;
            EXPECT_EQ(layer.time_cause, "-");
            EXPECT_EQ(layer.energy_cause, "-");
        }
        EXPECT_TRUE(same.configuration.empty());
    }
}

// The first layer waits 100 cycles more for operands and moves twice the bytes.
TEST(Comparison, NamesTheKindOfCyclesAndTheGroupOfEnergyThatGrew) {
    const RunResult a = small_result();
    RunResult b = a;
    LayerResult& layer = b.layers[0];
    layer.stalls["operands"] += 100;
    layer.stalls["writeback"] -= 20;
    layer.cycles += 80;
    b.cycles += 80;
    layer.dram_bytes *= 2;
    layer.energy_pj["dram"] += 64;
    layer.energy_pj["array"] -= 4;
    const Comparison comparison = compared(a, b);
    EXPECT_EQ(comparison.layers[0].time_ratio, 592.0 / 512.0);
    EXPECT_EQ(comparison.layers[0].bound_a, "array");
    EXPECT_EQ(comparison.layers[0].time_cause,
              "DRAM: +80 of +80 cycles; moves 2.00 x the bytes: other tiles");
    EXPECT_EQ(comparison.layers[0].energy_cause, "DRAM: +64 of +60 pJ");
    EXPECT_EQ(comparison.layers[1].time_cause, "-");
}

TEST(Comparison, NamesTheClockTheFormatsAndTheKeysThatDiffer) {
    RunResult a = small_result();
    a.configuration = {{"array.rows", "64"}, {"energy.node", "28"}, {"only.a", "1"}};
    RunResult b = a;
    b.configuration = {{"array.rows", "32"}, {"energy.node", "22"}};
    b.clock_hz *= 2;
    b.layers[0].types = "int8 x int8 -> int16";
    b.layers[0].array_cycles += 10;
    b.layers[0].cycles += 10;
    const Comparison comparison = compared(a, b);
    EXPECT_EQ(comparison.layers[0].time_ratio, 522.0 / 512.0 / 2.0);
    EXPECT_EQ(comparison.layers[0].time_cause,
              "clock: 1.000 GHz against 2.000 GHz; array: +10 of +10 cycles; formats flint4 x "
              "uflint4 -> int16, uint4 against int8 x int8 -> int16");
    ASSERT_EQ(comparison.configuration.size(), 3u);
    EXPECT_EQ(comparison.configuration[2].b, "-");
    EXPECT_NE(std::find(comparison.notes.begin(), comparison.notes.end(),
                        "energies are not on one basis: energy.node = 28 against 22"),
              comparison.notes.end());
}

TEST(Comparison, ListsLayersThatOneResultLacks) {
    const RunResult a = small_result();
    RunResult b = a;
    b.layers[1].name = "another";
    const Comparison comparison = compared(a, b);
    EXPECT_EQ(comparison.layers.size(), 2u);
    EXPECT_EQ(comparison.only_in_a.size(), 1u);
    EXPECT_EQ(comparison.only_in_b, (std::vector<std::string>{"another"}));
    const nlohmann::json json = nlohmann::json::parse(comparison_json(comparison));
    EXPECT_EQ(json.at("only_in_b").at(0), "another");
    EXPECT_EQ(json.at("layers").size(), 2u);
    const std::string csv = comparison_csv(comparison);
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 4);
}

std::string error_of(const std::string& text) {
    try {
        parse_result(text, "f.json");
    } catch (const Error& error) {
        return error.what();
    }
    return "none";
}

TEST(ResultFile, WhatIsNoResultIsRefusedByName) {
    EXPECT_EQ(error_of("{"), "f.json: not valid JSON near byte 2");
    EXPECT_EQ(error_of("{}"),
              "f.json: no member 'schema': must be a result that `bitloom run --json` wrote");
    EXPECT_EQ(error_of(R"({"schema": "bitloom-sweep"})"),
              "f.json: schema: is 'bitloom-sweep': must be 'bitloom-result', which `bitloom run "
              "--json` writes");
    const auto changed = [](auto change) {
        nlohmann::json json = nlohmann::json::parse(to_json(small_result()));
        change(json);
        return error_of(json.dump());
    };
    EXPECT_EQ(changed([](auto& json) { json["schema_version"] = 2; }),
              "f.json: schema_version: is 2: this program reads 1");
    EXPECT_EQ(changed([](auto& json) { json["layers"][0]["cycles"] = -1; }),
              "f.json: layers[0].cycles: is -1: must be at least 0");
    EXPECT_EQ(changed([](auto& json) { json["clock_hz"] = 0; }),
              "f.json: clock_hz: is 0: must be above 0");
    EXPECT_NE(changed([](auto& json) { json.erase("layers"); }).find("layers"), std::string::npos);
    EXPECT_NE(changed([](auto& json) { json["layers"][1] = json["layers"][0]; }).find("repeated"),
              std::string::npos);
}

}  // namespace
}  // namespace bitloom
