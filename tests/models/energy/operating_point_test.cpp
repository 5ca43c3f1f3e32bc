// SPDX-License-Identifier: Apache-2.0
#include "models/energy/operating_point.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/energy/clock_law.h"
#include "models/energy/scaling.h"
#include "tests/models/energy/message_of.h"

namespace bitloom {
namespace {

TEST(SramLeakage, HasTheComputedPoints) {
    EXPECT_EQ(sram_leakage_mw_per_kb(MemoryDevice::hp, 300), 0.170);
    EXPECT_NEAR(sram_leakage_mw_per_kb(MemoryDevice::hp, 360), 0.596, 1e-12);
    EXPECT_EQ(sram_leakage_mw_per_kb(MemoryDevice::lop, 300), 0.034);
    EXPECT_NEAR(sram_leakage_mw_per_kb(MemoryDevice::lop, 360), 0.343, 1e-12);
    EXPECT_EQ(sram_leakage_mw_per_kb(MemoryDevice::lstp_hp, 300), 0.050);
    EXPECT_EQ(sram_leakage_mw_per_kb(MemoryDevice::lstp, 300), 3e-5);
}

TEST(SramLeakage, GrowsWithTemperatureAsExpOfItsInverse) {
    // ln L is a straight line in 1/T: the middle of 1/T has the geometric mean.
    const double middle = 2 / (1 / 300.0 + 1 / 360.0);
    EXPECT_NEAR(sram_leakage_mw_per_kb(MemoryDevice::lop, middle), std::sqrt(0.034 * 0.343), 1e-12);
    for (int t = 300; t < 360; ++t)
        EXPECT_LT(sram_leakage_mw_per_kb(MemoryDevice::hp, t),
                  sram_leakage_mw_per_kb(MemoryDevice::hp, t + 1));
}

EnergyTable shipped() {
    return EnergyTable::read(BITLOOM_ENERGY_TABLES "/28nm.csv");
}

TEST(ClockLaw, IsThePublishedLawThroughTheNominalPoint) {
    const ClockLaw law = clock_law(shipped(), 28);
    EXPECT_DOUBLE_EQ(law.highest_hz(0.9), 500e6);
    EXPECT_NEAR(law.highest_hz(1.1) / 500e6, std::pow(0.8 / 0.6, 1.3) * 0.9 / 1.1, 1e-12);
    EXPECT_EQ(law.lowest_voltage(500e6), 0.9);
    EXPECT_EQ(law.lowest_voltage(1e6), 0.6);
    EXPECT_EQ(law.lowest_voltage(600e6), 0);
    for (double hz = 310e6; hz < 590e6; hz += 7e6) {
        const double v = law.lowest_voltage(hz);
        EXPECT_GE(law.highest_hz(v), hz);
        EXPECT_LT(law.highest_hz(v - 0.001), hz);
    }
}

EnergyTable small() {
    return EnergyTable::parse(
        "t.csv",
        "component,action,value,unit,node_nm,voltage_v,temperature_k,source\n"
        "pe,mac,2,pJ,28,0.9,-,s\npe,area,100,um2,28,0.9,-,s\npe,leakage,3,mW,28,0.9,300,s\n"
        "adc,conversion,5,pJ,28,-,-,s\ndram,read_bits,4,pJ/bit,-,-,-,s\n");
}

TEST(OperatingPoint, OfTheRowsChangesNothing) {
    EnergyTable table = small();
    bring_to(table, {28, 0.9, MemoryDevice::lop, 300});
    const EnergyTable original = small();
    for (const auto& [event, row] : original.rows()) {
        EXPECT_EQ(table.require_event(event).value, row.value) << event;
        EXPECT_EQ(table.require_event(event).source, "s") << event;
    }
}

TEST(OperatingPoint, VoltageActsOnSwitchingSquaredAndOnLeakageOnce) {
    EnergyTable table = small();
    bring_to(table, {28, 0.6, MemoryDevice::lop, 300});
    EXPECT_NEAR(table.require_event("pe.mac").value, 2 * 4.0 / 9, 1e-12);
    EXPECT_NEAR(table.require_event("pe.leakage").value, 3 * 2.0 / 3, 1e-12);
    EXPECT_EQ(table.require_event("pe.area").value, 100);
    EXPECT_EQ(table.require_event("adc.conversion").value, 5);
    EXPECT_EQ(table.require_event("dram.read_bits").value, 4);
    EXPECT_EQ(table.require_event("pe.mac").source, "s; from 0.9 to 0.6 V by V^2");
}

TEST(OperatingPoint, NodeScalesByThePublishedEquations) {
    EnergyTable table = small();
    bring_to(table, {14, 0.8, MemoryDevice::lop, 300});
    EXPECT_NEAR(table.require_event("pe.mac").value, 2 * energy_factor(28, 0.9, 14, 0.8), 1e-12);
    EXPECT_NEAR(table.require_event("pe.area").value, 100 * area_factor(28, 14), 1e-12);
    EXPECT_NEAR(table.require_event("pe.leakage").value, 3 * area_factor(28, 14), 1e-12);
    EXPECT_EQ(table.require_event("adc.conversion").value, 5);
}

TEST(OperatingPoint, LeakageFollowsDeviceAndTemperature) {
    EnergyTable table = small();
    EnergyRow memory = table.require_event("pe.leakage");
    memory.component = "buffer";
    memory.device = MemoryDevice::hp;
    memory.temperature_k = 360;
    table.set(memory);
    bring_to(table, {28, 0.9, MemoryDevice::lop, 300});
    EXPECT_NEAR(table.require_event("buffer.leakage").value, 3 * 0.034 / 0.596, 1e-12);
    bring_to(table, {28, 0.9, MemoryDevice::hp, 360});
    EXPECT_NEAR(table.require_event("buffer.leakage").value, 3, 1e-12);
    EXPECT_NEAR(table.require_event("pe.leakage").value, 3 * 0.596 / 0.170, 1e-12);
}

TEST(EnergyTable, APartWithoutAreaIsRefused) {
    EXPECT_EQ(message_of([] {
                  EnergyTable::parse("t.csv",
                                     "component,action,value,unit,node_nm,voltage_v,source\n"
                                     "adc,area,0,um2,14,-,s\n");
              }),
              "t.csv:2: area of adc = 0: must be above 0: every part takes room");
}

}  // namespace
}  // namespace bitloom
