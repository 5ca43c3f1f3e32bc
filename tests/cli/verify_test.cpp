// SPDX-License-Identifier: Apache-2.0
// `bitloom verify` from outside.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/cli/run_program.h"

namespace bitloom::test {
namespace {

TEST(VerifyProgram, ListsItsChecks) {
    const ProgramRun run = run_bitloom({"verify", "--list"});
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_EQ(run.error, "");
    for (const char* name : {"ant_decoder", "ant_pe", "ant_int8_pe", "int8_mac", "requantizer"})
        EXPECT_NE(run.output.find(fmt::format("\n{} ", name)), std::string::npos) << run.output;
}

TEST(VerifyProgram, ChecksOnePe) {
    const ProgramRun run =
        run_bitloom({"verify", "requantizer", "--vectors", "100", "--seed", "3"});
    EXPECT_EQ(run.exit_code, 0) << run.output;
    EXPECT_EQ(run.error, "");
    EXPECT_TRUE(run.output.starts_with("requantizer: ")) << run.output;
    EXPECT_NE(run.output.find("\nrequantizer: no difference in "), std::string::npos) << run.output;
}

TEST(VerifyProgram, ExportsVectorsAndBenches) {
    const auto folder = std::filesystem::path(testing::TempDir()) /
                        ("bitloom_export_" + std::to_string(::getpid()));
    const ProgramRun run =
        run_bitloom({"verify", "--export", folder.string(), "--vectors", "5", "--seed", "2"});
    EXPECT_EQ(run.exit_code, 0) << run.error;
    EXPECT_NE(run.output.find(" benches with their vectors are in " + folder.string() + ": see " +
                              (folder / "README.txt").string() + "\n"),
              std::string::npos)
        << run.output;
    for (const char* file : {"README.txt", "all_tb.sv", "ant_pe.hex", "ant_pe_tb.sv"})
        EXPECT_TRUE(std::filesystem::exists(folder / file)) << file;
    std::filesystem::remove_all(folder);
}

TEST(VerifyProgram, MistakesHaveOneLineAndExitCode2) {
    const auto expect = [](const std::vector<std::string>& arguments, const std::string& text) {
        const ProgramRun run = run_bitloom(arguments);
        EXPECT_EQ(run.error, "bitloom: error: " + text + "\n");
        EXPECT_EQ(run.output, "");
        EXPECT_EQ(run.exit_code, 2);
    };
    expect({"verify", "ant_pe", "x"}, "command line: unexpected 'x'");
    expect({"verify", "ant_pe", "--list"}, "command line: unexpected 'ant_pe' with --list");
    expect({"verify", "--list", "--seed", "2"}, "command line: --seed has no effect with --list");
    expect({"verify", "--list", "--export", "x"},
           "command line: --export has no effect with --list");
    expect({"verify", "ant_pe", "--export", "x"},
           "command line: unexpected 'ant_pe' with --export");
    expect({"verify", "--vectors", "0"}, "command line: --vectors = 0: must be at least 1");
    const ProgramRun unknown = run_bitloom({"verify", "ant_pee"});
    EXPECT_EQ(unknown.exit_code, 2);
    EXPECT_TRUE(unknown.error.starts_with(
        "bitloom: error: command line: unknown check 'ant_pee'; known: ant_decoder ant_pe "))
        << unknown.error;
    EXPECT_TRUE(unknown.error.ends_with("; did you mean 'ant_pe'?\n")) << unknown.error;
}

}  // namespace
}  // namespace bitloom::test
