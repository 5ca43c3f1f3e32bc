// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/layer_blocks.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/sim/sweep/report/sample_sweeps.h"

namespace bitloom {
namespace {

using Json = nlohmann::ordered_json;

std::string result_of(const std::string& layers) {
    return fmt::format("{{\"layers\": [{}]}}", layers);
}

constexpr std::size_t plenty = 1 << 20;

TEST(LayerBlocks, KeepsTheQuantitiesOfEachLayer) {
    const std::string result = testing::plausible_sweep(1).records[0].result_json;
    const Json full = Json::parse(result);
    LayerBlocks blocks;
    blocks.add(result);
    const Json json = blocks.to_json({}, plenty);
    ASSERT_EQ(json["block"], Json::array({0}));
    const Json& block = json["blocks"][0];
    const Json& names = json["names"][block["names"].get<std::size_t>()];
    ASSERT_EQ(names.size(), full["layers"].size());
    for (std::size_t q = 0; q < std::size(layer_quantities); ++q) {
        EXPECT_EQ(json["quantities"][q], layer_quantities[q]);
        for (std::size_t i = 0; i < names.size(); ++i) {
            const Json& layer = full["layers"][i];
            EXPECT_EQ(names[i], layer["name"]);
            const Json& kept = block["values"][q][i];
            const Json& measured = layer[std::string(layer_quantities[q])];
            if (measured.is_number_integer()) {
                EXPECT_EQ(kept, measured);
            } else if (measured.is_number()) {
                EXPECT_NEAR(kept.get<double>(), measured.get<double>(),
                            5e-6 * std::abs(measured.get<double>()));
            } else {
                EXPECT_EQ(kept, layer["exact"] == true ? Json("exact") : Json(nullptr));
            }
        }
    }
}

TEST(LayerBlocks, IntegersStayWholeAndRealsAreRounded) {
    LayerBlocks blocks;
    blocks.add(result_of(R"({"name": "a", "cycles": 9007199254740993, "energy_pj": 1234567.89,
                             "utilization": 0.123456789, "sqnr_db": null, "exact": true})"));
    EXPECT_EQ(blocks.to_json({}, plenty)["blocks"][0]["values"].dump(),
              "[[9007199254740993],[1234570],[0.123457],[\"exact\"],[null]]");
}

TEST(LayerBlocks, EqualLayersAreKeptOnce) {
    LayerBlocks blocks;
    for (int i = 0; i < 100; ++i)
        blocks.add(result_of(fmt::format(R"({{"name": "a", "cycles": {}}})", i % 2)));
    const Json json = blocks.to_json({}, plenty);
    EXPECT_EQ(json["blocks"].size(), 2U);
    EXPECT_EQ(json["names"].size(), 1U);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(json["block"][static_cast<std::size_t>(i)], i % 2);
}

TEST(LayerBlocks, WhatIsNoResultHasNoLayers) {
    LayerBlocks blocks;
    const std::vector<std::string> texts = {"",
                                            "nonsense",
                                            "[]",
                                            "{}",
                                            R"({"layers": 3})",
                                            R"({"layers": []})",
                                            R"({"layers": [3]})",
                                            R"({"layers": [{"name": "a")"};
    for (const std::string& text : texts) blocks.add(text);
    blocks.add(R"({"layers": [{"name": 3, "cycles": "many"}]})");
    const Json json = blocks.to_json({}, plenty);
    for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(json["block"][i], -1) << texts[i];
    EXPECT_EQ(json["block"][texts.size()], 0);
    EXPECT_EQ(json["names"][0], Json::array({"?"}));
    EXPECT_EQ(json["blocks"][0]["values"][0], Json::array({nullptr}));
    EXPECT_EQ(json["left_out"], 0);
}

// The limit is on the text of the blocks: those that a page wants first stay, the rest is counted.
TEST(LayerBlocks, OverTheLimitTheWantedStay) {
    LayerBlocks blocks;
    std::size_t size = 0;
    for (int i = 0; i < 10; ++i) {
        blocks.add(result_of(fmt::format(R"({{"name": "a", "cycles": {}}})", i)));
        size = blocks.to_json({}, plenty)["blocks"][0].dump().size();
    }
    const Json json = blocks.to_json({7, 3}, 3 * size);
    EXPECT_EQ(json["block"], Json::parse("[2,-1,-1,1,-1,-1,-1,0,-1,-1]"));
    EXPECT_EQ(json["left_out"], 7);
    EXPECT_EQ(blocks.to_json({7, 3}, 3 * size - 1)["left_out"], 8);
    EXPECT_EQ(blocks.to_json({}, 10 * size)["left_out"], 0);
}

}  // namespace
}  // namespace bitloom
