// SPDX-License-Identifier: Apache-2.0
// Standard output that is a pipe, a full disk, closed, or a terminal.
#include <gtest/gtest.h>

#include "tests/cli/run_program.h"

namespace bitloom::test {
namespace {

// The reader takes what it wants and goes; that is no mistake.
TEST(Streams, ReaderThatGoesEndsTheProgramQuietly) {
    const ProgramRun run =
        run_shell("{ \"$BITLOOM\" show format int16 --csv; echo $? >&2; } | head -1");
    EXPECT_EQ(run.output, "code,value\n");
    EXPECT_EQ(run.error, "0\n");
}

TEST(Streams, FullDiskIsReported) {
    const ProgramRun run = run_shell("\"$BITLOOM\" show formats >/dev/full");
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_EQ(run.error,
              "bitloom: error: standard output: cannot write: No space left on device\n");
}

TEST(Streams, ClosedOutputIsReported) {
    const ProgramRun run = run_shell("\"$BITLOOM\" show formats >&-");
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_EQ(run.error, "bitloom: error: standard output: cannot write: Bad file descriptor\n");
}

TEST(Streams, ClosedErrorStreamLeavesTheExitCode) {
    EXPECT_EQ(run_shell("\"$BITLOOM\" sweep 2>&-").exit_code, 2);
}

TEST(Streams, TerminalShowsProgressAndAPipeDoesNot) {
    const std::vector<std::string> command = {"quantize", "zoo/digits", "--calibration", "16"};
    const ProgramRun terminal = run_bitloom_on_terminal(command);
    EXPECT_EQ(terminal.exit_code, 0) << terminal.output;
    EXPECT_NE(terminal.output.find(" %"), std::string::npos);
    EXPECT_NE(terminal.output.find("\r\x1b[K"), std::string::npos) << terminal.output;
    const ProgramRun pipe = run_bitloom(command);
    EXPECT_EQ(pipe.output.find('\r'), std::string::npos);
    EXPECT_EQ(pipe.error, "");
}

}  // namespace
}  // namespace bitloom::test
