// SPDX-License-Identifier: Apache-2.0
// The tables of analog chips: every scaled row follows from its original, and their converters
// agree with what they are calibrated on.
#include <gtest/gtest.h>

#include <cmath>

#include "models/energy/energy_table.h"
#include "models/energy/scaling.h"

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
    EXPECT_EQ(scaled, std::string(GetParam()) == "cim_14nm.csv" ? 11 : 10);
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

// What a core of 256 x 256 pairs takes on silicon is in its pairs, converters and drivers.
TEST(CimTable14nm, PairsConvertersAndDriversAddUpToTheCore) {
    const EnergyTable rows = table("cim_14nm.csv");
    const auto area = [&](const std::string& part) { return rows.require(part, "area").value; };
    EXPECT_NEAR(65536 * area("cim_array") + 256 * (area("adc") + area("dac")), 1.008 / 1.59 * 1e6,
                1);
}

TEST_P(CimTable, LogicLeaksByAreaAsThatOfDigitalChips) {
    const EnergyTable rows = table(GetParam()), digital = table("28nm.csv");
    EXPECT_NEAR(
        rows.require_event("vector.leakage").value / rows.require_event("vector.area").value,
        digital.require_event("array.leakage").value / digital.require_event("array.area").value,
        1e-9);
}

}  // namespace
}  // namespace bitloom
