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
    EXPECT_EQ(scaled, 13);
}

// Rows derived from other rows by area agree with them.
TEST(EnergyTable28nm, RowsEstimatedByAreaAgreeWithTheirBasis) {
    const auto v = [](const char* event) { return table().require_event(event).value; };
    EXPECT_NEAR(v("decoder.decode") / v("array.mac"), v("decoder.area") / v("array.area"), 1e-5);
    EXPECT_NEAR(v("decoder.leakage") / v("array.leakage"), v("decoder.area") / v("array.area"),
                1e-5);
    EXPECT_NEAR(v("vector.leakage") / v("array.leakage"), v("vector.area") / v("array.area"), 1e-4);
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
