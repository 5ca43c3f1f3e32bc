// SPDX-License-Identifier: Apache-2.0
// `bitloom run --explain`, as a user runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "models/base/output_file.h"
#include "tests/cli/run_program.h"

namespace bitloom::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

json layer_of(const std::vector<std::string>& arguments, std::string* text = nullptr) {
    const TemporaryFolder folder;
    std::vector<std::string> all = arguments;
    for (const std::string word : {"--json", "--html"}) {
        all.push_back(word);
        all.push_back(folder / (word.substr(2)));
    }
    const ProgramRun run = run_bitloom(all);
    EXPECT_EQ(run.exit_code, 0) << run.error;
    if (text != nullptr) *text = run.output + read_file(folder / "html");
    return json::parse(read_file(folder / "json")).at("layers").at(0);
}

// A product whose K is four slices' worth of the weight buffer: 64 x 64 x 4096 codes of a byte.
TEST(Explain, SaysHowAProductIsTiledAndWhatLimitsIt) {
    std::string text;
    const json layer = layer_of({"run", "ant", "--gemm", "64x64x4096", "--weights", "int8",
                                 "--activations", "int8", "--explain", "gemm"},
                                &text);
    const json& mapping = layer.at("mapping");
    EXPECT_EQ(mapping.at("cycles"), layer.at("cycles"));
    EXPECT_EQ(mapping.at("memory_bytes"), layer.at("dram_bytes"));
    // Two by two folds of 32 x 32 results of 4096 products, and the skew of 64 rows and columns.
    EXPECT_EQ(mapping.at("array_bound_cycles"), 4 * 4096 + 64 + 64 - 2);
    EXPECT_EQ(mapping.at("activation_bytes"), 64 * 4096);
    EXPECT_LE(mapping.at("weight_half_bytes"), 65536);
    EXPECT_GE(mapping.at("slices").get<int>() * mapping.at("slice_k").get<int>(), 4096);
    EXPECT_EQ(mapping.at("folds").get<int>() % 4, 0);
    EXPECT_GE(mapping.at("with_more").size(), 8u);
    for (const json& more : mapping.at("with_more")) {
        const std::string resource = more.at("resource");
        if (resource.ends_with(".bytes") || resource == "dma.width_bits") {
            EXPECT_LE(more.at("cycles"), mapping.at("cycles")) << resource;
        }
    }
    for (const char* words : {"Mapping of gemm", "slices of K a tile", "busiest"})
        EXPECT_THAT(text, HasSubstr(words));
}

TEST(Explain, SaysTheStagesOfAnAnalogLayer) {
    const json mapping =
        layer_of({"run", "aon_cim", "zoo/analognet_kws_cim8", "--no-accuracy", "--explain", "0"})
            .at("mapping");
    EXPECT_GE(mapping.at("cycles").get<std::int64_t>(),
              mapping.at("bound_cycles").get<std::int64_t>());
    EXPECT_EQ(mapping.at("arrays"), 1);
    EXPECT_THAT(mapping.at("limited_by").get<std::string>(), HasSubstr("arrays"));
}

TEST(Explain, IsAbsentUnlessAskedFor) {
    EXPECT_FALSE(layer_of({"run", "ant", "--gemm", "8x8x8"}).contains("mapping"));
}

TEST(Explain, RefusesLayersThatAreNotThereOrNotSimulated) {
    const auto error = [](const std::vector<std::string>& more) {
        std::vector<std::string> words = {"run", "ant", "papers/ant/resnet18"};
        words.insert(words.end(), more.begin(), more.end());
        const ProgramRun run = run_bitloom(words);
        EXPECT_EQ(run.exit_code, 2);
        return run.error;
    };
    EXPECT_EQ(error({"--explain", "conv2"}),
              "bitloom: error: command line: --explain = conv2: no layer 'conv2'; did you mean "
              "'conv1'?\n");
    EXPECT_EQ(error({"--explain", "5", "--layers", "0..3"}).substr(0, 51),
              "bitloom: error: command line: --explain = 5: --laye");
}

}  // namespace
}  // namespace bitloom::test
