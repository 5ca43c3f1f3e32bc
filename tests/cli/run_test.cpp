// SPDX-License-Identifier: Apache-2.0
// `bitloom run`, as a user runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "models/base/output_file.h"
#include "tests/cli/run_program.h"

namespace bitloom::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(RunCommand, ReportsEnergyLatencyAndAccuracyOfATrainedNetwork) {
    const TemporaryFolder folder;
    const ProgramRun run = run_bitloom({"run", "ant", "zoo/digits", "--check", "--json",
                                        folder / "a.json", "--csv", folder / "a.csv", "--html",
                                        folder / "a.html", "--timeline", folder / "a.trace.json"});
    ASSERT_EQ(run.exit_code, 0) << run.error;
    EXPECT_EQ(run.error, "");
    for (const char* text : {"digits on ant", "latency", "TOPS/W", "EDP", "top-1 over 899 inputs"})
        EXPECT_THAT(run.output, HasSubstr(text));

    const json result = json::parse(read_file(folder / "a.json"));
    EXPECT_GT(result.at("accuracy").get<double>(), 0.98);
    EXPECT_LE(result.at("accuracy_float").get<double>() - result.at("accuracy").get<double>(),
              0.01);
    EXPECT_DOUBLE_EQ(result.at("latency_s").get<double>(),
                     result.at("cycles").get<double>() / 500e6);
    std::int64_t cycles = 0;
    double energy = 0;
    for (const json& layer : result.at("layers")) {
        cycles += layer.at("cycles").get<std::int64_t>();
        energy += layer.at("energy_pj").get<double>();
    }
    EXPECT_EQ(cycles, result.at("cycles").get<std::int64_t>());
    EXPECT_NEAR(energy, result.at("energy_pj").get<double>(), 1e-6 * energy);
    EXPECT_EQ(result.at("configuration").at("array.rows"), "64");

    const json timeline = json::parse(read_file(folder / "a.trace.json"));
    EXPECT_GT(timeline.at("traceEvents").size(), 50u);
    EXPECT_THAT(read_file(folder / "a.csv"), HasSubstr("total"));
    EXPECT_THAT(read_file(folder / "a.html"), HasSubstr("digits"));
}

// The two fidelities are the same chip: only the name of the fidelity differs.
TEST(RunCommand, TileAndPeGiveTheSameNumbers) {
    const TemporaryFolder folder;
    for (const std::string fidelity : {"tile", "pe"}) {
        const ProgramRun run =
            run_bitloom({"run", "ant", "--gemm", "70x45x33", "--weights", "pot4", "--activations",
                         "uflint4", "--seed", "5", "--fidelity", fidelity, "--array.rows", "16",
                         "--array.columns", "8", "--check", "--json", folder / fidelity});
        ASSERT_EQ(run.exit_code, 0) << run.error;
    }
    json tile = json::parse(read_file(folder / "tile"));
    json pe = json::parse(read_file(folder / "pe"));
    EXPECT_EQ(tile.at("fidelity"), "tile");
    EXPECT_EQ(pe.at("fidelity"), "pe");
    for (const char* key : {"fidelity", "run"}) tile.erase(key);
    for (const char* key : {"fidelity", "run"}) pe.erase(key);
    EXPECT_EQ(tile, pe);
}

// Real layers of a trained network, in both dataflows; the RTL of 16 x 16 PEs is in the program.
void expect_rtl_equals(const std::string& dataflow, const std::string& layers) {
    const TemporaryFolder folder;
    std::vector<json> results;
    for (const std::string fidelity : {"tile", "pe", "rtl"}) {
        const ProgramRun run =
            run_bitloom({"run", "ant", "zoo/digits", "--no-accuracy", "--layers", layers,
                         "--fidelity", fidelity, "--array.rows", "16", "--array.columns", "16",
                         "--array.dataflow", dataflow, "--check", "--json", folder / fidelity});
        ASSERT_EQ(run.exit_code, 0) << run.error;
        results.push_back(json::parse(read_file(folder / fidelity)));
        EXPECT_EQ(results.back().at("fidelity"), fidelity);
        for (const char* key : {"fidelity", "run"}) results.back().erase(key);
    }
    EXPECT_EQ(results[0], results[1]);
    EXPECT_EQ(results[0], results[2]);
}

TEST(RunCommand, TheRtlGivesTheNumbersOfPeAndTileOutputStationary) {
    expect_rtl_equals("output_stationary", "0..1");
}

TEST(RunCommand, TheRtlGivesTheNumbersOfPeAndTileWeightStationary) {
    expect_rtl_equals("weight_stationary", "0..1");
}

TEST(RunCommand, RefusesRtlOfTheWholeChipWhichIsNotBuilt) {
    const ProgramRun run = run_bitloom({"run", "ant", "--gemm", "8x8x8", "--fidelity", "rtl"});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_EQ(run.error,
              "bitloom: error: fidelity rtl is built for arrays of 4x4, 8x8, 16x16: array.rows x "
              "array.columns = 64 x 64: choose one of them, or fidelity pe or tile\n");
}

TEST(RunCommand, WritesTheWaveformOfPeAndRtl) {
    const TemporaryFolder folder;
    for (const std::string fidelity : {"pe", "rtl"}) {
        const ProgramRun run =
            run_bitloom({"run", "ant", "--gemm", "5x6x7", "--fidelity", fidelity, "--array.rows",
                         "4", "--array.columns", "4", "--vcd", folder / fidelity});
        ASSERT_EQ(run.exit_code, 0) << run.error;
        const std::string waveform = read_file(folder / fidelity);
        for (const char* part : {"$timescale", " accumulator[15] [31:0] ", " psum_valid[3] ",
                                 " activation_code[3] [3:0] ", " enable "})
            EXPECT_THAT(waveform, HasSubstr(part)) << fidelity;
    }
}

TEST(RunCommand, ANetworkTrainedForASchemeRunsUnderItUnlessAnotherIsAskedFor) {
    const TemporaryFolder folder;
    const auto scheme_of = [&](const std::vector<std::string>& options) {
        std::vector<std::string> arguments = {"run",           "apnn_tc", "zoo/digits_w1a2",
                                              "--no-accuracy", "--json",  folder / "result.json"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        const ProgramRun run = run_bitloom(arguments);
        EXPECT_EQ(run.exit_code, 0) << run.error;
        return json::parse(read_file(folder / "result.json")).at("scheme").get<std::string>();
    };
    EXPECT_EQ(scheme_of({}), "w1a2");
    EXPECT_EQ(scheme_of({"--scheme", "w4a4"}), "w4a4");
}

// Every dataflow of the bit-serial core, with what stays on the chip and what is pooled there.
TEST(RunCommand, BitSerialChipsGiveTheSameNumbersInBothFidelities) {
    for (const std::string chip :
         {"apnn_tc", "bismo", "stripes", "loom", "pragmatic", "bit_tactical"}) {
        const TemporaryFolder folder;
        std::vector<json> results;
        for (const std::string fidelity : {"tile", "pe"}) {
            const ProgramRun run =
                run_bitloom({"run", chip, "zoo/digits_w2a2", "--no-accuracy", "--fidelity",
                             fidelity, "--check", "--json", folder / fidelity});
            ASSERT_EQ(run.exit_code, 0) << chip << ": " << run.error;
            results.push_back(json::parse(read_file(folder / fidelity)));
            for (const char* key : {"fidelity", "run"}) results.back().erase(key);
        }
        EXPECT_EQ(results[0], results[1]) << chip;
        EXPECT_GT(results[0].at("binary_tops").get<double>(), 0.0) << chip;
    }
}

TEST(RunCommand, ABitSerialChipSaysWhichFormatsItTakes) {
    const ProgramRun run = run_bitloom(
        {"run", "apnn_tc", "--gemm", "8x8x8", "--weights", "e4m3", "--activations", "int8"});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_EQ(run.error,
              "bitloom: error: layer 'gemm': e4m3: has no bit planes: a bit-serial array takes "
              "uint1..uint8, int2..int8, bipolar1..bipolar8\n");
}

TEST(RunCommand, TheSameSeedGivesTheSameBytesAndAnotherSeedOtherOnes) {
    const TemporaryFolder folder;
    const auto result = [&](const std::string& name, const std::string& seed) {
        const ProgramRun run = run_bitloom(
            {"run", "ant", "--gemm", "64x64x64", "--seed", seed, "--json", folder / name});
        EXPECT_EQ(run.exit_code, 0) << run.error;
        json written = json::parse(read_file(folder / name));
        written.erase("run");  // all that may differ
        return written;
    };
    const json first = result("first", "1");
    EXPECT_EQ(first, result("second", "1"));
    EXPECT_NE(first, result("third", "2"));
}

// SOURCE_DATE_EPOCH of reproducible-builds.org: the date is the only thing that time changes.
TEST(RunCommand, EqualCommandsWithAFixedDateGiveTheSameBytesOfEveryOutput) {
    const TemporaryFolder folder;
    const std::string command = fmt::format(
        "cd {} && SOURCE_DATE_EPOCH=86400 \"$BITLOOM\" run ant --gemm 8x8x8 --json a "
        "--csv b --html c --timeline d > e && cat a b c d e",
        folder.path());
    const ProgramRun first = run_shell(command), second = run_shell(command);
    ASSERT_EQ(first.exit_code, 0) << first.error;
    EXPECT_EQ(first.output, second.output);
    for (const char* name : {"a", "b", "c", "d", "e"})
        EXPECT_THAT(read_file(folder / name), HasSubstr("1970-01-02T00:00:00Z")) << name;
}

// Each output of random codes says so, with the seed.
TEST(RunCommand, RandomCodesAreNamedInEveryOutput) {
    const TemporaryFolder folder;
    const ProgramRun run = run_bitloom({"run", "ant", "--gemm", "8x8x8", "--seed", "5", "--json",
                                        folder / "a.json", "--csv", folder / "a.csv", "--html",
                                        folder / "a.html", "--timeline", folder / "a.trace"});
    ASSERT_EQ(run.exit_code, 0) << run.error;
    EXPECT_THAT(run.output, HasSubstr("random codes (seed 5)"));
    EXPECT_EQ(json::parse(read_file(folder / "a.json")).at("random_codes_seed"), 5);
    EXPECT_EQ(json::parse(read_file(folder / "a.trace")).at("otherData").at("random"),
              "random codes (seed 5)");
    for (const char* name : {"a.csv", "a.html"})
        EXPECT_THAT(read_file(folder / name), HasSubstr("random codes (seed 5)")) << name;
}

// With --int8-layers 5 the first and the last layer are the scheme's own, three are raised; what
// is counted here comes from the layers' formats, not from what the program says about itself.
TEST(RunCommand, RaisedLayersStandInTheHeadingTheLayersAndTheAccuracyBefore) {
    const TemporaryFolder folder;
    const ProgramRun run =
        run_bitloom({"run", "ant", "zoo/digits", "--int8-layers", "5", "--inputs", "3", "--json",
                     folder / "a.json", "--csv", folder / "a.csv"});
    ASSERT_EQ(run.exit_code, 0) << run.error;
    const json result = json::parse(read_file(folder / "a.json"));
    int wide = 0, marked = 0;
    for (const json& layer : result.at("layers")) {
        wide += layer.at("types").get<std::string>().starts_with("int8 x") ? 1 : 0;
        marked += layer.at("raised").get<bool>() ? 1 : 0;
    }
    EXPECT_EQ(wide, 5);
    EXPECT_EQ(marked, 3);
    EXPECT_EQ(result.at("scheme"), "ant4");
    EXPECT_EQ(result.at("raised_layers").size(), 3u);
    EXPECT_EQ(result.at("wide_by_rule").size(), 2u);
    // Without any raised layer the quantizer measures the accuracy that was before.
    const ProgramRun before = run_bitloom({"run", "ant", "zoo/digits", "--int8-layers", "2",
                                           "--inputs", "3", "--json", folder / "b.json"});
    ASSERT_EQ(before.exit_code, 0) << before.error;
    const json without = json::parse(read_file(folder / "b.json"));
    EXPECT_EQ(result.at("accuracy_before_raising"), without.at("accuracy_quantized"));
    EXPECT_EQ(without.at("scheme_heading"), "ant4");
    const std::string heading =
        fmt::format("ant4, 3 of 12 layers raised to int8 (top-1 {:.2f} % before)",
                    100 * without.at("accuracy_quantized").get<double>());
    EXPECT_EQ(result.at("scheme_heading"), heading);
    EXPECT_THAT(run.output, HasSubstr("digits on ant   scheme " + heading));
    EXPECT_THAT(read_file(folder / "a.csv"), HasSubstr(heading));
}

TEST(RunCommand, ASchemeThatRaisesForAccuracySaysThatNoneWasEvaluated) {
    const ProgramRun run = run_bitloom({"run", "ant", "zoo/digits", "--no-accuracy"});
    ASSERT_EQ(run.exit_code, 0) << run.error;
    EXPECT_THAT(run.output, HasSubstr("ant4, no layer raised: accuracy was not evaluated"));
}

// Values are counted from the shapes: 8x4 results of the product.
TEST(RunCommand, CheckSaysWhatItCompared) {
    const ProgramRun run = run_bitloom({"run", "ant", "--gemm", "8x4x16", "--check"});
    ASSERT_EQ(run.exit_code, 0) << run.error;
    EXPECT_THAT(run.output,
                HasSubstr("Checked: 32 values of 1 layer equal to the host's integer executor\n"));
}

TEST(RunCommand, TablesFitTheWidthAndKeepWholeNamesInAPipe) {
    const std::string run = "\"$BITLOOM\" run ant zoo/digits --inputs 3";
    const ProgramRun narrow = run_shell("COLUMNS=80 " + run);
    ASSERT_EQ(narrow.exit_code, 0) << narrow.error;
    std::istringstream lines(narrow.output);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
    const ProgramRun pipe = run_shell("unset COLUMNS; " + run);
    EXPECT_THAT(pipe.output, HasSubstr("/blocks/blocks.1/shortcut/shortcut.0/Conv "));
    EXPECT_THAT(pipe.output, ::testing::Not(HasSubstr("..shortcut")));
    EXPECT_THAT(pipe.output, ::testing::Not(HasSubstr("\x1b[")));
}

TEST(RunCommand, ABufferTooSmallNamesTheLayerAndWhatItNeeds) {
    const ProgramRun run =
        run_bitloom({"run", "ant", "zoo/digits", "--no-accuracy", "--activation_buffer.bytes", "64",
                     "--energy.extrapolate", "true"});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_EQ(run.output, "");
    EXPECT_THAT(run.error, HasSubstr("activation_buffer.bytes = 64: "));
}

TEST(RunCommand, OnlyTheChosenLayersAreSimulated) {
    const TemporaryFolder folder;
    const ProgramRun run = run_bitloom({"run", "ant", "zoo/digits", "--layers", "2..3",
                                        "--no-accuracy", "--check", "--json", folder / "a.json"});
    ASSERT_EQ(run.exit_code, 0) << run.error;
    EXPECT_EQ(json::parse(read_file(folder / "a.json")).at("layers").size(), 2u);
}

TEST(RunCommand, AnOperandPairThatTheArrayCannotMultiplyIsRefused) {
    const ProgramRun run = run_bitloom(
        {"run", "ant", "--gemm", "8x8x8", "--weights", "int8", "--activations", "flint4"});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_EQ(run.error,
              "bitloom: error: layer 'gemm': flint4 activations x int8 weights: the array takes "
              "both of up to 4 bits, or both 8-bit integers\n");
}

}  // namespace
}  // namespace bitloom::test
