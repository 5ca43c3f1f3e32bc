// SPDX-License-Identifier: Apache-2.0
// The tables of analog chips: every scaled row follows from its original, and their converters
// agree with what they are calibrated on.
#include <gtest/gtest.h>

#include <cmath>

#include "models/energy/energy_table.h"
#include "models/energy/scaling.h"
#include "models/energy/sram_model.h"

namespace bitloom {
namespace {

EnergyTable table(const std::string& file) {
    return EnergyTable::read(BITLOOM_ENERGY_TABLES "/" + file);
}

class CimTable : public testing::TestWithParam<const char*> {};

TEST_P(CimTable, HasARowForEveryEventOfAnAnalogChip) {
    const EnergyTable rows = table(GetParam());
    for (const char* event : {"dac.row_drive",
                              "dac.row_tick",
                              "dac.leakage",
                              "dac.area",
                              "adc.leakage",
                              "adc.area",
                              "cim_array.leakage",
                              "cim_array.area",
                              "shift_add.add",
                              "vector.add",
                              "vector.compare",
                              "vector.multiply",
                              "vector.requantize",
                              "vector.divide",
                              "vector.sqrt",
                              "vector.encode",
                              "vector.table_lookup",
                              "vector.leakage",
                              "vector.area",
                              "adc_walden.code",
                              "adc_schreier.code_squared",
                              "adc_isaac.conversion_8b",
                              "adc_survey_regression.conversion_8b"})
        EXPECT_GE(rows.require_event(event).value, 0) << event;
}

TEST_P(CimTable, EveryScaledRowFollowsFromItsOriginal) {
    int scaled = 0;
    const EnergyTable rows = table(GetParam());
    for (const auto& [event, row] : rows.rows()) {
        ASSERT_EQ(row.original_value.has_value(), row.original_node_nm.has_value()) << event;
        if (!row.original_value) continue;
        ++scaled;
        const double from = *row.original_node_nm;
        const double factor = row.unit == "um2" ? area_factor(from, *row.node_nm)
                              : row.unit == "mW"
                                  ? power_factor(from, 0.9, *row.node_nm, *row.voltage_v)
                                  : energy_factor(from, 0.9, *row.node_nm, *row.voltage_v);
        EXPECT_NEAR(row.value / (*row.original_value * factor), 1.0, 1e-5) << event;
        EXPECT_NE(row.source.find("Stillmaker"), std::string::npos) << event;
    }
    EXPECT_EQ(scaled, 11);
}

INSTANTIATE_TEST_SUITE_P(Nodes, CimTable, testing::Values("cim_14nm.csv", "cim_32nm.csv"));

// A full array of 1024 x 512 pairs, four phases of 128 converters: E = 3.66 nJ + 0.1418 nJ/ns T,
// of which the array itself has 3.4 nJ at 520 ns.
TEST(CimTable14nm, DriversAndConvertersAreOnTheLineThatTheyAreCalibratedOn) {
    const EnergyTable rows = table("cim_14nm.csv");
    EXPECT_NEAR(rows.require_event("dac.row_drive").value * 1024 * 4, 3660, 0.1);
    EXPECT_NEAR(rows.require_event("adc_aon.nanosecond").value * 128 * 520 + 3400, 141.8 * 520, 1);
    // Two points of the 64-core chip, whose cores have 256 converters.
    EXPECT_NEAR(rows.require_event("adc_cco_silicon.nanosecond").value * 256 * (521 - 132.9),
                52850 - 13430, 1);
}

// Walden's and Schreier's forms meet at 8 bits, as the row says.
TEST(CimTable14nm, FiguresOfMeritMeetAtEightBits) {
    const EnergyTable rows = table("cim_14nm.csv");
    const double walden = rows.require_event("adc_walden.code").value * 256;
    EXPECT_NEAR(rows.require_event("adc_schreier.code_squared").value * 65536 / walden, 1, 1e-5);
    const double sndr = 6.02 * 8 + 1.76;
    EXPECT_NEAR(1e12 * std::pow(10.0, (sndr - 157.5) / 10) / 2 / walden, 1, 0.02);
}

TEST(CimSram, EveryPointFollowsFromTheOneAt28nm) {
    const SramModel base = SramModel::read(BITLOOM_ENERGY_TABLES "/sram_28nm.csv");
    for (const auto& [file, node, volt] : {std::tuple("sram_14nm_lstp.csv", 14.0, 0.8),
                                           std::tuple("sram_32nm_lstp.csv", 32.0, 0.9)}) {
        const SramModel scaled = SramModel::read(std::string(BITLOOM_ENERGY_TABLES "/") + file);
        ASSERT_EQ(scaled.points().size(), base.points().size());
        for (std::size_t i = 0; i < base.points().size(); ++i) {
            const SramPoint &a = base.points()[i], &b = scaled.points()[i];
            const double energy = energy_factor(28, 0.9, node, volt);
            EXPECT_EQ(b.access_bits, a.access_bits);
            EXPECT_EQ(b.bank_bytes, a.bank_bytes);
            EXPECT_NEAR(b.read_pj / (a.read_pj * energy), 1, 1e-5);
            EXPECT_NEAR(b.write_pj / (a.write_pj * energy), 1, 1e-5);
            EXPECT_NEAR(b.leakage_mw * 1e4 / (a.leakage_mw * power_factor(28, 0.9, node, volt)), 1,
                        1e-5);
            EXPECT_NEAR(b.area_um2 / (a.area_um2 * area_factor(28, node)), 1, 1e-5);
        }
    }
}

}  // namespace
}  // namespace bitloom
