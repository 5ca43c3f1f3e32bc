// SPDX-License-Identifier: Apache-2.0
// `bitloom show device` and `bitloom show devices`.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sstream>

#include "models/cim/device/device_list.h"
#include "tests/cli/run_program.h"

namespace bitloom::test {
namespace {

const std::string header = "target_uS,time_s,mean_programmed_uS,std_programmed_uS,mean_uS,std_uS";

// The lines of the CSV below its header.
std::vector<std::string> csv_rows(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"show", "device"});
    arguments.push_back("--csv");
    const ProgramRun run = run_bitloom(arguments);
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.exit_code, 0);
    std::istringstream text(run.output);
    std::string line;
    EXPECT_TRUE(std::getline(text, line));
    EXPECT_EQ(line, header);
    std::vector<std::string> lines;
    while (std::getline(text, line)) lines.push_back(line);
    return lines;
}

// Mean and standard deviation of the model's equations (their integrals, to the digits given),
// within five standard errors of 100000 devices; sd / sqrt(n) bounds that of both estimates, as no
// kurtosis here is above 5.
TEST(ShowDevice, PcmHasTheMomentsOfItsModel) {
    struct Expected {
        double target, time, mean, sd, digits;
    };
    const std::vector<Expected> expected = {
        {1, 0, 1.001, 0.450, 5e-4},      {1, 3600, 0.689, 0.354, 5e-4},
        {1, 86400, 0.557, 0.324, 5e-4},  {1, 31536000, 0.386, 0.289, 5e-4},
        {10, 0, 10.00, 1.090, 5e-3},     {10, 3600, 7.758, 0.949, 5e-4},
        {10, 86400, 6.650, 0.906, 5e-4}, {10, 31536000, 5.002, 0.849, 5e-4},
        {25, 0, 25.00, 1.400, 5e-3},     {25, 3600, 19.40, 1.409, 5e-3},
        {25, 86400, 16.63, 1.514, 5e-3}, {25, 31536000, 12.50, 1.650, 5e-3},
    };
    const std::vector<std::string> rows =
        csv_rows({"pcm", "--targets", "1,10,25", "--times", "0s,1h,1d,1y", "--samples", "100000"});
    ASSERT_EQ(rows.size(), expected.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        double target, time, mean_programmed, sd_programmed, mean, sd;
        ASSERT_EQ(std::sscanf(rows[i].c_str(), "%lf,%lf,%lf,%lf,%lf,%lf", &target, &time,
                              &mean_programmed, &sd_programmed, &mean, &sd),
                  6)
            << rows[i];
        EXPECT_EQ(target, expected[i].target);
        EXPECT_EQ(time, expected[i].time);
        const double error = 5.0 * expected[i].sd / std::sqrt(1e5);
        EXPECT_NEAR(mean, expected[i].mean, error + expected[i].digits) << rows[i];
        EXPECT_NEAR(sd, expected[i].sd, error + 5e-4) << rows[i];
        // Programming noise: 0.340, 0.862 and 1.055 uS; the cut at 0 moves that of 1 uS by 0.001.
        const double spread = target == 1 ? 0.339 : target == 10 ? 0.862 : 1.055;
        EXPECT_NEAR(sd_programmed, spread, 5.0 * spread / std::sqrt(2e5) + 1e-3) << rows[i];
        EXPECT_NEAR(mean_programmed, target, 5.0 * spread / std::sqrt(1e5) + 1e-3) << rows[i];
    }
}

// A row is a function of device, target, time, samples and seed: not of the rest of the lists.
TEST(ShowDevice, ARowDoesNotDependOnTheOthers) {
    const std::vector<std::string> all = csv_rows(
        {"pcm", "--targets", "1,5,25", "--times", "0s,1h,1d", "--samples", "500", "--seed", "7"});
    ASSERT_EQ(all.size(), 9u);
    EXPECT_EQ(
        csv_rows({"pcm", "--targets", "5", "--times", "1h", "--samples", "500", "--seed", "7"}),
        std::vector<std::string>{all[4]});
    const std::vector<std::string> turned = csv_rows(
        {"pcm", "--targets", "25,5,1", "--times", "1d,1h,0s", "--samples", "500", "--seed", "7"});
    EXPECT_EQ(turned, std::vector<std::string>(all.rbegin(), all.rend()));
    EXPECT_NE(csv_rows({"pcm", "--targets", "5", "--times", "1h", "--samples", "500"}),
              std::vector<std::string>{all[4]});
}

TEST(ShowDevice, TimesHaveUnits) {
    const std::vector<std::string> rows = csv_rows(
        {"ideal", "--targets", "12.5", "--times", "7,30s,1.5m,2h,3d,1y", "--samples", "2"});
    EXPECT_EQ(rows, (std::vector<std::string>{"12.5,7,12.5,0,12.5,0", "12.5,30,12.5,0,12.5,0",
                                              "12.5,90,12.5,0,12.5,0", "12.5,7200,12.5,0,12.5,0",
                                              "12.5,259200,12.5,0,12.5,0",
                                              "12.5,31536000,12.5,0,12.5,0"}));
}

// Without lists: five targets over the range, times of a year as far as the model goes.
TEST(ShowDevice, EveryDeviceHasDefaults) {
    for (const std::string& name : device_names()) {
        const std::vector<std::string> rows = csv_rows({name, "--samples", "2"});
        EXPECT_EQ(rows.size(), name == "reram_wan" ? 15u : 25u) << name;
    }
}

TEST(ShowDevice, TableSaysWhatWasSimulated) {
    const ProgramRun run = run_bitloom({"show", "device", "pcm", "--targets", "5,25", "--times",
                                        "0s,1h,1d", "--samples", "100", "--seed", "3"});
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(run.exit_code, 0);
    for (const char* text : {"pcm: PCM (doped Ge2Sb2Te5, mushroom); 0..25 uS; first read "
                             "20 s after programming\n",
                             "Joshi et al.", "\n100 devices a row, seed 3\n"})
        EXPECT_NE(run.output.find(text), std::string::npos) << run.output;
    EXPECT_EQ(std::count(run.output.begin(), run.output.end(), '\n'), 3 + 4 + 6) << run.output;
}

TEST(ShowDevice, DevicesListsEveryName) {
    const ProgramRun run = run_bitloom({"show", "devices"});
    EXPECT_EQ(run.exit_code, 0);
    for (const std::string& name : device_names())
        EXPECT_NE(run.output.find("\n" + name + " "), std::string::npos) << name;
}

TEST(ShowDevice, MistakesAreNamed) {
    const std::string targets = "must be numbers with commas between, each 0..25 uS for pcm";
    const std::string times =
        "must be times with commas between, each a number with s, m, h, d or y, 0..";
    struct Mistake {
        std::vector<std::string> arguments;
        std::string message;
    };
    const std::vector<Mistake> mistakes = {
        {{"pmc"},
         "unknown device 'pmc'; known: pcm hermes1 hermes2 reram_wan reram_cmo reram_cmo_2pct "
         "gaussian1 gaussian5 ideal; did you mean 'pcm'?"},
        {{"pcm", "--targets", "1,,5"}, "command line: --targets: '': " + targets},
        {{"pcm", "--targets", "1,five"}, "command line: --targets: 'five': " + targets},
        {{"pcm", "--targets", "1 5"}, "command line: --targets: '1 5': " + targets},
        {{"pcm", "--targets", "-1"}, "command line: --targets: '-1': " + targets},
        {{"pcm", "--targets", "25.1"}, "command line: --targets: '25.1': " + targets},
        {{"pcm", "--targets", "nan"}, "command line: --targets: 'nan': " + targets},
        {{"reram_cmo", "--targets", "7"},
         "command line: --targets: '7': must be numbers with commas between, each 8..90 uS for "
         "reram_cmo"},
        {{"pcm", "--times", "1h,-1s"},
         "command line: --times: '-1s': " + times + "315360000 s for pcm"},
        {{"pcm", "--times", "1w"}, "command line: --times: '1w': " + times + "315360000 s for pcm"},
        {{"pcm", "--times", "1h,"}, "command line: --times: '': " + times + "315360000 s for pcm"},
        {{"pcm", "--times", "11y"},
         "command line: --times: '11y': " + times + "315360000 s for pcm"},
        {{"reram_wan", "--times", "3d"},
         "command line: --times: '3d': " + times + "172800 s for reram_wan"},
        {{"pcm", "--samples", "1"}, "command line: --samples = 1: must be 2..10000000"},
        {{"pcm", "--seed", "-1"}, "command line: --seed = -1: must be at least 0"},
        {{}, "command line: show device: NAME missing; usage: bitloom show device NAME"},
    };
    for (const Mistake& mistake : mistakes) {
        std::vector<std::string> arguments = mistake.arguments;
        arguments.insert(arguments.begin(), {"show", "device"});
        const ProgramRun run = run_bitloom(arguments);
        EXPECT_EQ(run.error, "bitloom: error: " + mistake.message + "\n");
        EXPECT_EQ(run.output, "");
        EXPECT_EQ(run.exit_code, 2);
    }
    for (const char* option : {"--targets", "--times", "--samples", "--seed"}) {
        const ProgramRun run = run_bitloom({"show", "format", "int4", option, "5"});
        EXPECT_EQ(run.error, std::string("bitloom: error: command line: ") + option +
                                 " is for `show device` only\n");
        EXPECT_EQ(run.exit_code, 2);
    }
}

}  // namespace
}  // namespace bitloom::test
