// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <regex>

#include "tests/cli/run_program.h"

namespace bitloom::test {
namespace {

void expect_all(const std::string& text, const std::vector<std::string>& pieces) {
    for (const std::string& piece : pieces)
        EXPECT_NE(text.find(piece), std::string::npos) << "'" << piece << "' is not in\n" << text;
}

TEST(Help, VersionIsOneLine) {
    const ProgramRun run = run_bitloom({"--version"});
    EXPECT_EQ(run.exit_code, 0);
    // And no banner of SystemC.
    EXPECT_TRUE(std::regex_match(
        run.output, std::regex("bitloom " BITLOOM_VERSION
                               " \\(commit ([0-9a-f]{12,}(-dirty)?|unknown), build " BITLOOM_VERSION
                               "-[0-9a-f]{12}\\)\n")))
        << run.output;
    EXPECT_EQ(run.error, "");
}

TEST(Help, GeneralHelpListsVerbsExitCodesAndExamples) {
    const ProgramRun run = run_bitloom({"--help"});
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_EQ(run.error, "");
    EXPECT_TRUE(run.output.starts_with("usage: bitloom VERB ... [--help]\n")) << run.output;
    expect_all(run.output, {"\n  run ", "\n  quantize ", "\n  show ", "Exit codes: 0 good, 1",
                            "Examples:", "--version"});
    EXPECT_EQ(run_bitloom({"-h"}).output, run.output);
    EXPECT_EQ(run_bitloom({"help"}).output, run.output);
}

TEST(Help, EveryOptionOfAVerbIsExplained) {
    const std::vector<std::string> workload = {
        "--scheme NAME",
        "one of ant4 ip4 flint4 int4_mixed int4 int8 cim8 cim6 cim4 w1a1..w8a8;",
        "default ant4",
        "--seed N",
        "at least 0; default 1",
        "--dataset PATH",
        "--labels",
        "--layout",
        "--scale",
        "--mean LIST",
        "--std LIST",
        "--random",
        "--weights FORMAT",
        "--activations FORMAT",
        "--calibration N",
        "at least 1 inputs; default 64",
        "--int8-layers N",
        "at least -1; default -1",
        "--first-last-bits N",
        "--accuracy-threshold X",
        "0..1; default 0.01",
        "--no-accuracy",
        "--data-dir FOLDER",
        "Examples:"};
    const ProgramRun run = run_bitloom({"run", "--help"});
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_TRUE(run.output.starts_with("usage: bitloom run CHIP TRACE|NETWORK [options]\n"));
    expect_all(run.output, workload);
    expect_all(run.output, {"--gemm MxNxK", "--fidelity NAME", "one of tile pe rtl; default tile",
                            "--layers LIST", "--inputs N", "--json FILE", "--csv FILE",
                            "--html FILE", "--timeline FILE", "--SECTION.KEY VALUE"});

    const ProgramRun quantize = run_bitloom({"quantize", "x", "--help", "--nonsense"});
    EXPECT_EQ(quantize.exit_code, 0);
    EXPECT_TRUE(quantize.output.starts_with("usage: bitloom quantize NETWORK [options]\n"));
    expect_all(quantize.output, workload);
    expect_all(quantize.output, {"--output FILE"});

    const ProgramRun show = run_bitloom({"show", "-h"});
    EXPECT_EQ(show.exit_code, 0);
    EXPECT_TRUE(show.output.starts_with("usage: bitloom show WHAT [NAME] [options]\n"));
    expect_all(show.output, {"\n  formats ", "\n  format NAME ", "\n  devices ", "\n  device NAME ",
                             "\n  chips ", "\n  chip CHIP ", "\n  energy ", "\n  trace FILE ",
                             "\n  network NETWORK ", "--csv", "--table FILE", "--targets LIST",
                             "--times LIST", "--samples N", "--seed N"});
}

TEST(Help, LinesFitATerminal) {
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"--help"}, {"run", "--help"}, {"quantize", "--help"}, {"show", "--help"}}) {
        std::string line;
        for (const char c : run_bitloom(arguments).output) {
            if (c != '\n') {
                line += c;
                continue;
            }
            EXPECT_LE(line.size(), 100u) << line;
            line.clear();
        }
    }
}

}  // namespace
}  // namespace bitloom::test
