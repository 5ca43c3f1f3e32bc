// SPDX-License-Identifier: Apache-2.0
#include "sim/report/analog.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bitloom {
namespace {

TEST(AnalogMoment, MeanAndDeviationAreThoseOfASample) {
    AnalogMoment moment;
    EXPECT_FALSE(moment.mean_top1());
    EXPECT_FALSE(moment.std_top1());
    moment.top1 = {0.5};
    EXPECT_EQ(moment.mean_top1(), 0.5);
    EXPECT_FALSE(moment.std_top1());  // one chip says nothing of the others
    moment.top1 = {0.5, 0.75, 1.0};
    EXPECT_EQ(moment.mean_top1(), 0.75);
    EXPECT_DOUBLE_EQ(moment.std_top1().value(), 0.25);
}

TEST(TimeText, IsInTheLargestUnitThatIsWhole) {
    EXPECT_EQ(time_text(0), "0 s");
    EXPECT_EQ(time_text(25), "25 s");
    EXPECT_EQ(time_text(60), "1 m");
    EXPECT_EQ(time_text(90), "90 s");
    EXPECT_EQ(time_text(7200), "2 h");
    EXPECT_EQ(time_text(30 * 86400.0), "30 d");
    EXPECT_EQ(time_text(365 * 86400.0), "1 y");
    EXPECT_EQ(time_text(3650 * 86400.0), "10 y");
    EXPECT_EQ(time_text(0.5), "0.5 s");
}

}  // namespace
}  // namespace bitloom
