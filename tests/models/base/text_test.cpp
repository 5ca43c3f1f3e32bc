// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"

#include <gtest/gtest.h>

#include <vector>

namespace bitloom {
namespace {

const std::vector<std::string> keys = {"array.rows", "array.columns", "dram.clock", "int4", "int8"};

TEST(Text, NearestNameIsTheOneWithFewestEdits) {
    EXPECT_EQ(nearest_name("array.row", keys), "array.rows");
    EXPECT_EQ(nearest_name("aray.rwos", keys), "array.rows");
    EXPECT_EQ(nearest_name("array.columns", keys), "array.columns");
    EXPECT_EQ(nearest_name("dram.clok", keys), "dram.clock");
}

TEST(Text, EqualDistancesGiveTheFirstCandidate) {
    EXPECT_EQ(nearest_name("int6", keys), "int4");
}

// Two edits always pass, more only up to a third of the longer name.
TEST(Text, FarNamesAreNoSuggestion) {
    const std::vector<std::string> six = {"abcdef"};
    EXPECT_EQ(nearest_name("abcdxx", six), "abcdef");
    EXPECT_EQ(nearest_name("abcxxx", six), "");
    const std::vector<std::string> nine = {"abcdefghi"};
    EXPECT_EQ(nearest_name("abcdefxxx", nine), "abcdefghi");
    EXPECT_EQ(nearest_name("abcdexxxx", nine), "");
    EXPECT_EQ(nearest_name("zzzzzzzz", keys), "");
    EXPECT_EQ(nearest_name("int4", {}), "");
}

TEST(Text, EditsAreInsertionsDeletionsAndReplacements) {
    const std::vector<std::string> one = {"flint"};
    for (const char* name : {"flit", "flintt", "fling", "xflint", "lint"})
        EXPECT_EQ(nearest_name(name, one), "flint") << name;
}

TEST(Text, DidYouMeanIsAPhraseOrNothing) {
    EXPECT_EQ(did_you_mean("array.row", keys), "; did you mean 'array.rows'?");
    EXPECT_EQ(did_you_mean("something else", keys), "");
}

}  // namespace
}  // namespace bitloom
