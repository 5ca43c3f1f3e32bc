// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/metric_info.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace bitloom {
namespace {

TEST(MetricInfo, NamesTellUnitDirectionAndLabel) {
    struct Case {
        const char *name, *label, *unit;
        bool higher;
    };
    for (const Case& each : std::initializer_list<Case>{
             {"latency_s", "latency", "s", false},
             {"energy_pj", "energy", "pJ", false},
             {"energy_pj.weight_buffer", "energy: weight_buffer", "pJ", false},
             {"energy_delay_js", "energy-delay product", "J\u00b7s", false},
             {"area_mm2", "area", "mm\u00b2", false},
             {"average_power_w", "average power", "W", false},
             {"cycles", "cycles", "cycles", false},
             {"array_cycles", "array", "cycles", false},
             {"dram_bytes", "DRAM traffic", "B", false},
             {"tops", "rate", "TOPS", true},
             {"tops_per_watt", "efficiency", "TOPS/W", true},
             {"throughput_inferences_per_s", "throughput", "inferences/s", true},
             {"tokens_per_s", "tokens", "1/s", true},
             {"accuracy", "accuracy", "", true},
             {"chip_accuracy", "chip accuracy", "", true},
             {"sqnr_db", "SQNR", "dB", true},
             {"utilization", "utilization", "", true},
             {"accumulator_overflows", "accumulator overflows", "", false},
             {"", "", "", false},
             {"_s", "", "s", false},
             {".x", ": x", "", false}}) {
        const MetricInfo info = metric_info(each.name);
        EXPECT_EQ(info.unit, each.unit) << each.name;
        EXPECT_EQ(info.higher_is_better, each.higher) << each.name;
        const bool fraction = std::string_view(each.label).find("accuracy") != std::string::npos ||
                              std::string_view(each.label) == "utilization";
        EXPECT_EQ(info.is_fraction, fraction) << each.name;
        EXPECT_EQ(metric_label(each.name), each.label) << each.name;
    }
}

}  // namespace
}  // namespace bitloom
