// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
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

// Columns of a table in a pipe: two spaces or more between them.
std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t end = std::min(line.find("  ", at), line.size());
        cells.push_back(line.substr(at, end - at));
        at = std::min(line.find_first_not_of(' ', end), line.size());
    }
    return cells;
}

bool names(const std::string& list, const std::string& chip) {
    return list == "all" ||
           fmt::format(" {} ", list).find(fmt::format(" {} ", chip)) != std::string::npos;
}

// What `show formats` says of a chip is what happens when the chip is given the format.
TEST(Show, FormatsNameTheChipsThatRunThem) {
    const ProgramRun run = run_bitloom({"show", "formats"});
    ASSERT_EQ(run.exit_code, 0) << run.error;
    std::map<std::string, std::vector<std::string>> rows;
    std::istringstream lines(run.output);
    for (std::string line; std::getline(lines, line);) {
        const std::vector<std::string> cells = cells_of(line);
        if (cells.size() >= 6) rows[cells[0]] = cells;
    }
    const std::pair<std::string, std::string> partners[] = {
        {"ant", "int4"}, {"apnn_tc", "int2"}, {"loom", "int2"}};
    for (const auto& [chip, partner] : partners)
        for (const std::string format :
             {"int3", "uint4", "flint4", "pot4", "e2m1", "bipolar1", "int7"}) {
            ASSERT_TRUE(rows.contains(format)) << format;
            const auto runs = [&, &chip = chip](const std::string& w, const std::string& a) {
                return run_bitloom(
                           {"run", chip, "--gemm", "2x2x2", "--weights", w, "--activations", a})
                           .exit_code == 0;
            };
            EXPECT_EQ(names(rows.at(format)[4], chip), runs(format, partner)) << chip << format;
            EXPECT_EQ(names(rows.at(format)[5], chip), runs(partner, format)) << chip << format;
        }
}

TEST(Show, SchemesExplainEachOne) {
    const ProgramRun all = run_bitloom({"show", "schemes"});
    ASSERT_EQ(all.exit_code, 0) << all.error;
    for (const char* scheme :
         {"ant4", "ip4", "flint4", "int4_mixed", "int4", "int8", "cim8", "cim6", "cim4", "w1a2"})
        EXPECT_NE(all.output.find(fmt::format("\n{} ", scheme)), std::string::npos) << scheme;
    const ProgramRun one = run_bitloom({"show", "scheme", "w3a5"});
    ASSERT_EQ(one.exit_code, 0) << one.error;
    for (const char* text : {"int3\n", "uint5\n", "first and last\n", "apnn_tc"})
        EXPECT_NE(one.output.find(text), std::string::npos) << text << "\n" << one.output;
    const ProgramRun wrong = run_bitloom({"show", "scheme", "ant5"});
    EXPECT_EQ(wrong.exit_code, 2);
    EXPECT_EQ(wrong.error.find("bitloom: error: unknown scheme 'ant5'; known: ant4"), 0u);
}

// Every text fits a narrow terminal, and nothing is lost on the way: the same words come out.
TEST(Show, TablesFoldToTheWidthWithoutLosingAWord) {
    for (const std::string topic :
         {"formats", "schemes", "devices", "chips", "energy", "chip ant", "network zoo/keywords"}) {
        const ProgramRun narrow = run_shell(fmt::format("COLUMNS=80 \"$BITLOOM\" show {}", topic));
        ASSERT_EQ(narrow.exit_code, 0) << narrow.error;
        std::istringstream lines(narrow.output);
        for (std::string line; std::getline(lines, line);)
            EXPECT_LE(line.size(), 80u + 8u) << topic << line;  // bytes: a few are of UTF-8
        const ProgramRun wide =
            run_shell(fmt::format("unset COLUMNS; \"$BITLOOM\" show {}", topic));
        const auto words = [](const std::string& text) {
            std::set<std::string> set;
            std::istringstream stream(text);
            for (std::string word; stream >> word;)
                if (word.size() < 20) set.insert(word);  // longer ones may be broken
            return set;
        };
        const std::set<std::string> seen = words(narrow.output);
        for (const std::string& word : words(wide.output))
            if (word.find("---") == std::string::npos) {
                EXPECT_TRUE(seen.contains(word)) << topic << ": " << word;
            }
    }
}

TEST(Show, ATerminalGetsColoursUnlessTheyAreUnwanted) {
    ASSERT_EQ(::setenv("TERM", "xterm", 1), 0);
    EXPECT_NE(run_bitloom_on_terminal({"show", "chips"}).output.find("\x1b[1m"), std::string::npos);
    ASSERT_EQ(::setenv("NO_COLOR", "1", 1), 0);
    EXPECT_EQ(run_bitloom_on_terminal({"show", "chips"}).output.find('\x1b'), std::string::npos);
    ASSERT_EQ(::unsetenv("NO_COLOR"), 0);
    EXPECT_EQ(run_bitloom({"show", "chips"}).output.find('\x1b'), std::string::npos);
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
