// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/run_program.h"

namespace bitloom::test {
namespace {

TEST(Quantize, ReportsTensorsAndAccuracyAndWritesTheTrace) {
    const TemporaryFolder folder;
    const std::string file = folder / "digits.safetensors";
    const ProgramRun run =
        run_bitloom({"quantize", "zoo/digits", "--scheme", "int8", "--output", file});
    EXPECT_EQ(run.error, "");  // in a pipe: no progress either
    ASSERT_EQ(run.exit_code, 0);
    EXPECT_TRUE(run.output.starts_with("network digits, scheme int8\n\nlayer ")) << run.output;
    EXPECT_NE(run.output.find("  weights "), std::string::npos);
    EXPECT_NE(run.output.find("  activations "), std::string::npos);
    EXPECT_NE(run.output.find("\ntop-1: float 99.67 %, quantized "), std::string::npos);
    EXPECT_NE(run.output.find("\nwritten: " + file + ", "), std::string::npos) << run.output;

    const ProgramRun show = run_bitloom({"show", "trace", file});
    EXPECT_EQ(show.error, "");
    EXPECT_EQ(show.exit_code, 0);
    EXPECT_TRUE(show.output.starts_with("network "));
    EXPECT_NE(show.output.find("\nversion "), std::string::npos);
    EXPECT_NE(show.output.find("int8 x uint8"), std::string::npos);
    EXPECT_TRUE(show.output.ends_with("\ndata set: 899 inputs\n")) << show.output;
}

TEST(Quantize, SameCommandGivesTheSameBytes) {
    const TemporaryFolder folder;
    for (const char* name : {"a.safetensors", "b.safetensors"})
        ASSERT_EQ(run_bitloom({"quantize", "zoo/digits", "--no-accuracy", "--calibration", "8",
                               "--output", folder / name})
                      .exit_code,
                  0);
    const ProgramRun same =
        run_shell("cmp '" + folder / "a.safetensors" + "' '" + folder / "b.safetensors" + "'");
    EXPECT_EQ(same.exit_code, 0) << same.output;
}

TEST(Quantize, ANetworkTrainedForTheSchemeKeepsWhatTheOtherLoses) {
    const ProgramRun trained = run_bitloom({"quantize", "zoo/digits_w1a2", "--scheme", "w1a2"});
    EXPECT_EQ(trained.error, "");
    EXPECT_TRUE(trained.output.ends_with("\ntop-1: float 99.67 %, quantized 99.44 %\n"))
        << trained.output;
    const ProgramRun other = run_bitloom({"quantize", "zoo/digits", "--scheme", "w1a2"});
    EXPECT_TRUE(other.output.ends_with("\ntop-1: float 99.67 %, quantized 28.59 %\n"))
        << other.output;
}

TEST(Quantize, ShapesOnlyGiveRandomCodesOfTheGivenFormats) {
    const TemporaryFolder folder;
    const std::string net = folder.write("a.net", "network a\ninput x 64\ngemm fc n=8\n");
    const std::string file = folder / "a.safetensors";
    const ProgramRun run = run_bitloom(
        {"quantize", net, "--weights", "pot4", "--activations", "uint4", "--output", file});
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_NE(run.output.find("random codes (seed 1): nothing was quantized\n"), std::string::npos);
    const ProgramRun show = run_bitloom({"show", "trace", file});
    EXPECT_NE(show.output.find("pot4 x uint4"), std::string::npos) << show.output << show.error;
    EXPECT_TRUE(show.output.ends_with("\ndata set: none\n"));
}

}  // namespace
}  // namespace bitloom::test
