// SPDX-License-Identifier: Apache-2.0
#include "sim/report/result.h"

#include <gtest/gtest.h>

#include "sim/report/quantities.h"
#include "tests/sim/report/sample_results.h"

namespace bitloom {
namespace {

// 2e9 MACs in 1 ms for 2 mJ: 4 TOPS; 2 W; 2 TOPS/W; 2 uJ*s.
TEST(RunResult, RatesFollowTheirDefinitions) {
    RunResult result;
    result.clock_hz = 1e9;
    result.cycles = 1000000;
    result.layers.resize(2);
    result.layers[0].macs = 1500000000;
    result.layers[1].macs = 500000000;
    result.energy_pj = {{"array", 1.5e9}, {"dram", 0.5e9}};
    EXPECT_DOUBLE_EQ(result.latency_s(), 1e-3);
    EXPECT_EQ(result.total_macs(), 2000000000);
    EXPECT_DOUBLE_EQ(result.total_energy_pj(), 2e9);
    EXPECT_DOUBLE_EQ(result.tops(), 4.0);
    EXPECT_DOUBLE_EQ(result.tops_per_watt(), 2.0);
    EXPECT_DOUBLE_EQ(result.energy_delay_js(), 2e-6);
    EXPECT_DOUBLE_EQ(average_power_w(result), 2.0);
    EXPECT_DOUBLE_EQ(result.tops() / average_power_w(result), result.tops_per_watt());
}

TEST(RunResult, RatesWithoutADivisorAreZero) {
    const RunResult empty;
    EXPECT_EQ(empty.latency_s(), 0.0);
    EXPECT_EQ(empty.tops(), 0.0);
    EXPECT_EQ(empty.tops_per_watt(), 0.0);
    EXPECT_EQ(average_power_w(empty), 0.0);
}

TEST(RunResult, SumsOverLayersWeighUtilizationByCycles) {
    RunResult result;
    result.layers.resize(2);
    result.layers[0].cycles = 100;
    result.layers[0].utilization = 1.0;
    result.layers[0].stalls = {{"operands", 7}};
    result.layers[1].cycles = 300;
    result.layers[1].utilization = 0.2;
    result.layers[1].stalls = {{"operands", 5}, {"output", 1}};
    const LayerSums sums = layer_sums(result);
    EXPECT_DOUBLE_EQ(sums.utilization, 0.4);
    EXPECT_EQ(sums.stalls.at("operands"), 12);
    EXPECT_EQ(sums.stalls.at("output"), 1);
}

}  // namespace
}  // namespace bitloom
