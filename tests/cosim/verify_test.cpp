// SPDX-License-Identifier: Apache-2.0
// The RTL equals its C++ model, value and cycle, for everything on the list.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <ostream>

#include "models/base/error.h"
#include "sim/verify/rtl_coverage.h"
#include "sim/verify/verify.h"

namespace bitloom {

// The name of a test in a list must not hold an address.
void PrintTo(const VerifyEntry& entry, std::ostream* out) {
    *out << entry.name;
}

namespace {

std::string text_of(const Mismatch& mismatch) {
    std::string text = fmt::format("{} cycle {}\n", mismatch.section, mismatch.cycle);
    for (const std::string& line : mismatch.history) text += line + "\n";
    return text + "expected " + mismatch.expected + "\ngot " + mismatch.got;
}

VerifyReport run(std::string_view name, std::uint64_t seed = 1, std::int64_t vectors = 50000) {
    VerifyOptions options;
    options.seed = seed;
    options.vectors = vectors;
    return verify(verify_entry(name), options);
}

class Verify : public testing::TestWithParam<VerifyEntry> {};

// And every set that the check says it covers is covered in full, every line of the RTL among them:
// a check that silently stops reaching a state would still pass. Of the bits, 7 in 8: the others
// are constant by structure (the low bits of a nibble shifted by 4 or 8, of a binary32 fraction
// that holds a product of 6 bits, the exponents of integers) or need 2^30 cycles (the top of the
// smallest partial sum of an 8-bit product); `bitloom verify --uncovered` lists them.
TEST_P(Verify, RtlEqualsTheModelAndEveryStateIsReached) {
    const VerifyReport report = run(GetParam().name);
    EXPECT_TRUE(report.passed()) << text_of(*report.mismatch);
    EXPECT_FALSE(report.sections.empty());
    for (const VerifySection& section : report.sections)
        EXPECT_GT(section.vectors, 0) << section.name;
    EXPECT_FALSE(report.coverage.empty());
    std::string uncovered;
    for (const std::string& line : report.uncovered) uncovered += line + "\n";
    bool counts_lines = false;
    for (const CoveragePoint& point : report.coverage) {
        counts_lines = counts_lines || point.name.starts_with("RTL lines");
        if (point.reaches_all)
            EXPECT_EQ(point.reached, point.total) << point.name << "\n" << uncovered;
        else
            EXPECT_GE(point.reached, point.total * 7 / 8) << point.name << "\n" << uncovered;
    }
    EXPECT_TRUE(counts_lines);
}

INSTANTIATE_TEST_SUITE_P(All, Verify, testing::ValuesIn(verify_list()),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(VerifyList, HasUniqueNamesAndDescriptions) {
    std::map<std::string_view, int> names;
    for (const VerifyEntry& entry : verify_list()) {
        EXPECT_EQ(++names[entry.name], 1) << entry.name;
        EXPECT_FALSE(entry.description.empty()) << entry.name;
    }
    EXPECT_GE(names.size(), 5u);
}

TEST(VerifyList, AnUnknownNameIsAnErrorWithTheKnownOnes) {
    std::string known;
    for (const VerifyEntry& entry : verify_list()) known += fmt::format(" {}", entry.name);
    try {
        verify_entry("ant_pee");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.what(),
                  fmt::format("unknown check 'ant_pee'; known:{}; did you mean 'ant_pe'?", known));
    }
}

// A chip is what it is made of, under the name of its file.
TEST(VerifyList, AChipIsAListOfChecks) {
    for (const VerifyChip& chip : verify_chips()) {
        const auto entries = verify_selection(chip.name);
        ASSERT_EQ(entries.size(), chip.checks.size());
        for (std::size_t i = 0; i < entries.size(); ++i)
            EXPECT_EQ(entries[i]->name, chip.checks[i]);
        EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(BITLOOM_SOURCE_DIR) /
                                            "models/chip" / fmt::format("{}.ini", chip.name)));
    }
    EXPECT_EQ(verify_selection("all").size(), verify_list().size());
    EXPECT_EQ(verify_selection("ant_pe").size(), 1u);
    EXPECT_THROW(verify_selection("ants"), Error);
}

// Two models of one module: a place counts once, and is reached when one of them reaches it.
TEST(RtlCoverage, MergesPlacesAndListsWhatIsMissing) {
    const auto point = [](const char* page, int line, const char* what, int count) {
        return fmt::format("C '\1f\2/x/a.sv\1l\2{}\1n\0025\1page\2{}\1o\2{}\1h\2TOP' {}\n", line,
                           page, what, count);
    };
    RtlCoverage coverage;
    coverage.leave_out("b.sv");
    coverage.add("# SystemC::Coverage-3\n" + point("v_branch/a", 7, "if", 0) +
                 point("v_branch/a", 7, "else", 3) + point("v_toggle/a", 2, "x[0]", 0));
    coverage.add(point("v_branch/a__B8", 7, "if", 1) + point("v_line/a__B8", 9, "block", 0) +
                 point("v_toggle/a__B8", 2, "x[0]", 5) + point("v_toggle/a__B8", 2, "x[1]", 0) +
                 "C '\1f\2b.sv\1l\0021\1n\0021\1page\2v_line/b\1o\2block' 0\n");
    coverage.add(point("v_toggle/a", 2, "x[1]", 1), false);  // before the start of counting
    const std::vector<CoveragePoint> points = coverage.points();
    ASSERT_EQ(points.size(), 2u);
    EXPECT_EQ(points[0].reached, 2);
    EXPECT_EQ(points[0].total, 3);
    EXPECT_TRUE(points[0].reaches_all);
    EXPECT_EQ(points[1].reached, 1);
    EXPECT_EQ(points[1].total, 2);
    EXPECT_FALSE(points[1].reaches_all);
    EXPECT_EQ(coverage.uncovered(),
              (std::vector<std::string>{"a.sv:2: x[1] not toggled", "a.sv:9: block not entered"}));
    EXPECT_THROW(coverage.add("C 'nothing' 1\n"), Error);
}

// The space is what the section's name says.
TEST(VerifySections, ExhaustiveOnesHaveTheSizeOfTheirSpace) {
    std::map<std::string, std::int64_t> exhaustive;
    for (const char* name : {"ant_decoder", "ant_pe", "ant_int8_pe", "int8_mac"})
        for (const VerifySection& section : run(name, 1, 1).sections)
            if (section.exhaustive) exhaustive[section.name] = section.vectors;
    constexpr std::int64_t around = 2;  // the reset before, the last result after
    for (int bits = 3; bits <= 8; ++bits)
        EXPECT_EQ(exhaustive.at(fmt::format(
                      "every code of int, flint and pot of {} bits, signed and unsigned", bits)),
                  6 << bits);
    EXPECT_EQ(exhaustive.at("decoder and PE, every pair of codes, every pair of types and signs"),
              36 * 256 + around);
    EXPECT_EQ(exhaustive.at("PE of 32 bits, every pair of operands"), 512 * 512 + around);
    for (const char* pair : {"int8 x int8", "int8 x uint8", "uint8 x int8", "uint8 x uint8"})
        EXPECT_EQ(exhaustive.at(fmt::format("four PEs, every pair {}", pair)), 65536 + around);
    EXPECT_EQ(exhaustive.at("MAC of 32 bits, every pair"), 65536 + around);
}

TEST(VerifyOptions, RandomSectionsHaveTheVectorsAskedFor) {
    for (const std::int64_t vectors : {1, 777}) {
        const VerifyReport report = run("requantizer", 3, vectors);
        EXPECT_EQ(report.sections.at(1).vectors, vectors + 4);  // and the drain
        EXPECT_EQ(report.sections.at(2).vectors, vectors + 4);
    }
}

TEST(VerifyOptions, ProgressNeverFallsWithinASectionAndNamesTheCheck) {
    std::map<std::string, double> last;
    VerifyOptions options;
    options.vectors = 20000;
    options.progress = [&last](std::string_view section, double done, double total) {
        double& before = last[std::string(section)];
        EXPECT_GE(done, before) << section;
        EXPECT_LE(done, total) << section;
        EXPECT_TRUE(section.starts_with("int8_mac: ")) << section;
        before = done;
    };
    EXPECT_TRUE(verify(verify_entry("int8_mac"), options).passed());
    EXPECT_EQ(last.size(), 6u);
}

}  // namespace
}  // namespace bitloom
