// SPDX-License-Identifier: Apache-2.0
// The RTL equals its C++ model, value and cycle, for everything on the list.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <ostream>

#include "models/base/error.h"
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

// And every set that the check says it covers is covered in full: a check that silently stops
// reaching a state would still pass.
TEST_P(Verify, RtlEqualsTheModelAndEveryStateIsReached) {
    const VerifyReport report = run(GetParam().name);
    EXPECT_TRUE(report.passed()) << text_of(*report.mismatch);
    EXPECT_FALSE(report.sections.empty());
    for (const VerifySection& section : report.sections) EXPECT_GT(section.vectors, 0) << section.name;
    EXPECT_FALSE(report.coverage.empty());
    for (const CoveragePoint& point : report.coverage)
        EXPECT_EQ(point.reached, point.total) << point.name;
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
