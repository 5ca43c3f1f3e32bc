// SPDX-License-Identifier: Apache-2.0
#include "models/energy/energy_account.h"

#include <gtest/gtest.h>

#include "models/base/random.h"
#include "tests/models/energy/message_of.h"

namespace bitloom {
namespace {

EnergyTable small() {
    return EnergyTable::parse("t.csv",
                              "component,action,value,unit,node_nm,voltage_v,source\n"
                              "array,mac,0.5,pJ,28,0.9,s\narray,psum_word,2,pJ,28,0.9,s\n"
                              "array,leakage,0.25,mW,28,0.9,s\narray,area,80,um2,28,0.9,s\n"
                              "dram,read_bits,4,pJ/bit,-,-,s\n");
}

TEST(EnergyAccount, IsCountsTimesTablePlusLeakageTimesTime) {
    Activity activity;
    activity.add("array.mac", 1000);
    activity.add("array.psum_word", 10);
    activity.add("dram.read_bits", 7);
    const ComponentInstance pes{"array", 16};
    const auto energy = energy_pj(activity, small(), {&pes, 1}, 1e-6);
    EXPECT_EQ(energy, (std::map<std::string, double>{
                          {"array", 520}, {"dram", 28}, {"leakage", 16 * 0.25 * 1e-6 * 1e9}}));
}

// Nothing else adds energy: no events and no time give zero; and it is additive in the activity.
TEST(EnergyAccount, IsZeroForNothingAndAdditive) {
    const ComponentInstance pes{"array", 16};
    EXPECT_EQ(energy_pj({}, small(), {&pes, 1}, 0),
              (std::map<std::string, double>{{"leakage", 0}}));
    const EnergyTable table = small();
    const RandomStream random(11, "energy");
    for (std::uint64_t i = 0; i < 200; ++i) {
        Activity a;
        Activity b;
        std::uint64_t draw = i * 16;
        for (const auto& [event, row] : table.rows()) {
            if (row.unit == "mW" || row.unit == "um2") continue;
            a.add(event, static_cast<std::int64_t>(random.below(draw++, 1000)));
            b.add(event, static_cast<std::int64_t>(random.below(draw++, 1000)));
        }
        Activity both = a;
        both += b;
        auto sum = energy_pj(a, table, {&pes, 1}, 1e-6);
        for (const auto& [component, pj] : energy_pj(b, table, {&pes, 1}, 2e-6)) {
            sum[component] += pj;
        }
        for (const auto& [component, pj] : energy_pj(both, table, {&pes, 1}, 3e-6)) {
            EXPECT_NEAR(pj, sum[component], 1e-9 * (1 + pj)) << component;
        }
    }
}

TEST(EnergyAccount, AMissingRowIsAnErrorNeverZero) {
    Activity activity;
    activity.add("vector.sqrt", 1);
    EXPECT_EQ(message_of([&] { energy_pj(activity, small(), {}, 0); }),
              "t.csv: no row for 'vector.sqrt'");
    const ComponentInstance dram{"dram", 1};
    EXPECT_EQ(message_of([&] {
                  energy_pj({}, small(), {&dram, 1}, 1);
              }),
              "t.csv: no row for 'dram.leakage'; did you mean 'array.leakage'?");
    EXPECT_EQ(message_of([&] {
                  area_mm2(small(), {&dram, 1});
              }),
              "t.csv: no row for 'dram.area'; did you mean 'array.area'?");
}

TEST(EnergyAccount, AreaAndLeakageAreThoseOfTheInstances) {
    const ComponentInstance instances[] = {{"array", 1000}, {"array", 500}};
    EXPECT_DOUBLE_EQ(area_mm2(small(), instances).at("array"), 0.12);
    EXPECT_DOUBLE_EQ(leakage_mw(small(), instances), 375);
}

TEST(EnergyAccount, BuffersTakeTheirRowsFromTheSramModelUnlessTheTableHasThem) {
    EnergyTable table = EnergyTable::read(BITLOOM_ENERGY_TABLES "/28nm.csv");
    const SramModel sram = SramModel::read(BITLOOM_ENERGY_TABLES "/sram_28nm.csv");
    EnergyRow own;
    own.component = "weight_buffer";
    own.action = "read_bits";
    own.value = 1.0;
    own.unit = "pJ/bit";
    own.source = "own";
    table.set(own);
    add_sram(table, sram, "weight_buffer", {128 * 1024, 512, 32});
    EXPECT_EQ(table.require_event("weight_buffer.read_bits").value, 1.0);
    EXPECT_DOUBLE_EQ(table.require_event("weight_buffer.write_bits").value, 20.3422 / 512);
    Activity activity;
    activity.add("weight_buffer.write_bits", 512);
    const ComponentInstance buffer{"weight_buffer", 1};
    const auto energy = energy_pj(activity, table, {&buffer, 1}, 1e-9);
    EXPECT_DOUBLE_EQ(energy.at("weight_buffer"), 20.3422);
    EXPECT_DOUBLE_EQ(energy.at("leakage"), 32 * 2.966);
    EXPECT_NEAR(area_mm2(table, {&buffer, 1}).at("weight_buffer"), 32 * 33593.8e-6, 1e-9);
}

TEST(EnergyAccount, ExportsTheTablesForAccelergy) {
    EXPECT_EQ(accelergy_ert(small(), "chip", 5e8),
              "ERT:\n  version: '0.4'\n  tables:\n"
              "  - name: chip.array\n    actions:\n"
              "    - name: leak\n      arguments: {}\n      energy: 0.5\n"
              "    - name: mac\n      arguments: {}\n      energy: 0.5\n"
              "    - name: psum_word\n      arguments: {}\n      energy: 2\n"
              "  - name: chip.dram\n    actions:\n"
              "    - name: read_bits\n      arguments: {}\n      energy: 4\n");
    EXPECT_EQ(accelergy_art(small(), "chip"),
              "ART:\n  version: '0.4'\n  tables:\n  - name: chip.array\n    area: 80\n");
}

}  // namespace
}  // namespace bitloom
