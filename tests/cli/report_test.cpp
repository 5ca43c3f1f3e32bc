// SPDX-License-Identifier: Apache-2.0
// `bitloom report`: what it writes, and every mistake with its exact text.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "models/base/output_file.h"
#include "tests/cli/run_program.h"
#include "tests/sim/sweep/report/sample_sweeps.h"

namespace bitloom::test {
namespace {

class Report : public ::testing::Test {
protected:
    // A sweep of `points` points in a database of the folder; several may share one.
    std::string database(const std::string& file, const std::string& sweep_name = "a.ini",
                         std::size_t points = 60) const {
        ReportedSweep sweep = bitloom::testing::plausible_sweep(points);
        sweep.name = sweep_name;
        bitloom::testing::write_database(folder_ / file, sweep);
        return folder_ / file;
    }
    void expect_mistake(const std::vector<std::string>& arguments,
                        const std::string& message) const {
        const auto before = files();
        const ProgramRun run = run_bitloom(arguments);
        EXPECT_EQ(run.error, fmt::format("bitloom: error: {}\n", message));
        EXPECT_EQ(run.output, "");
        EXPECT_EQ(run.exit_code, 2);
        EXPECT_EQ(files(), before);  // no page, no part of one
    }
    std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
            names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        return names;
    }

    TemporaryFolder folder_;
};

TEST_F(Report, WritesAPageBesideTheDatabase) {
    const std::string file = database("r.db", "runs/a.ini");
    const ProgramRun run = run_bitloom({"report", file});
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_EQ(run.output,
              fmt::format("sweep 1 'runs/a.ini' of {}: 59 of 60 points done, 1 failed\npage: {}\n",
                          file, folder_ / "r.html"));
    const std::string page = read_file(folder_ / "r.html");
    EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
    EXPECT_TRUE(page.ends_with("</html>\n"));
    EXPECT_NE(page.find("<title>Sweep a</title>"), std::string::npos);
    // The same database gives the same bytes.
    EXPECT_EQ(run_bitloom({"report", file, "--html", folder_ / "again.html"}).exit_code, 0);
    EXPECT_EQ(read_file(folder_ / "again.html"), page);
}

TEST_F(Report, ComparesSweepsOfOneOrTwoDatabases) {
    const std::string file = database("r.db", "a.ini", 40);
    database("r.db", "b.ini", 50);
    const std::string other = database("other.db", "c.ini", 30);
    const std::string page = folder_ / "p.html";
    const ProgramRun same =
        run_bitloom({"report", file, "--sweep", "a", "--compare-sweep", "2", "--html", page});
    EXPECT_EQ(same.exit_code, 0) << same.error;
    EXPECT_NE(read_file(page).find("<title>Sweep a against b</title>"), std::string::npos);
    const ProgramRun two = run_bitloom({"report", file, "--compare", other, "--html", page, "--x",
                                        "area_mm2", "--y", "tops_per_watt"});
    EXPECT_EQ(two.exit_code, 0) << two.error;
    EXPECT_EQ(two.output,
              fmt::format("sweep 2 'b.ini' of {}: 50 of 50 points done, 0 failed\ncompared with "
                          "sweep 1 'c.ini' of {}: 30 of 30 points done, 0 failed\npage: {}\n",
                          file, other, page));
    const std::string text = read_file(page);
    EXPECT_NE(text.find("<title>Sweep b against c</title>"), std::string::npos);
    EXPECT_NE(text.find(R"("first":{"x":"area_mm2","y":"tops_per_watt"})"), std::string::npos);
}

TEST_F(Report, MistakesAreNamedAndLeaveNoPage) {
    const std::string file = database("r.db");
    const std::string missing = folder_ / "none.db";
    const std::string empty = folder_.write("empty.db", "");
    const std::string text = folder_.write("text.db", std::string(5000, 'x'));
    const std::string metrics =
        "known: accuracy area_mm2 cycles dram_bytes energy_delay_js energy_pj energy_pj.array "
        "energy_pj.dram energy_pj.leakage latency_s tops tops_per_watt";
    expect_mistake({"report"},
                   "command line: no database given; usage: bitloom report RESULTS.db [options]");
    expect_mistake({"report", file, "x"}, "command line: unexpected 'x'");
    expect_mistake({"report", missing},
                   fmt::format("{}: there is no such results database", missing));
    expect_mistake({"report", empty},
                   fmt::format("{}: is empty: must be a results database", empty));
    expect_mistake({"report", text}, fmt::format("{}: is no results database", text));
    expect_mistake({"report", folder_.path()},
                   fmt::format("{}: is a folder: must be a results database", folder_.path()));
    expect_mistake({"report", file, "--sweep", "b"},
                   fmt::format("{}: has no sweep 'b'; it has: 1 'a.ini'; did you mean 'a'?", file));
    expect_mistake(
        {"report", file, "--x", "latency"},
        fmt::format("no point has a metric 'latency'; {}; did you mean 'latency_s'?", metrics));
    expect_mistake({"report", file, "--y", "zzzzzzzz"},
                   fmt::format("no point has a metric 'zzzzzzzz'; {}", metrics));
    expect_mistake({"report", file, "--html", folder_ / "no/p.html"},
                   fmt::format("command line: --html = {}: folder {} does not exist",
                               folder_ / "no/p.html", folder_ / "no"));
    expect_mistake(
        {"report", file, "--html", folder_.path()},
        fmt::format("command line: --html = {}: is a folder, must be a file", folder_.path()));
    expect_mistake({"report", file, "--html", file},
                   fmt::format("command line: --html = {}: is also an input of this run", file));
    expect_mistake({"report", file, "--compare-sweep", "a"},
                   "command line: --compare-sweep = a: is the sweep itself");
    expect_mistake({"report", file, "--compare", file},
                   fmt::format("command line: --compare = {}: is the sweep itself", file));
    expect_mistake({"report", file, "--compare", missing},
                   fmt::format("{}: there is no such results database", missing));
}

TEST_F(Report, HelpExplainsEveryOptionAndFitsATerminal) {
    const std::string help = run_bitloom({"report", "--help"}).output;
    EXPECT_TRUE(help.starts_with("usage: bitloom report RESULTS.db [options]\n"));
    for (const char* option : {"--html FILE", "--sweep SWEEP", "--compare FILE",
                               "--compare-sweep SWEEP", "--x METRIC", "--y METRIC", "Examples:"})
        EXPECT_NE(help.find(option), std::string::npos) << option;
    std::size_t begin = 0;
    for (std::size_t end; (end = help.find('\n', begin)) != std::string::npos; begin = end + 1)
        EXPECT_LE(end - begin, 100U) << help.substr(begin, end - begin);
}

TEST_F(Report, ADatabaseNamedLikeAPageIsNotOverwritten) {
    const std::string file = database("r.html");
    expect_mistake({"report", file},
                   fmt::format("command line: --html = {}: is also an input of this run", file));
}

}  // namespace
}  // namespace bitloom::test
