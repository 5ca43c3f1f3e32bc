// SPDX-License-Identifier: Apache-2.0
// The tables that ship with the program.
#include <gtest/gtest.h>

#include <cmath>

#include "models/energy/energy_table.h"
#include "models/energy/scaling.h"
#include "models/energy/sram_model.h"

namespace bitloom {
namespace {

const EnergyTable& table() {
    static const EnergyTable t = EnergyTable::read(BITLOOM_ENERGY_TABLES "/28nm.csv");
    return t;
}

TEST(EnergyTable28nm, HasARowForEveryEventThatIsNotAMemory) {
    for (const char* event : {"array.mac",
                              "array.psum_word",
                              "decoder.decode",
                              "vector.requantize",
                              "vector.add",
                              "vector.compare",
                              "vector.multiply",
                              "vector.table_lookup",
                              "vector.divide",
                              "vector.sqrt",
                              "vector.encode",
                              "array.leakage",
                              "int8_mac.mac",
                              "int8_mac.leakage",
                              "int8_mac.area",
                              "bit_serial.popcount_bits",
                              "bit_serial.accumulate",
                              "bit_serial.combine",
                              "bit_serial.leakage",
                              "bit_serial.area",
                              "popcount_bit.leakage",
                              "popcount_bit.area",
                              "decoder.leakage",
                              "vector.leakage",
                              "array.area",
                              "decoder.area",
                              "vector.area",
                              "dram_lpddr4.read_bits",
                              "dram_lpddr4.write_bits",
                              "dram_ddr4.read_bits",
                              "dram_ddr4.write_bits",
                              "dram_hbm2.read_bits",
                              "dram_hbm2.write_bits"}) {
        EXPECT_GT(table().require_event(event).value, 0) << event;
    }
}

// A row that states where it was scaled from holds what the published equations give.
TEST(EnergyTable28nm, EveryScaledRowFollowsFromItsOriginal) {
    int scaled = 0;
    for (const auto& [event, row] : table().rows()) {
        ASSERT_EQ(row.original_value.has_value(), row.original_node_nm.has_value()) << event;
        if (!row.original_value) continue;
        ++scaled;
        ASSERT_TRUE(row.node_nm && row.voltage_v) << event;
        const double from = *row.original_node_nm;
        const double factor =
            row.unit == "um2"
                ? area_factor(from, *row.node_nm)
                : (row.unit == "mW" ? power_factor(from, 0.9, *row.node_nm, *row.voltage_v)
                                    : energy_factor(from, 0.9, *row.node_nm, *row.voltage_v));
        EXPECT_NEAR(row.value / (*row.original_value * factor), 1.0, 1e-5) << event;
        EXPECT_NE(row.source.find("Stillmaker"), std::string::npos) << event;
    }
    EXPECT_EQ(scaled, 30);
}

// Rows derived from other rows by area agree with them.
TEST(EnergyTable28nm, RowsEstimatedByAreaAgreeWithTheirBasis) {
    const auto v = [](const char* event) { return table().require_event(event).value; };
    EXPECT_NEAR(v("decoder.decode") / v("array.mac"), v("decoder.area") / v("array.area"), 1e-5);
    EXPECT_NEAR(v("decoder.leakage") / v("array.leakage"), v("decoder.area") / v("array.area"),
                1e-5);
    // 64.314 uW of BitFusion's unit of four PEs of 433 um2.
    EXPECT_NEAR(v("array.leakage") / v("array.area"), 0.064314 / (4 * 433), 1e-9);
    EXPECT_NEAR(v("int8_mac.leakage") / v("array.leakage"), v("int8_mac.area") / v("array.area"),
                1e-5);
    EXPECT_NEAR(v("vector.leakage") / v("array.leakage"), v("vector.area") / v("array.area"), 1e-4);
}

// Where nothing is published, cells of the synthesized RTL (words of 64 bits) stand in: those of an
// int32 adder cost what is published for it.
TEST(EnergyTable28nm, BitSerialRowsFollowFromCellsOfTheAdder) {
    const auto original = [](const char* event) {
        return *table().require_event(event).original_value;
    };
    constexpr double adder = 220, unit_bit = 567.0 / 64, rest_of_pe = 1008 - 567;
    EXPECT_NEAR(original("bit_serial.popcount_bits"), 0.1 * unit_bit / adder, 1e-7);
    EXPECT_NEAR(original("bit_serial.accumulate"), 0.1 * rest_of_pe / adder, 1e-6);
    EXPECT_EQ(original("bit_serial.combine"), 0.1);
    EXPECT_NEAR(original("popcount_bit.area"), 137 * unit_bit / adder, 1e-4);
    EXPECT_NEAR(original("bit_serial.area"), 137 * rest_of_pe / adder, 1e-2);
    for (const std::string part : {"bit_serial", "popcount_bit"})
        EXPECT_NEAR(
            table().require_event(part + ".leakage").value /
                table().require_event("array.leakage").value,
            table().require_event(part + ".area").value / table().require_event("array.area").value,
            1e-5);
    // 64 one-bit products cost more than one product of bytes, 64 of which they make up.
    EXPECT_GT(64 * table().require_event("bit_serial.popcount_bits").value +
                  table().require_event("bit_serial.accumulate").value,
              table().require_event("int8_mac.mac").value);
}

// Multipliers of small floats lie on the power law of significand widths through the published FP16
// and FP32 multipliers; the accumulator is an integer adder of its width, or an FP32 adder.
TEST(EnergyTable28nm, MinifloatRowsFollowFromThePublishedFloatUnits) {
    const auto power_law = [](double fp16, double fp32, int significand) {
        return fp16 * std::pow(significand / 11.0, std::log(fp32 / fp16) / std::log(24.0 / 11.0));
    };
    const auto original = [](const std::string& event) {
        return *table().require_event(event).original_value;
    };
    struct Case {
        std::string format;
        int significand;
        int accumulator;  // product bits, sign, 12 guard bits
    };
    for (const auto& [name, p, bits] :
         {Case{"e4m3", 4, 36 + 13}, Case{"e5m2", 3, 64 + 13}, Case{"e2m1", 2, 8 + 13}}) {
        const std::string mac = "minifloat_mac_" + name;
        const double multiply = power_law(1.1, 3.7, p);
        const double area = power_law(1640, 7700, p);
        EXPECT_NEAR(original(mac + "_exact.mac"), multiply + 0.1 * bits / 32, 1e-6);
        EXPECT_NEAR(original(mac + "_fp32.mac"), multiply + 0.9, 1e-5);
        EXPECT_NEAR(original(mac + "_exact.area"), area + 137.0 * bits / 32, 1e-2);
        EXPECT_NEAR(original(mac + "_fp32.area"), area + 4184, 1e-2);
        for (const std::string variant : {"_exact", "_fp32"})
            EXPECT_NEAR(table().require_event(mac + variant + ".leakage").value /
                            table().require_event("array.leakage").value,
                        table().require_event(mac + variant + ".area").value /
                            table().require_event("array.area").value,
                        1e-3);
        // Dearer than ANT's integer PE, cheaper than the FP32 units alone.
        EXPECT_GT(table().require_event(mac + "_fp32.mac").value,
                  table().require_event("array.mac").value);
        EXPECT_LT(original(mac + "_fp32.mac"), 3.7 + 0.9);
    }
}

// No row is at another node without saying so: a table is one technology.
TEST(EnergyTable28nm, AllSiliconIsAtOneNodeAndSupply) {
    for (const auto& [event, row] : table().rows()) {
        if (row.component.starts_with("dram")) continue;
        EXPECT_EQ(row.node_nm, 28) << event;
        EXPECT_EQ(row.voltage_v, 0.9) << event;
    }
    const SramModel sram = SramModel::read(BITLOOM_ENERGY_TABLES "/sram_28nm.csv");
    for (const SramPoint& p : sram.points()) {
        EXPECT_EQ(p.node_nm, 28);
        EXPECT_EQ(p.voltage_v, 0.9);
    }
}

// The published design: 0.326 mm2 of PEs in a core of 0.327 mm2, with 0.2 % of decoders.
TEST(EnergyTable28nm, ReproducesThePublishedCoreArea) {
    const double pes = 4096 * table().require_event("array.area").value * 1e-6;
    const double decoders = 128 * table().require_event("decoder.area").value * 1e-6;
    EXPECT_NEAR(pes + decoders, 0.327, 0.0006);
    EXPECT_NEAR(decoders / pes, 0.002, 0.0002);
}

}  // namespace
}  // namespace bitloom
