// SPDX-License-Identifier: Apache-2.0
// What other tools say about rtl/: lint without a warning, synthesis, a second simulator's parser.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/verify/verify.h"

namespace bitloom {
namespace {

const std::filesystem::path rtl = std::filesystem::path(BITLOOM_SOURCE_DIR) / "rtl";

struct ToolRun {
    int exit_code = -1;
    std::string output;
};

// Runs in the folder rtl.
ToolRun run_tool(const std::string& command) {
    ToolRun run;
    const std::string line = "cd '" + rtl.string() + "' && { " + command + "; } 2>&1";
    std::FILE* pipe = ::popen(line.c_str(), "r");
    if (!pipe) return run;
    std::array<char, 4096> buffer{};
    while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
        run.output.append(buffer.data(), size);
    const int status = ::pclose(pipe);
    run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return run;
}

bool has_tool(const std::string& name) {
    return run_tool("command -v " + name).exit_code == 0;
}

std::vector<std::string> modules() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(rtl))
        if (entry.path().extension() == ".sv") names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

class Rtl : public testing::TestWithParam<std::string> {};

// As synthesis sees it: no waiver at all.
TEST_P(Rtl, IsCleanUnderLint) {
    const ToolRun run = run_tool("verilator --lint-only -Wall " + GetParam() + ".sv");
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_EQ(run.output, "");
}

// As the simulation sees it: with assertions and the one waiver for them.
TEST_P(Rtl, IsCleanUnderLintWithAssertions) {
    const ToolRun run = run_tool(
        "verilator --lint-only -Wall --assert -DBITLOOM_ASSERT "
        "waivers.vlt " +
        GetParam() + ".sv");
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_EQ(run.output, "");
}

TEST_P(Rtl, IsReadByIcarus) {
    if (!has_tool("iverilog"))
        GTEST_SKIP() << "iverilog is not installed (scripts/setup.sh --tests)";
    const ToolRun run = run_tool("iverilog -g2012 -y . -Y .sv -s " + GetParam() + " -o /dev/null " +
                                 GetParam() + ".sv");
    EXPECT_EQ(run.exit_code, 0) << run.output;
}

INSTANTIATE_TEST_SUITE_P(Modules, Rtl, testing::ValuesIn(modules()),
                         [](const auto& test) { return test.param; });

// Each module with a cross-check synthesizes to gates; the count is in the log.
class Synthesis : public testing::TestWithParam<VerifyEntry> {};

TEST_P(Synthesis, GivesGates) {
    const std::string name(GetParam().name);
    if (!has_tool("yosys")) GTEST_SKIP() << "yosys is not installed (scripts/setup.sh --tests)";
    if (!std::filesystem::exists(rtl / (name + ".sv")))
        GTEST_SKIP() << "no module of this name: " << name;
    const ToolRun run = run_tool(
        "yosys -q -p 'read_verilog -sv " + name + ".sv; hierarchy -libdir . -top " + name +
        "; synth -flatten -noshare -top " + name + "; check -assert; tee -o /dev/stdout stat'");
    ASSERT_EQ(run.exit_code, 0) << run.output;
    const std::string label = "Number of cells:";
    const std::size_t at = run.output.find(label);
    ASSERT_NE(at, std::string::npos) << run.output;
    const long cells = std::stol(run.output.substr(at + label.size()));
    std::printf("%s: %ld cells\n", name.c_str(), cells);
    RecordProperty("cells", static_cast<int>(cells));
    EXPECT_GT(cells, 20);
    EXPECT_EQ(run.output.find("_DLATCH"), std::string::npos) << "a latch:\n" << run.output;
}

INSTANTIATE_TEST_SUITE_P(All, Synthesis, testing::ValuesIn(verify_list()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace bitloom
