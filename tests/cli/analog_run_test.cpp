// SPDX-License-Identifier: Apache-2.0
// `bitloom run` on analog chips, as a user runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "models/base/output_file.h"
#include "tests/cli/run_program.h"

namespace bitloom::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(AnalogRun, ReportsAccuracyOverTimesAndChips) {
    const TemporaryFolder folder;
    const ProgramRun run = run_bitloom({"run",        "aon_cim",
                                        "zoo/digits", "--scheme",
                                        "int8",       "--time",
                                        "25s,1d",     "--seeds",
                                        "3",          "--seed",
                                        "7",          "--inputs",
                                        "50",         "--check",
                                        "--json",     folder / "a.json",
                                        "--csv",      folder / "a.csv",
                                        "--html",     folder / "a.html",
                                        "--timeline", folder / "a.trace.json"});
    ASSERT_EQ(run.exit_code, 0) << run.error;
    EXPECT_EQ(run.error, "");
    for (const char* text : {"digits on aon_cim", "TOPS/W", "top-1 over 50 inputs",
                             "3 chips, seeds from 7", "energy by 'aon'", "25 s", "1 d"})
        EXPECT_THAT(run.output, HasSubstr(text));
    const json result = json::parse(read_file(folder / "a.json"));
    const json& analog = result.at("analog");
    EXPECT_EQ(analog.at("seeds"), 3);
    EXPECT_EQ(analog.at("first_seed"), 7);
    EXPECT_EQ(analog.at("arrays"), 1);
    EXPECT_EQ(analog.at("devices"), 191008);  // two a weight
    ASSERT_EQ(analog.at("moments").size(), 2u);
    for (const json& moment : analog.at("moments")) {
        EXPECT_GT(moment.at("accuracy_mean").get<double>(), 0.9);
        EXPECT_EQ(moment.at("accuracy_by_seed").size(), 3u);
        EXPECT_GT(moment.at("weight_effective_bits").get<double>(), 3.0);
        EXPECT_LT(moment.at("weight_effective_bits").get<double>(), 4.5);
        EXPECT_LT(moment.at("saturated_share").get<double>(), 0.01);
    }
    EXPECT_EQ(result.at("accuracy"), analog.at("moments")[0].at("accuracy_mean"));
    std::int64_t cycles = 0;
    for (const json& layer : result.at("layers")) cycles += layer.at("cycles").get<std::int64_t>();
    EXPECT_EQ(cycles, result.at("cycles").get<std::int64_t>());
    EXPECT_THAT(read_file(folder / "a.csv"), HasSubstr("accuracy_mean_at_86400s"));
    EXPECT_THAT(read_file(folder / "a.html"), HasSubstr("accuracyOverTime"));
    EXPECT_GT(json::parse(read_file(folder / "a.trace.json")).at("traceEvents").size(), 20u);
}

// A real network on both chips, every conversion stepped.
TEST(AnalogRun, TileAndPeGiveTheSameNumbers) {
    for (const std::string chip : {"aon_cim", "isaac"}) {
        const TemporaryFolder folder;
        std::vector<json> results;
        for (const std::string fidelity : {"tile", "pe"}) {
            const ProgramRun run =
                run_bitloom({"run", chip, "zoo/digits", "--scheme", "int8", "--no-accuracy",
                             "--time", "1d", "--layers", "2..11", "--fidelity", fidelity, "--check",
                             "--json", folder / fidelity});
            ASSERT_EQ(run.exit_code, 0) << run.error;
            results.push_back(json::parse(read_file(folder / fidelity)));
            for (const char* key : {"fidelity", "run"}) results.back().erase(key);
        }
        EXPECT_EQ(results[0], results[1]) << chip;
    }
}

struct Mistake {
    std::vector<std::string> arguments;
    std::string error;
};

TEST(AnalogRun, MistakesAreToldInOneLine) {
    const std::vector<Mistake> mistakes = {
        {{"run", "ant", "--gemm", "8x8x8", "--time", "1d"},
         "command line: --time has no effect: chip 'ant' is digital"},
        {{"run", "ant", "--gemm", "8x8x8", "--seeds", "2"},
         "command line: --seeds has no effect: chip 'ant' is digital"},
        {{"run", "aon_cim", "--gemm", "8x8x8", "--weights", "int4", "--activations", "int8",
          "--time", "1d,later"},
         "command line: --time: 'later': must be times with commas between, each a number with s, "
         "m, h, d or y, up to 10y"},
        {{"run", "aon_cim", "--gemm", "8x8x8"},
         "layer 'gemm': flint4 activations: input converters take integers: must be int2..int8 or "
         "uint2..uint8"},
        {{"run", "aon_cim", "--gemm", "8x8x8", "--weights", "int4", "--activations", "int8",
          "--array.device", "reram_wan", "--time", "1y"},
         "time = 31536000 s: device reram_wan: must be 0..172800"},
        {{"run", "isaac", "--gemm", "8x400x400", "--weights", "int8", "--activations", "int8",
          "--array.most_arrays", "5"},
         "layer 'gemm' (400 x 400 weights): no room on 5 arrays of 128 x 128 pairs: the network "
         "needs 40"},
        {{"run", "aon_cim", "--gemm", "8x8x8", "--array.adc_mux", "5"},
         "command line: --array.adc_mux = 5: must divide the 512 columns"},
        {{"run", "aon_cim", "--gemm", "8x8x8", "--adc.bits", "20"},
         "command line: --adc.bits = 20: must be 2..14"},
        {{"run", "aon_cim", "--gemm", "8x8x8", "--array.dataflow", "x"},
         "command line: unknown key '--array.dataflow'"}};
    for (const Mistake& mistake : mistakes) {
        const ProgramRun run = run_bitloom(mistake.arguments);
        EXPECT_EQ(run.exit_code, 2);
        EXPECT_EQ(run.error, "bitloom: error: " + mistake.error + "\n");
    }
}

TEST(AnalogRun, WiresAndThePriceOfAConversionMustBeGiven) {
    const TemporaryFolder folder;
    const std::string chip = folder.write("bare.ini", "[chip]\ntype = cim\n");
    const ProgramRun run = run_bitloom({"run", chip, "--gemm", "8x8x8"});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.error, HasSubstr("array.wire_ohm"));
    EXPECT_THAT(run.error, HasSubstr("adc.energy"));
}

TEST(AnalogRun, AnUnknownPriceOfAConversionIsAnsweredWithThoseThatThereAre) {
    const ProgramRun run =
        run_bitloom({"run", "aon_cim", "--gemm", "8x8x8", "--adc.energy", "magic"});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.error, HasSubstr("adc.energy = magic: "));
    EXPECT_THAT(run.error,
                HasSubstr("cim_14nm.csv prices no conversion of 8 bits by it; it has: aon "
                          "cco_silicon isaac neurosim_sar schreier survey_regression walden\n"));
}

TEST(AnalogRun, AnEventWithoutARowIsAnError) {
    const TemporaryFolder folder;
    std::string table = read_file(BITLOOM_SOURCE_DIR "/models/energy/tables/cim_14nm.csv");
    table.erase(table.find("shift_add,add"));
    const std::string file = folder.write("table.csv", table);
    const ProgramRun run = run_bitloom({"run", "aon_cim", "--gemm", "8x8x8", "--weights", "int4",
                                        "--activations", "int8", "--energy.table", file});
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.error, HasSubstr("shift_add.add"));
}

}  // namespace
}  // namespace bitloom::test
