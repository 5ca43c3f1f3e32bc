// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/chip_description.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "models/base/error.h"
#include "models/base/output_file.h"
#include "models/memory/dram_parameters.h"

namespace bitloom {
namespace {

const std::string ini = BITLOOM_SOURCE_DIR "/models/chip/ant.ini";

std::string error_of(const KeyValues& keys, const std::string& file = ini) {
    try {
        read_chip(file, keys);
    } catch (const Error& error) {
        return error.what();
    }
    return "none";
}

TEST(ChipDescription, AntHasThePublishedShape) {
    const ChipDescription chip = read_chip(ini);
    const auto& array = std::get<SystolicConfig>(chip.gemm().array);
    EXPECT_EQ(chip.name, "ant");
    EXPECT_EQ(array.rows, 64);
    EXPECT_EQ(array.columns, 64);
    EXPECT_EQ(array.dataflow, Dataflow::output_stationary);
    EXPECT_EQ(array.drain, Drain::bus);
    EXPECT_EQ(chip.gemm().clock_hz, 500'000'000);
    EXPECT_EQ(chip.gemm().weight_buffer_bytes + chip.gemm().activation_buffer_bytes +
                  chip.gemm().output_buffer_bytes,
              512 * 1024);
    EXPECT_EQ(chip.configuration.at("array.rows"), "64");
}

TEST(ChipDescription, ChoicesBecomeTheirEnumerators) {
    const ChipDescription chip = read_chip(ini, {{"array.dataflow", "weight_stationary"}});
    const auto& array = std::get<SystolicConfig>(chip.gemm().array);
    EXPECT_EQ(array.dataflow, Dataflow::weight_stationary);
    EXPECT_EQ(
        std::get<SystolicConfig>(read_chip(ini, {{"array.drain", "shift"}}).gemm().array).drain,
        Drain::shift);
}

TEST(ChipDescription, RefusesShiftDrainOfAWeightStationaryArray) {
    EXPECT_EQ(error_of({{"array.dataflow", "weight_stationary"}, {"array.drain", "shift"}}),
              "command line: --array.drain = shift: only an output-stationary array shifts psums "
              "out; allowed here: bus");
}

TEST(ChipDescription, RefusesABufferOutsideOfTheSramPoints) {
    const std::string text = error_of({{"weight_buffer.bytes", "2KiB"}});
    EXPECT_EQ(text.substr(0, 29), "weight_buffer.bytes = 2048: /") << text;
    EXPECT_EQ(text.substr(text.find("sram_28nm.csv")),
              "sram_28nm.csv: bank of 64 bytes, 512 bit an access: the fitted range is 4096..8192 "
              "bytes; choose another number of banks or allow extrapolation");
}

TEST(ChipDescription, RefusesAMissingEnergyTable) {
    EXPECT_EQ(error_of({{"energy.table", "/no/table.csv"}}),
              "/no/table.csv: cannot read: No such file or directory");
    EXPECT_EQ(error_of({{"energy.sram", "/no/sram.csv"}}),
              "/no/sram.csv: cannot read: No such file or directory");
}

TEST(ChipDescription, RefusesAFileWithoutItsTables) {
    const std::filesystem::path file =
        std::filesystem::path(testing::TempDir()) / "bitloom_no_tables.ini";
    write_file(file, "[chip]\ntype = ant\n");
    EXPECT_EQ(error_of({}, file.string()),
              file.string() + ": energy.table is missing: must be a path\n" + file.string() +
                  ": energy.sram is missing: must be a path");
    std::filesystem::remove(file);
}

TEST(ChipDescription, RefusesOddArraysAndUnknownKeys) {
    EXPECT_EQ(error_of({{"array.rows", "63"}, {"array.row", "64"}}),
              "command line: --array.rows = 63: must be 2..1024, a multiple of 2\n"
              "command line: unknown key '--array.row'; did you mean '--array.rows'?");
}

TEST(ChipDescription, RefusesAWordThatNoBitSerialUnitHas) {
    EXPECT_EQ(error_of({{"array.word_bits", "100"}}, BITLOOM_SOURCE_DIR "/models/chip/apnn_tc.ini"),
              "command line: --array.word_bits = 100: allowed: 32, 64, 128, 256, 512");
}

// Every memory of the list has prices, and each chip's parts have leakage and area.
TEST(ChipDescription, EveryMemoryIsPriced) {
    for (const std::string& dram : dram_names()) {
        const ChipCosts costs = chip_costs(read_chip(ini, {{"memory.dram", dram}}));
        EXPECT_GT(costs.table.require("dram", "read_bits").value, 0) << dram;
        EXPECT_GT(costs.table.require("dram", "write_bits").value, 0) << dram;
        for (const ComponentInstance& instance : costs.instances) {
            EXPECT_GT(costs.table.require(instance.component, "leakage").value, 0);
            EXPECT_GT(costs.table.require(instance.component, "area").value, 0);
        }
    }
}

// Reading back what a result says about its chip gives the same chip.
TEST(ChipDescription, TheResolvedConfigurationReadsBack) {
    const ChipDescription chip =
        read_chip(ini, {{"array.rows", "32"}, {"clock.frequency", "1.25GHz"}});
    KeyValues keys;
    for (const auto& [key, value] : chip.configuration) keys.emplace_back(key, value);
    EXPECT_EQ(read_chip(ini, keys).configuration, chip.configuration);
}

}  // namespace
}  // namespace bitloom
