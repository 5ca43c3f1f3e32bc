// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/bipolar.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "models/base/error.h"

namespace bitloom {
namespace {

TEST(BipolarFormat, EveryCodeIsTheWeightedSumOfItsPlanesOfPlusAndMinusOne) {
    for (int bits = 1; bits <= 8; ++bits) {
        const Format& f = format(fmt::format("bipolar{}", bits));
        ASSERT_EQ(f.bits(), bits);
        for (std::uint32_t code = 0; code < (1u << bits); ++code) {
            int sum = 0;
            for (int plane = 0; plane < bits; ++plane)
                sum += (code >> plane & 1u ? 1 : -1) * (1 << plane);
            ASSERT_EQ(f.value(code), sum) << bits << " bits, code " << code;
            ASSERT_EQ(f.value(code), 2 * static_cast<int>(code) - ((1 << bits) - 1));
        }
    }
}

TEST(BipolarFormat, TheTwoNarrowestAreTheDocumentedValues) {
    EXPECT_EQ(format("bipolar1").value(0), -1);
    EXPECT_EQ(format("bipolar1").value(1), 1);
    const Format& two = format("bipolar2");
    for (const int value : {-3, -1, 1, 3}) EXPECT_EQ(two.value(two.encode(value)), value);
    EXPECT_EQ(two.description(),
              "bipolar, 2 bits: code v is 2v - 3, no zero; nearest, ties to the larger value; "
              "saturates; NaN becomes 1");
    EXPECT_EQ(format("bipolar1").description(),
              "bipolar, 1 bit: code v is 2v - 1, no zero; nearest, ties to the larger value; "
              "saturates; NaN becomes 1");
}

// Every even integer is a midpoint, zero among them: the sign function with sign(0) = +1.
TEST(BipolarFormat, TurnsUpAtEveryEvenInteger) {
    const double tiny = std::numeric_limits<double>::denorm_min();
    for (int bits = 1; bits <= 8; ++bits) {
        const Format& f = format(fmt::format("bipolar{}", bits));
        for (double tie = f.min_value() + 1; tie < f.max_value(); tie += 2) {
            ASSERT_EQ(f.value(f.encode(tie)), tie + 1) << f.name();
            ASSERT_EQ(f.value(f.encode(std::nextafter(tie, -1e9))), tie - 1) << f.name();
        }
        EXPECT_EQ(f.value(f.encode(-0.0)), 1);
        EXPECT_EQ(f.value(f.encode(tiny)), 1);
        EXPECT_EQ(f.value(f.encode(-tiny)), -1);
    }
}

TEST(BipolarFormat, NoneHasAZeroOrAnAntOperand) {
    for (const std::string& name : bipolar_names()) {
        const Format& f = format(name);
        EXPECT_TRUE(f.is_signed());
        EXPECT_FALSE(f.has_base_exponent());
        EXPECT_THROW(f.decode_base_exponent(0), Error);
        for (const double value : f.table()) EXPECT_NE(value, 0) << name;
    }
}

}  // namespace
}  // namespace bitloom
