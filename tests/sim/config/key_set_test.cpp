// SPDX-License-Identifier: Apache-2.0
#include "sim/config/key_set.h"

#include <gtest/gtest.h>

#include "models/base/error.h"
#include "sim/config/read.h"

namespace bitloom {
namespace {

TEST(KeySet, DeclaringANameTwiceIsAFault) {
    std::int64_t rows = 1;
    KeySet keys;
    keys.integer("array.rows", rows, {1, 4}, "", "Rows");
    EXPECT_THROW(keys.integer("array.rows", rows, {1, 4}, "", "Rows"), InternalError);
}

TEST(KeySet, DefaultOutsideItsRangeIsAFault) {
    std::int64_t rows = 0;
    KeySet keys;
    keys.integer("array.rows", rows, {1, 4}, "", "Rows");
    EXPECT_THROW(read_overrides(keys, {}), InternalError);
}

TEST(KeySet, AllowedTextSaysRangeUnitAndStep) {
    std::int64_t i = 0;
    int small = 1;
    double r = 0;
    KeySet keys;
    EXPECT_EQ(keys.integer("a", i, {1, 1024}, "", "").allowed, "1..1024");
    EXPECT_EQ(keys.integer("b", i, {.min = 0}, units::bytes, "").allowed, "at least 0 B");
    EXPECT_EQ(keys.integer("c", i, {.max = 9}, "", "").allowed, "at most 9");
    EXPECT_EQ(keys.integer("d", i, {}, "", "").allowed, "any whole number");
    EXPECT_EQ(keys.integer("e", i, {64, 1024, 64}, units::bytes, "").allowed,
              "64..1024 B, a multiple of 64");
    EXPECT_EQ(keys.integer("f", small, {.min = 1}, "", "").allowed, "1..2147483647");
    EXPECT_EQ(keys.real("g", r, {0, 1}, "", "").allowed, "0..1");
    EXPECT_EQ(keys.real("h", r, {.min = 0, .above_min = true}, units::gigahertz, "").allowed,
              "above 0 GHz");
    EXPECT_EQ(keys.real("j", r, {.min = 0, .max = 10, .above_min = true}, "V", "").allowed,
              "above 0, at most 10 V");
    EXPECT_EQ(keys.real("k", r, {}, "", "").allowed, "any number");
    std::string name = "ws";
    EXPECT_EQ(keys.choice("l", name, {"ws", "os"}, "").allowed, "one of ws os");
}

// A value that broke a rule between two keys must be found in the user's files.
TEST(KeySet, WhereNamesTheSourceOfTheValueInForce) {
    std::int64_t rows = 16, columns = 16, depth = 1;
    KeySet keys;
    keys.integer("array.rows", rows, {1, 1024}, "", "Rows");
    keys.integer("array.columns", columns, {1, 1024}, "", "Columns");
    keys.integer("array.depth", depth, {1, 1024}, "", "Depth");
    read_text(keys, "runs/a.ini", "[array]\nrows = 3\ncolumns = 4\n", {{"array.columns", "5"}});
    EXPECT_EQ(keys.where("array.rows"), "runs/a.ini:2: array.rows = 3");
    EXPECT_EQ(keys.where("array.columns"), "command line: --array.columns = 5");
    EXPECT_EQ(keys.where("array.depth"), "default: array.depth = 1");
    EXPECT_THROW(keys.where("array.width"), InternalError);
}

TEST(KeySet, FlagTakesTheUsualWords) {
    for (const auto& [text, expected] : std::vector<std::pair<std::string, bool>>{{"true", true},
                                                                                  {"yes", true},
                                                                                  {"on", true},
                                                                                  {"1", true},
                                                                                  {"false", false},
                                                                                  {"no", false},
                                                                                  {"off", false},
                                                                                  {"0", false}}) {
        bool value = !expected;
        KeySet keys;
        keys.flag("overlap", value, "Overlap");
        read_overrides(keys, {{"overlap", text}});
        EXPECT_EQ(value, expected) << text;
    }
}

}  // namespace
}  // namespace bitloom
