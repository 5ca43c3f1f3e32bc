// SPDX-License-Identifier: Apache-2.0
// `bitloom verify` from outside.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <regex>

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

// The comparisons of the last line are those of the modules together.
TEST(VerifyProgram, AChipEndsWithOneLineOverItsModules) {
    const ProgramRun run = run_bitloom({"verify", "isaac", "--vectors", "50"});
    EXPECT_EQ(run.exit_code, 0) << run.output;
    long sum = 0, modules = 0;
    const std::regex line(R"((\w+): no difference in (\d+) comparisons, [0-9.]+ s\n)");
    for (std::sregex_iterator i(run.output.begin(), run.output.end(), line), end; i != end; ++i)
        if ((*i)[1] != "modules") {
            sum += std::stol((*i)[2]);
            ++modules;
        }
    EXPECT_EQ(modules, 8) << run.output;
    const std::size_t last = run.output.rfind('\n', run.output.size() - 2);
    EXPECT_TRUE(run.output.substr(last + 1).starts_with(
        fmt::format("all {} modules: no difference in {} comparisons, ", modules, sum)))
        << run.output;
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
