// SPDX-License-Identifier: Apache-2.0
// A network and data of one's own: `quantize` and `run` of an .onnx file with --dataset.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cli/run_program.h"

namespace bitloom::test {
namespace {

class OwnDataProgram : public testing::Test {
protected:
    OwnDataProgram() {
        const std::string source = BITLOOM_SOURCE_DIR;
        const ProgramRun made =
            run_shell("python3 '" + source + "/tests/cli/own_data.py' '" + source +
                      "/workloads/zoo/digits/test.safetensors' '" + (folder_ / "") + "'");
        EXPECT_EQ(made.exit_code, 0) << made.output << made.error;
    }
    ProgramRun quantize(std::vector<std::string> more) const {
        std::vector<std::string> all = {"quantize", "zoo/digits/network.onnx", "--scheme", "int8"};
        all.insert(all.end(), more.begin(), more.end());
        return run_bitloom(all);
    }

    const TemporaryFolder folder_;
};

// The same 899 inputs by three ways in: the float accuracy of all is that of zoo/digits.
TEST_F(OwnDataProgram, TheSameInputsInAnyFormHaveTheSameAccuracy) {
    for (const std::vector<std::string>& data : std::vector<std::vector<std::string>>{
             {"--dataset", folder_ / "digits.npz"},
             {"--dataset", folder_ / "inputs.npy", "--labels", folder_ / "labels.csv"},
             {"--dataset", folder_ / "png", "--scale", "0.0625"}}) {
        const ProgramRun run = quantize(data);
        EXPECT_EQ(run.exit_code, 0) << run.error;
        EXPECT_NE(run.output.find("\ntop-1: float 99.67 %, quantized 99."), std::string::npos)
            << run.output;
        EXPECT_NE(run.output.find("\ndata: " + data[1] + ": 899 inputs, "), std::string::npos)
            << run.output;
    }
}

TEST_F(OwnDataProgram, AWrongScaleIsSeenInTheAccuracy) {
    const ProgramRun run = quantize({"--dataset", folder_ / "digits.npz", "--scale", "0.001"});
    EXPECT_EQ(run.exit_code, 0) << run.error;
    EXPECT_EQ(run.output.find("float 99.67 %"), std::string::npos) << run.output;
}

TEST_F(OwnDataProgram, ARunHasTheAccuracyOfTheChipAndSaysWhatDataItIs) {
    const ProgramRun run =
        run_bitloom({"run", "ant", "zoo/digits/network.onnx", "--dataset", folder_ / "digits.npz",
                     "--scheme", "int8", "--inputs", "50"});
    EXPECT_EQ(run.exit_code, 0) << run.error;
    EXPECT_NE(run.output.find("over 50 inputs"), std::string::npos) << run.output;
    EXPECT_NE(run.output.find("digits.npz: 899 inputs"), std::string::npos) << run.output;
}

TEST_F(OwnDataProgram, WithoutLabelsThereIsSqnrAndNoAccuracy) {
    const ProgramRun quantized = quantize({"--dataset", folder_ / "nolabels.npz"});
    EXPECT_EQ(quantized.exit_code, 0) << quantized.error;
    EXPECT_NE(quantized.output.find("\ntop-1: float n/a, quantized n/a\n"), std::string::npos)
        << quantized.output;
    const ProgramRun run = run_bitloom({"run", "ant", "zoo/digits/network.onnx", "--dataset",
                                        folder_ / "nolabels.npz", "--scheme", "int8"});
    EXPECT_NE(run.output.find("no labels: no accuracy"), std::string::npos)
        << run.output << run.error;
}

TEST_F(OwnDataProgram, MistakesHaveOneLineAndExitCode2) {
    const auto expect = [](const ProgramRun& run, const std::string& text) {
        EXPECT_EQ(run.exit_code, 2);
        EXPECT_EQ(run.output, "");
        EXPECT_NE(run.error.find(text), std::string::npos) << run.error;
        EXPECT_EQ(std::count(run.error.begin(), run.error.end(), '\n'), 1) << run.error;
    };
    expect(quantize({}), "network.onnx: no data to calibrate with: give --dataset DATA");
    expect(quantize({"--dataset", "zoo/digit"}), "did you mean 'zoo/digits'?");
    expect(quantize({"--dataset", folder_ / "labels.csv"}), "must be .npz, .npy, a folder");
    expect(quantize({"--dataset", folder_ / "digits.npz", "--labels", folder_ / "labels.csv"}),
           "has labels already");
    expect(quantize({"--dataset", "zoo/digits", "--scale", "2"}), "--scale has no effect");
    expect(quantize({"--dataset", "zoo/keywords"}), "must be");
    expect(quantize({"--dataset", folder_ / "digits.npz", "--mean", "1,x"}),
           "--mean: 'x': must be");
    expect(run_bitloom({"quantize", "zoo/digits", "--mean", "1"}), "--mean has no effect");
}

// Each example of `quantize --help` does what it says.
TEST(QuantizeHelp, EveryExampleRuns) {
    const TemporaryFolder folder;
    const std::string help = run_bitloom({"quantize", "--help"}).output;
    int examples = 0;
    for (std::size_t at = 0; (at = help.find("\n  bitloom quantize ", at)) != std::string::npos;
         ++at) {
        const std::string line = help.substr(at + 11, help.find('\n', at + 1) - at - 11);
        const ProgramRun run =
            run_shell("cd '" + (folder / "") + "' && '" BITLOOM_PROGRAM "' " + line);
        EXPECT_EQ(run.exit_code, 0) << line << ": " << run.error;
        ++examples;
    }
    EXPECT_GE(examples, 3);
}

}  // namespace
}  // namespace bitloom::test
