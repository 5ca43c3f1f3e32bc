// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/base/error.h"
#include "sim/cli/run_command.h"

namespace bitloom {
namespace {

using testing::ElementsAre;
using testing::Pair;

struct Options {
    std::int64_t seed = 1;
    std::string scheme = "ant4";
    bool quiet = false;
};

Arguments parse(const std::vector<std::string>& tokens, Options& options, bool chip_keys = true) {
    KeySet keys;
    keys.integer("seed", options.seed, {.min = -5}, "", "Seed");
    keys.choice("scheme", options.scheme, {"ant4", "int8"}, "Scheme");
    keys.flag("quiet", options.quiet, "Say less");
    return parse_command_line(tokens, keys, chip_keys);
}

std::string error(const std::vector<std::string>& tokens, bool chip_keys = true) {
    Options options;
    try {
        parse(tokens, options, chip_keys);
    } catch (const Error& caught) {
        return caught.what();
    }
    return "no error";
}

TEST(CommandLine, WordsAndOptionsMayMix) {
    Options options;
    const Arguments arguments =
        parse({"a", "--seed", "7", "b", "--quiet", "--scheme=int8", "c"}, options);
    EXPECT_THAT(arguments.words, ElementsAre("a", "b", "c"));
    EXPECT_EQ(options.seed, 7);
    EXPECT_EQ(options.scheme, "int8");
    EXPECT_TRUE(options.quiet);
}

TEST(CommandLine, NegativeNumberIsAValue) {
    Options options;
    parse({"--seed", "-3"}, options);
    EXPECT_EQ(options.seed, -3);
}

TEST(CommandLine, OptionWithADotIsAKeyOfTheChip) {
    Options options;
    const Arguments arguments =
        parse({"a", "--array.rows", "64", "b", "--x.y=z=1", "--empty.key"}, options);
    EXPECT_THAT(arguments.words, ElementsAre("a", "b"));
    EXPECT_THAT(arguments.chip_keys,
                ElementsAre(Pair("array.rows", "64"), Pair("x.y", "z=1"), Pair("empty.key", "")));
    EXPECT_EQ(error({"--array.rows", "64"}, false), "command line: unknown option '--array.rows'");
}

TEST(CommandLine, AfterTwoDashesOnlyWordsFollow) {
    Options options;
    const Arguments arguments = parse({"a", "--", "--seed", "-b", "--c.d"}, options);
    EXPECT_THAT(arguments.words, ElementsAre("a", "--seed", "-b", "--c.d"));
    EXPECT_EQ(options.seed, 1);
}

TEST(CommandLine, MistakesNameTheOption) {
    EXPECT_EQ(error({"--scheem", "int8"}),
              "command line: unknown option '--scheem'; did you mean '--scheme'?");
    EXPECT_EQ(error({"--sche", "int8"}),
              "command line: unknown option '--sche'; did you mean '--scheme'?");
    EXPECT_EQ(error({"-x"}), "command line: unknown option '-x'");
    EXPECT_EQ(error({"--seed"}), "command line: --seed has no value: must be at least -5");
    EXPECT_EQ(error({"--seed="}), "command line: --seed has no value: must be at least -5");
    EXPECT_EQ(error({"--seed", "--quiet"}),
              "command line: --seed has no value: must be at least -5");
    EXPECT_EQ(error({"--quiet=true"}), "command line: --quiet takes no value");
    EXPECT_EQ(error({"--seed", "1", "--seed", "1"}), "command line: --seed is given twice");
    EXPECT_EQ(error({"--quiet", "--quiet"}), "command line: --quiet is given twice");
    EXPECT_EQ(error({"--seed", "x", "--scheme", "int9"}),
              "command line: --seed = x: must be a whole number, at least -5\n"
              "command line: --scheme = int9: must be one of ant4 int8; did you mean 'int8'?");
}

TEST(Gemm, TakesThreeSizes) {
    const GemmShape shape = parse_gemm("128x64x256");
    EXPECT_EQ(shape.m, 128);
    EXPECT_EQ(shape.n, 64);
    EXPECT_EQ(shape.k, 256);
    for (const char* text : {"", "4", "4x4", "4x4x4x4", "4x0x4", "4xx4", "-1x4x4", "4x4x", "4X4X4",
                             "99999999999999999999x1x1"})
        EXPECT_THROW(parse_gemm(text), Error) << text;
}

}  // namespace
}  // namespace bitloom
