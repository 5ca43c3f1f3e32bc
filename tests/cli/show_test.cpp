// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "models/numeric/format.h"
#include "tests/cli/run_program.h"

namespace bitloom::test {
namespace {

TEST(Show, FormatAsCsvIsExact) {
    const ProgramRun run = run_bitloom({"show", "format", "flint4", "--csv"});
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.output,
              "code,value\n0,0\n1,1\n2,2\n3,3\n4,16\n5,8\n6,4\n7,6\n"
              "8,-0\n9,-1\n10,-2\n11,-3\n12,-16\n13,-8\n14,-4\n15,-6\n");
}

TEST(Show, FormatAsTableHasALineACode) {
    const ProgramRun run = run_bitloom({"show", "format", "flint4"});
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_EQ(std::count(run.output.begin(), run.output.end(), '\n'), 2 + 16) << run.output;
}

TEST(Show, FormatsListsEveryName) {
    const ProgramRun run = run_bitloom({"show", "formats"});
    EXPECT_EQ(run.exit_code, 0);
    std::istringstream lines(run.output);
    std::string line;
    std::getline(lines, line);
    std::getline(lines, line);
    for (const std::string& name : format_names()) {
        ASSERT_TRUE(std::getline(lines, line)) << name;
        EXPECT_TRUE(line.starts_with(name + " ")) << line;
    }
    EXPECT_FALSE(std::getline(lines, line)) << line;
}

TEST(Show, ChipsHaveTheFirstCommentOfTheirFile) {
    const TemporaryFolder folder;
    folder.write("models/chip/b.ini",
                 "; broken [\n# SPDX-License-Identifier: x\n#\n#  Second chip \n");
    folder.write("models/chip/a.ini", "# First chip\n# more\n");
    folder.write("models/chip/c.txt", "# no chip\n");
    const ProgramRun run = run_bitloom({"show", "chips", "--data-dir", folder.path()});
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.output,
              "name  description\n----  -----------\na     First chip\nb     Second chip\n");
    EXPECT_EQ(run.exit_code, 0);
}

TEST(Show, ChipsWithoutAnyIsAMistake) {
    const TemporaryFolder folder;
    const ProgramRun run = run_bitloom({"show", "chips", "--data-dir", folder.path()});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_EQ(run.error, "bitloom: error: no chips in " + folder / "models/chip" +
                             ": no file ends with .ini\n");
}

TEST(Show, EnergyNamesEveryRowWithItsSource) {
    const ProgramRun run = run_bitloom({"show", "energy"});
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.exit_code, 0);
    for (const char* word : {"mac", "pJ", "leakage", "area"})
        EXPECT_NE(run.output.find(word), std::string::npos) << word;
}

TEST(Show, EnergyOfAMissingTableIsAMistake) {
    const ProgramRun run = run_bitloom({"show", "energy", "--table", "no/such.csv"});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_EQ(run.output, "");
    EXPECT_EQ(run.error, "bitloom: error: no/such.csv: cannot read: No such file or directory\n");
}

// 2x2 outputs of 3 channels from 2x2x1 inputs: 4 * 3 * (3*3*1) products; then 12 -> 5.
TEST(Show, NetworkCountsMacsAndParameters) {
    const TemporaryFolder folder;
    const std::string net = folder.write(
        "tiny.net", "network tiny\ninput x 4x4x1\nconv c oc=3 k=3x3 s=2 p=1 relu\ngemm fc n=5\n");
    const ProgramRun run = run_bitloom({"show", "network", net});
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_TRUE(run.output.starts_with("network tiny (shapes only)\n")) << run.output;
    std::istringstream lines(run.output);
    std::string line, last;
    bool conv = false, gemm = false;
    while (std::getline(lines, line)) {
        if (line.starts_with("c ")) {
            conv = true;
            EXPECT_NE(line.find("3x3/2"), std::string::npos) << line;
            EXPECT_TRUE(line.ends_with(" 30  108") || line.ends_with(" 108")) << line;
        }
        if (line.starts_with("fc ")) {
            gemm = true;
            EXPECT_TRUE(line.ends_with(" 60")) << line;
        }
        last = line;
    }
    EXPECT_TRUE(conv && gemm) << run.output;
    EXPECT_TRUE(last.starts_with("total ")) << last;
    EXPECT_TRUE(last.ends_with(" 168")) << last;
    EXPECT_NE(last.find(" 95 "), std::string::npos) << last;  // 27 + 3 + 60 + 5
}

TEST(Show, NetworkOfTheDataFolderNeedsNoPath) {
    const TemporaryFolder folder;
    folder.write("workloads/papers/p/tiny.net", "network tiny\ninput x 4\ngemm fc n=5\n");
    const ProgramRun run =
        run_bitloom({"show", "network", "papers/p/tiny", "--data-dir", folder.path()});
    EXPECT_EQ(run.error, "");
    EXPECT_TRUE(run.output.starts_with("network tiny")) << run.output;
}

}  // namespace
}  // namespace bitloom::test
