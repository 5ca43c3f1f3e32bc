// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram_parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/base/error.h"

namespace bitloom {
namespace {

TEST(DramParameters, EverySetIsValidAndEveryNumberHasASource) {
    ASSERT_EQ(dram_names(), (std::vector<std::string>{"LPDDR4-3200", "DDR4-3200", "HBM2-2000"}));
    for (const std::string& name : dram_names()) {
        const DramParameters& p = dram_parameters(name);
        EXPECT_THAT(problems(p), testing::IsEmpty()) << name;
        EXPECT_FALSE(p.energy_component.empty()) << name;
        for (const DramFact& fact : dram_facts(p)) {
            EXPECT_FALSE(fact.source.empty()) << name << " " << fact.name;
        }
        EXPECT_EQ(dram_facts(p).size(), p.sources.size()) << name;
    }
}

// The names say the data rate of a pin; the peak is that times the pins.
TEST(DramParameters, PeakBandwidthIsRateTimesPins) {
    EXPECT_DOUBLE_EQ(dram_parameters("LPDDR4-3200").peak_bytes_per_s(), 3200e6 * 64 / 8);
    EXPECT_DOUBLE_EQ(dram_parameters("DDR4-3200").peak_bytes_per_s(), 3200e6 * 64 / 8);
    EXPECT_DOUBLE_EQ(dram_parameters("HBM2-2000").peak_bytes_per_s(), 2000e6 * 1024 / 8);
}

// The nanoseconds of the standards, not fewer, and less than a clock more.
TEST(DramParameters, ClocksCoverTheNanosecondsOfTheStandard) {
    struct Case {
        const char* set;
        std::int64_t DramParameters::*field;
        double ns;
    };
    for (const Case& c : {
             Case{"LPDDR4-3200", &DramParameters::trcd, 18.0},
             Case{"LPDDR4-3200", &DramParameters::trp, 18.0},
             Case{"LPDDR4-3200", &DramParameters::trpab, 21.0},
             Case{"LPDDR4-3200", &DramParameters::tras, 42.0},
             Case{"LPDDR4-3200", &DramParameters::tfaw, 40.0},
             Case{"LPDDR4-3200", &DramParameters::trfc, 280.0},
             Case{"DDR4-3200", &DramParameters::cl, 13.75},
             Case{"DDR4-3200", &DramParameters::trcd, 13.75},
             Case{"DDR4-3200", &DramParameters::trp, 13.75},
             Case{"DDR4-3200", &DramParameters::tfaw, 21.0},
             Case{"DDR4-3200", &DramParameters::trfc, 350.0},
             Case{"DDR4-3200", &DramParameters::twr, 15.0},
             Case{"HBM2-2000", &DramParameters::trfc, 260.0},
         }) {
        const DramParameters& p = dram_parameters(c.set);
        const double ns = static_cast<double>(p.*c.field * p.clock_ps) / 1000.0;
        EXPECT_GE(ns, c.ns - 1e-9) << c.set;
        EXPECT_LT(ns, c.ns + static_cast<double>(p.clock_ps) / 1000.0) << c.set << " " << c.ns;
    }
}

TEST(DramParameters, UnknownNameIsAnErrorWithTheNearestName) {
    try {
        dram_parameters("DDR4-3201");
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "unknown DRAM 'DDR4-3201'; did you mean 'DDR4-3200'?; known: LPDDR4-3200 "
                     "DDR4-3200 HBM2-2000");
    }
}

TEST(DramParameters, AllProblemsAreReportedAtOnce) {
    DramParameters p = dram_parameters("DDR4-3200");
    p.channels = 3;
    p.row_bytes = 1000;
    EXPECT_THAT(problems(p), testing::ElementsAre("dram.channels = 3: must be a power of two",
                                                  "dram.row_bytes = 1000: must be a power of two"));
    p = dram_parameters("DDR4-3200");
    p.cl = 0;
    p.tfaw = -1;
    EXPECT_THAT(problems(p), testing::ElementsAre("dram.cl = 0: must be 1..1000000",
                                                  "dram.tfaw = -1: must be 1..1000000"));
    p = dram_parameters("DDR4-3200");
    p.interleave_bytes = 32;
    p.trefi = p.trfc;
    EXPECT_THAT(
        problems(p),
        testing::ElementsAre("dram.interleave_bytes = 32: must be at least a burst (64 bytes)",
                             "dram.trefi = 560: must be above trfc + trpab + tras + trcd = 656"));
}

}  // namespace
}  // namespace bitloom
