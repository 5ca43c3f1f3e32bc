// SPDX-License-Identifier: Apache-2.0
#include "models/energy/scaling.h"

#include <gtest/gtest.h>

#include "tests/models/energy/message_of.h"

namespace bitloom {
namespace {

// By hand: 1.018 * 0.81 - 0.3107 * 0.9 + 0.1539 = 0.69885 at 45 nm, 0.457137 at 32, 0.20079 at 20.
TEST(Scaling, EnergyIsTheRatioOfThePolynomials) {
    EXPECT_NEAR(energy_factor(45, 0.9, 32, 0.9), 0.457137 / 0.69885, 1e-6);
    EXPECT_NEAR(energy_factor(45, 0.9, 20, 0.9), 0.20079 / 0.69885, 1e-6);
    // 28 nm: two thirds of the way from 20 to 32
    EXPECT_NEAR(energy_factor(45, 0.9, 28, 0.9), (2 * 0.457137 + 0.20079) / 3 / 0.69885, 1e-6);
    // the supply alone: 0.76254 at 1.0 V is 1.018 - 0.3107 + 0.1539 = 0.8612
    EXPECT_NEAR(energy_factor(45, 0.9, 45, 1.0), 0.8612 / 0.69885, 1e-6);
}

TEST(Scaling, AreaFollowsTheTable) {
    EXPECT_DOUBLE_EQ(area_factor(45, 32), 0.46);
    EXPECT_DOUBLE_EQ(area_factor(45, 20), 0.21);
    EXPECT_NEAR(area_factor(45, 28), (2 * 0.46 + 0.21) / 3, 1e-12);
    EXPECT_NEAR(area_factor(32, 20), 0.46, 0.005) << "the paper's own entry for 32 to 20 nm";
    EXPECT_NEAR(area_factor(90, 65), 0.53, 0.01) << "the paper's own entry for 90 to 65 nm";
}

// There and back is the identity, and a smaller node is never dearer at the same supply.
TEST(Scaling, IsConsistentBetweenAllNodes) {
    for (const NodeScaling& a : node_scaling()) {
        for (const NodeScaling& b : node_scaling()) {
            EXPECT_NEAR(energy_factor(a.node_nm, 0.9, b.node_nm, 0.9) *
                            energy_factor(b.node_nm, 0.9, a.node_nm, 0.9),
                        1.0, 1e-12);
            EXPECT_NEAR(area_factor(a.node_nm, b.node_nm) * area_factor(b.node_nm, a.node_nm), 1.0,
                        1e-12);
            if (a.node_nm <= b.node_nm) continue;
            EXPECT_LT(energy_factor(a.node_nm, 0.9, b.node_nm, 0.9), 1.0);
            EXPECT_LT(power_factor(a.node_nm, 0.9, b.node_nm, 0.9), 1.0);
            EXPECT_LT(area_factor(a.node_nm, b.node_nm), 1.0);
        }
    }
}

TEST(Scaling, RefusesWhatTheEquationsDoNotCover) {
    EXPECT_EQ(message_of([] { energy_factor(45, 0.9, 5, 0.9); }),
              "technology node = 5 nm: must be 7..130 to be scaled");
    EXPECT_EQ(message_of([] { area_factor(180, 28); }),
              "technology node = 180 nm: must be 7..130 to be scaled");
    EXPECT_EQ(message_of([] { power_factor(45, 1.3, 28, 0.9); }),
              "supply = 1.3 V: must be 0.5..1.2 to be scaled");
}

}  // namespace
}  // namespace bitloom
