// SPDX-License-Identifier: Apache-2.0
// What `bitloom verify` prints.
#include <gtest/gtest.h>

#include "sim/cli/verify_command.h"

namespace bitloom {
namespace {

VerifyReport report() {
    VerifyReport report;
    report.name = "int8_mac";
    report.sections = {{"every pair", true, 65538}, {"random", false, 200002}};
    report.coverage = {{"states", 3, 4}};
    report.seconds = 1.25;
    return report;
}

TEST(VerifyText, SaysWhatWasComparedAndWhatWasReached) {
    EXPECT_EQ(verify_text(report(), {}, {}),
              "int8_mac: plain signed 8-bit multiply-accumulate\n"
              "\n"
              "section     inputs           compared\n"
              "----------  ---------------  --------\n"
              "every pair  all                 65538\n"
              "random      corners, random    200002\n"
              "\n"
              "coverage  reached  of\n"
              "--------  -------  --\n"
              "states          3   4\n"
              "\n"
              "int8_mac: no difference in 265540 comparisons, 1.2 s\n");
}

// All that is needed to look at a difference, and to see it again.
TEST(VerifyText, AMismatchHasCycleInputsBothOutputsAndTheCommand) {
    VerifyReport different = report();
    different.mismatch = {"random", 17, {"valid 1 a 2", "valid 1 a 3"}, "sum 5", "sum 4"};
    VerifyOptions options;
    options.seed = 7;
    options.vectors = 1000;
    const std::string text = verify_text(different, options, {});
    EXPECT_TRUE(
        text.ends_with("\nint8_mac: MISMATCH in 'random', cycle 17\n"
                       "  inputs, the oldest first\n"
                       "    valid 1 a 2\n"
                       "    valid 1 a 3\n"
                       "  expected (C++)  sum 5\n"
                       "  got (RTL)       sum 4\n"
                       "  repeat: bitloom verify int8_mac --seed 7 --vectors 1000\n"))
        << text;
    EXPECT_EQ(text.find("no difference"), std::string::npos);
}

TEST(VerifyText, OneLineOverAllSaysThatTheyAgreeOrWhichDiffer) {
    VerifyReport good = report(), bad = report(), worse = report();
    bad.name = "ant_pe";
    worse.name = "sar_logic";
    bad.mismatch = worse.mismatch = {"random", 17, {}, "sum 5", "sum 4"};
    EXPECT_EQ(verify_summary({good, good, good}),
              "all 3 modules: no difference in 796620 comparisons, 3.8 s\n");
    EXPECT_EQ(verify_summary({good, bad, good}), "1 of 3 modules differs: ant_pe\n");
    EXPECT_EQ(verify_summary({bad, good, worse}), "2 of 3 modules differ: ant_pe, sar_logic\n");
}

}  // namespace
}  // namespace bitloom
