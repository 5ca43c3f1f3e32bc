// SPDX-License-Identifier: Apache-2.0
#include "models/energy/activity.h"

#include <gtest/gtest.h>

namespace bitloom {
namespace {

TEST(Activity, AddsAndSubtractsByEvent) {
    Activity a;
    a.add("array.mac", 3);
    a.add("array.mac", 4);
    Activity b;
    b.add("dram.read_bits", 5);
    a += b;
    EXPECT_EQ(a.count("array.mac"), 7);
    EXPECT_EQ(a.count("dram.read_bits"), 5);
    EXPECT_EQ(a.count("never"), 0);
    a -= b;
    EXPECT_EQ(a.events().size(), 1u);
}

// Two histories with the same counts are equal: an event that never occurred leaves no entry.
TEST(Activity, HoldsOnlyCountsThatAreNotZero) {
    Activity a;
    a.add("x.y", 0);
    EXPECT_EQ(a, Activity{});
    a.add("x.y", 2);
    a.add("x.y", -2);
    EXPECT_EQ(a, Activity{});
}

}  // namespace
}  // namespace bitloom
