// SPDX-License-Identifier: Apache-2.0
// Every mistake a user can make on the command line: exact text, exit code 2, nothing on standard
// output.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/cli/run_program.h"

namespace bitloom::test {
namespace {

struct Mistake {
    std::vector<std::string> arguments;
    std::string message;  // of each line without "bitloom: error: "
};

void expect_mistake(const Mistake& mistake) {
    const ProgramRun run = run_bitloom(mistake.arguments);
    const std::string shown = testing::PrintToString(mistake.arguments);
    EXPECT_EQ(run.error, "bitloom: error: " + mistake.message + "\n") << shown;
    EXPECT_EQ(run.output, "") << shown;
    EXPECT_EQ(run.exit_code, 2) << shown;
}

TEST(Mistakes, OfTheVerb) {
    const std::vector<Mistake> mistakes = {
        {{}, "command line: no verb given; known: run quantize sweep verify report compare show"},
        {{"deploy"},
         "command line: unknown verb 'deploy'; known: run quantize sweep verify report compare "
         "show"},
        {{"quantise", "x"},
         "command line: unknown verb 'quantise'; known: run quantize sweep verify report compare "
         "show; did "
         "you mean "
         "'quantize'?"},
        {{"--verison"}, "command line: unknown option '--verison'; did you mean '--version'?"},
        {{""},
         "command line: unknown verb ''; known: run quantize sweep verify report compare show"},
    };
    for (const Mistake& mistake : mistakes) expect_mistake(mistake);
}

TEST(Mistakes, OfShow) {
    const std::string known =
        "known: formats format schemes scheme devices device chips chip energy trace network";
    const std::vector<Mistake> mistakes = {
        {{"show"}, "command line: show what? " + known},
        {{"show", "fromats"},
         "command line: cannot show 'fromats'; " + known + "; did you mean 'formats'?"},
        {{"show", "format"},
         "command line: show format: NAME missing; usage: bitloom show format NAME"},
        {{"show", "formats", "int4"}, "command line: show formats: unexpected 'int4'"},
        {{"show", "format", "int4", "int5"}, "command line: show format: unexpected 'int5'"},
        {{"show", "formats", "--csv"},
         "command line: --csv is for `show format` and `show device` only"},
        {{"show", "formats", "--table", "x"}, "command line: --table is for `show energy` only"},
        {{"show", "formats", "--array.rows", "4"},
         "command line: --array.rows is for `show chip` only"},
        {{"show", "trace", "no/such.safetensors"},
         "no/such.safetensors: cannot open: No such file or directory"},
        {{"show", "network", "no/such.net"},
         "command line: network or trace 'no/such.net' not found: tried "
         "no/such.net, " BITLOOM_SOURCE_DIR "/workloads/no/such.net"},
        {{"show", "network", "zoo/digit"},
         "command line: network or trace 'zoo/digit' not found: tried "
         "zoo/digit, " BITLOOM_SOURCE_DIR "/workloads/zoo/digit, " BITLOOM_SOURCE_DIR
         "/workloads/zoo/digit.onnx, " BITLOOM_SOURCE_DIR
         "/workloads/zoo/digit.net, " BITLOOM_SOURCE_DIR
         "/workloads/zoo/digit.csv, " BITLOOM_SOURCE_DIR
         "/workloads/zoo/digit.safetensors; did you mean 'zoo/digits'?"},
        {{"show", "chip", "/no/chip.ini"},
         "command line: chip '/no/chip.ini' not found: tried /no/chip.ini"},
        {{"show", "formats", "--data-dir"},
         "command line: --data-dir has no value: must be a path"},
    };
    for (const Mistake& mistake : mistakes) expect_mistake(mistake);
}

TEST(Mistakes, OfQuantize) {
    const TemporaryFolder folder;
    const std::string net = folder.write("a.net", "network a\ninput x 4\ngemm fc n=2\n");
    const std::string trace = folder.write("a.safetensors", "");
    const std::vector<Mistake> mistakes = {
        {{"quantize"}, "command line: no network given; usage: bitloom quantize NETWORK [options]"},
        {{"quantize", net, "b"}, "command line: unexpected 'b'"},
        {{"quantize", trace}, trace + ": is a trace, already quantized"},
        {{"quantize", net, "--scheme", "ant5"},
         "command line: --scheme = ant5: must be one of ant4 ip4 flint4 int4_mixed int4 int8 "
         "cim8 cim6 cim4 w1a1..w8a8; did you mean 'ant4'?"},
        {{"quantize", net, "--scheme", "w9a2"},
         "command line: --scheme = w9a2: must be one of ant4 ip4 flint4 int4_mixed int4 int8 "
         "cim8 cim6 cim4 w1a1..w8a8"},
        {{"quantize", net, "--first-last-bits", "9"},
         "command line: --first-last-bits = 9: must be 0..8 bits"},
        {{"quantize", net, "--first-last-bits", "4"},
         "random trace: first_last_bits = 4: scheme 'ant4' chooses the layers of 8 bits: must be "
         "8"},
        {{"quantize", "zoo/digits", "--scheme", "w1a2", "--int8-layers", "3", "--first-last-bits",
          "0"},
         "quantize: first_last_bits = 0: int8_layers = 3 names the layers of 8 bits: must be 8"},
        {{"quantize", net, "--scheem", "ant4"},
         "command line: unknown option '--scheem'; did you mean '--scheme'?"},
        {{"quantize", net, "--array.rows", "4"}, "command line: unknown option '--array.rows'"},
        {{"quantize", net, "--seed", "-1"}, "command line: --seed = -1: must be at least 0"},
        {{"quantize", net, "--calibration", "0"},
         "command line: --calibration = 0: must be at least 1 inputs"},
        {{"quantize", net, "--accuracy-threshold", "nan"},
         "command line: --accuracy-threshold = nan: must be a number, 0..1"},
        {{"quantize", net, "--output", folder / "x.json"},
         "command line: --output = " + folder / "x.json" + ": must end with .safetensors"},
        {{"quantize", net, "--output", folder / "no/x.safetensors"},
         "command line: --output = " + folder / "no/x.safetensors" + ": folder " + folder / "no" +
             " does not exist"},
        {{"quantize", net, "--calibration", "4"},
         "command line: --calibration has no effect: " + net +
             " has shapes only, its codes are random"},
        {{"quantize", net, "--random", "--dataset", "x"},
         "command line: --dataset has no effect: --random gives random codes"},
        {{"quantize", BITLOOM_SOURCE_DIR "/workloads/zoo/digits/network.onnx"},
         BITLOOM_SOURCE_DIR "/workloads/zoo/digits/network.onnx: no data to calibrate with: give "
                            "--dataset DATA (.npz, .npy, a folder of PNG images or one with "
                            "zoo.json), or --random for random codes"},
        {{"quantize", "zoo/digits", "--weights", "int4"},
         "command line: --weights has no effect: the scheme chooses the formats; with --random it "
         "would"},
    };
    for (const Mistake& mistake : mistakes) expect_mistake(mistake);
}

TEST(Mistakes, OfRun) {
    const TemporaryFolder folder;
    const std::string data = folder.path();
    const std::string chip = folder.write("models/chip/ant.ini", "");
    const std::vector<Mistake> mistakes = {
        {{"run"}, "command line: no chip given; usage: bitloom run CHIP TRACE|NETWORK [options]"},
        {{"run", "ant"},
         "command line: no trace or network given; usage: bitloom run CHIP TRACE|NETWORK "
         "[options]"},
        {{"run", "ant", "a", "b"}, "command line: unexpected 'b'"},
        {{"run", "ant", "a", "--gemm", "4x4x4"}, "command line: give 'a' or --gemm, not both"},
        {{"run", "ant", "a", "--inputs", "4", "--no-accuracy"},
         "command line: --inputs has no effect with --no-accuracy"},
        {{"run", "ant", "a", "--fidelity", "gates"},
         "command line: --fidelity = gates: must be one of tile pe rtl"},
        {{"run", "ant", "a", "--vcd", "a.vcd"},
         "command line: --vcd = a.vcd: fidelity tile has no signals: give --fidelity pe or rtl"},
        {{"run", "ant", "a", "--json", "no/such/x.json"},
         "command line: --json = no/such/x.json: folder no/such does not exist"},
        {{"run", "ant", "a", "--html", folder.path()},
         "command line: --html = " + folder.path() + ": is a folder, must be a file"},
        {{"run", "amt", "a", "--data-dir", data},
         "command line: chip 'amt' not found: tried amt, " + folder / "models/chip/amt" + ", " +
             chip.substr(0, chip.size() - 7) + "amt.ini; did you mean 'ant'?"},
    };
    for (const Mistake& mistake : mistakes) expect_mistake(mistake);
}

// The chip's file and its keys on the command line are read by one reader, and reported together.
TEST(Mistakes, OfTheChipHaveTheirLine) {
    const TemporaryFolder folder;
    const std::string chip =
        folder.write("a.ini", "# a chip\n[zzzzzzzzzz]\nqqqqqqqqqqqqqqqq = 1\n");
    const ProgramRun run =
        run_bitloom({"show", "chip", chip, "--yyyyyyyyyyyyy.pppppppppppppp", "3"});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_NE(run.error.find("bitloom: error: " + chip +
                             ":3: unknown key 'zzzzzzzzzz.qqqqqqqqqqqqqqqq'\n"),
              std::string::npos)
        << run.error;
    EXPECT_NE(run.error.find("bitloom: error: command line: unknown key "
                             "'--yyyyyyyyyyyyy.pppppppppppppp'\n"),
              std::string::npos)
        << run.error;
}

}  // namespace
}  // namespace bitloom::test
