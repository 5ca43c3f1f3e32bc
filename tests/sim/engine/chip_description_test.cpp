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
    EXPECT_EQ(
        text.substr(text.find("sram_28nm.csv")),
        "sram_28nm.csv: bank of 2048 bytes, 512 bit an access: the fitted range is 4096..8192 "
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

TEST(ChipDescription, TheClockSetsTheVoltage) {
    EXPECT_EQ(read_chip(ini).point.voltage_v, 0.9);
    EXPECT_EQ(read_chip(ini, {{"clock.frequency", "100MHz"}}).point.voltage_v, 0.6);
    EXPECT_EQ(error_of({{"clock.frequency", "10GHz"}}).substr(0, 76),
              "command line: --clock.frequency = 10000000000: at most 594.621 MHz, at 1.1 V");
    EXPECT_EQ(
        error_of({{"clock.voltage", "0.7"}}),
        "command line: --clock.voltage = 0.7: sustains 379.486 MHz; clock.frequency = 500 MHz "
        "needs at least 0.9 V");
    EXPECT_EQ(error_of({{"clock.voltage", "1.15"}}).substr(0, 58),
              "command line: --clock.voltage = 1.15: must be 0.6..1.1 V, ");
}

// Energy of a cycle falls with the voltage, leakage of a cycle grows with its length: an optimum
// between the ends, not at the fastest clock.
TEST(ChipDescription, TheFastestClockIsNotTheMostFrugal) {
    const auto energy = [&](const char* clock) {
        const ChipDescription chip = read_chip(ini, {{"clock.frequency", clock}});
        const ChipCosts costs = chip_costs(chip);
        return 1000 * costs.table.require_event("array.mac").value +
               leakage_mw(costs.table, costs.instances) * 1e9 /
                   static_cast<double>(chip.clock_hz());
    };
    EXPECT_LT(energy("300MHz"), energy("590MHz"));
    EXPECT_LT(energy("300MHz"), energy("30MHz"));
}

TEST(ChipDescription, RefusesConditionsOfWhichNothingIsKnown) {
    EXPECT_EQ(
        error_of({{"technology.device", "lstp"}, {"technology.temperature", "330"}}),
        "command line: --technology.temperature = 330: leakage of technology.device = lstp is "
        "known at 300 K only; of hp and lop at 300..360 K");
    EXPECT_EQ(error_of({{"technology.node", "7"}}),
              "command line: --technology.node = 7: must be 14, 28, 32 or 45 nm, or 0 for the "
              "table's");
    EXPECT_NE(error_of({{"technology.node", "28"}}, BITLOOM_SOURCE_DIR "/models/chip/aon_cim.ini")
                  .find("arrays and converters do not scale"),
              std::string::npos);
}

// A buffer of a digital and of an analog chip under the same conditions leaks the same.
TEST(ChipDescription, OneRuleForTheMemoriesOfAllChips) {
    const auto per_byte = [](const ChipDescription& chip, const char* buffer, double bytes) {
        return chip_costs(chip).table.require(buffer, "leakage").value / bytes;
    };
    const ChipDescription digital = read_chip(ini, {{"technology.node", "14"}});
    const ChipDescription analog = read_chip(BITLOOM_SOURCE_DIR "/models/chip/aon_cim.ini");
    ASSERT_EQ(digital.point.device, analog.point.device);
    EXPECT_NEAR(per_byte(digital, "activation_buffer", 262144) * analog.point.voltage_v /
                    digital.point.voltage_v / per_byte(analog, "activation_sram", 262144),
                1, 1e-12);
}

// Reading back what a result says about its chip gives the same chip.
TEST(ChipDescription, TheResolvedConfigurationReadsBack) {
    const ChipDescription chip =
        read_chip(ini, {{"array.rows", "32"}, {"clock.frequency", "550MHz"}});
    KeyValues keys;
    for (const auto& [key, value] : chip.configuration) keys.emplace_back(key, value);
    EXPECT_EQ(read_chip(ini, keys).configuration, chip.configuration);
}

}  // namespace
}  // namespace bitloom
