// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/layer_selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/base/error.h"

namespace bitloom {
namespace {

using testing::ElementsAre;

const std::vector<std::string> layers = {"conv1", "conv2", "2", "fc"};

std::string error(std::string_view text) {
    try {
        select_layers(text, layers);
    } catch (const Error& caught) {
        return caught.what();
    }
    return "no error";
}

TEST(LayerSelection, TakesNamesNumbersAndRanges) {
    EXPECT_THAT(select_layers("fc", layers), ElementsAre("fc"));
    EXPECT_THAT(select_layers("0", layers), ElementsAre("conv1"));
    EXPECT_THAT(select_layers("0..3", layers), ElementsAre("conv1", "conv2", "2", "fc"));
    EXPECT_THAT(select_layers("1..1,fc", layers), ElementsAre("conv2", "fc"));
}

TEST(LayerSelection, KeepsTheOrderOfTheNetworkAndNamesALayerOnce) {
    EXPECT_THAT(select_layers("fc,conv1,0,0..1", layers), ElementsAre("conv1", "conv2", "fc"));
}

TEST(LayerSelection, NameWinsOverNumber) {
    EXPECT_THAT(select_layers("2", {"2", "b", "c"}), ElementsAre("2"));
}

TEST(LayerSelection, MistakesAreNamed) {
    EXPECT_EQ(error("conv3"),
              "command line: --layers = conv3: no layer 'conv3'; did you mean 'conv1'?");
    EXPECT_EQ(error("0..4"), "command line: --layers = 0..4: '0..4' must be within 0..3");
    EXPECT_EQ(error("4"), "command line: --layers = 4: '4' must be within 0..3");
    EXPECT_EQ(error("fc,-1"), "command line: --layers = fc,-1: '-1' must be within 0..3");
    EXPECT_EQ(error("3..0"), "command line: --layers = 3..0: '3..0' must be within 0..3");
    EXPECT_TRUE(
        std::string(error("0..")).starts_with("command line: --layers = 0..: no layer '0..'"));
    EXPECT_TRUE(std::string(error("fc,")).starts_with("command line: --layers = fc,: no layer ''"));
}

}  // namespace
}  // namespace bitloom
