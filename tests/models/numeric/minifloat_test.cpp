// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/minifloat.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/base/error.h"

namespace bitloom {
namespace {

struct Published {
    const char* name;
    int exponent_bits, mantissa_bits, bias;
    double max, min_normal, min_subnormal;
};

// OCP 8-bit floating point 1.0, table 1, and OCP MX 1.0, tables 2 to 4.
constexpr Published published[] = {
    {"e5m2", 5, 2, 15, 57344, 0x1p-14, 0x1p-16},
    {"e4m3", 4, 3, 7, 448, 0x1p-6, 0x1p-9},
    {"e3m2", 3, 2, 3, 28, 0.25, 0.0625},
    {"e2m3", 2, 3, 1, 7.5, 1, 0.125},
    {"e2m1", 2, 1, 1, 6, 1, 0.5},
};

TEST(Minifloat, PublishedLimitsHold) {
    for (const Published& p : published) {
        SCOPED_TRACE(p.name);
        const Format& f = format(p.name);
        EXPECT_EQ(f.bits(), 1 + p.exponent_bits + p.mantissa_bits);
        EXPECT_EQ(f.max_value(), p.max);
        EXPECT_EQ(f.min_value(), -p.max);
        EXPECT_EQ(f.value(1), p.min_subnormal);
        EXPECT_EQ(f.value(1u << p.mantissa_bits), p.min_normal);
    }
}

// The formula in floating point: (-1)^S 2^(E-bias) (1 + M/2^m), or 2^(1-bias) (M/2^m) for E = 0.
TEST(Minifloat, EveryFiniteCodeOfThePublishedFormatsFollowsTheFormula) {
    for (const Published& p : published) {
        const Format& f = format(p.name);
        for (std::uint32_t code = 0; code < f.code_count(); ++code) {
            if (!std::isfinite(f.value(code))) continue;
            const int sign = code / (f.code_count() / 2) != 0 ? -1 : 1;
            const int e = static_cast<int>(code % (f.code_count() / 2)) / (1 << p.mantissa_bits);
            const double m = (code % (1u << p.mantissa_bits)) / std::exp2(p.mantissa_bits);
            const double value =
                sign * (e == 0 ? std::exp2(1 - p.bias) * m : std::exp2(e - p.bias) * (1 + m));
            EXPECT_EQ(f.value(code), value) << p.name << " code " << code;
            EXPECT_EQ(std::signbit(f.value(code)), sign < 0) << p.name << " code " << code;
        }
    }
}

TEST(Minifloat, SmallFormatsAreThePublishedLists) {
    const std::vector<double> e2m1 = {0, 0.5, 1, 1.5, 2, 3, 4, 6};
    const std::vector<double> e3m0 = {0, 0.25, 0.5, 1, 2, 4, 8, 16};
    const std::vector<double> e1m2 = {0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5};
    for (std::uint32_t code = 0; code < 16; ++code) {
        const double sign = code < 8 ? 1 : -1;
        EXPECT_EQ(format("e2m1").value(code), sign * e2m1[code % 8]);
        EXPECT_EQ(format("e3m0").value(code), sign * e3m0[code % 8]);
        EXPECT_EQ(format("e1m2").value(code), sign * e1m2[code % 8]);
    }
}

std::string special_codes(const char* name) {
    const Format& f = format(name);
    std::string text;
    for (std::uint32_t code = 0; code < f.code_count(); ++code) {
        const double value = f.value(code);
        if (std::isnan(value)) text += fmt::format("{:02x}:nan ", code);
        if (std::isinf(value)) text += fmt::format("{:02x}:{} ", code, value);
    }
    return text;
}

TEST(Minifloat, ConventionsHaveTheirSpecialCodesAndNoOthers) {
    EXPECT_EQ(special_codes("e5m2"), "7c:inf 7d:nan 7e:nan 7f:nan fc:-inf fd:nan fe:nan ff:nan ");
    EXPECT_EQ(special_codes("e4m3"), "7f:nan ff:nan ");
    EXPECT_EQ(special_codes("e5m2fn"), "7f:nan ff:nan ");
    EXPECT_EQ(special_codes("e2m1ieee"), "06:inf 07:nan 0e:-inf 0f:nan ");
    EXPECT_EQ(special_codes("e4m3finite"), "");
    EXPECT_EQ(special_codes("e3m4"), "");
    EXPECT_EQ(format("e4m3ieee").max_value(), 240);
    EXPECT_EQ(format("e4m3finite").max_value(), 480);
    EXPECT_EQ(format("e3m4").max_value(), 31);
}

TEST(Minifloat, NanIsThePositiveQuietOne) {
    EXPECT_EQ(format("e5m2").encode(std::nan("")), 0x7eu);
    EXPECT_EQ(format("e4m3").encode(std::nan("")), 0x7fu);
    EXPECT_EQ(format("e4m3ieee").encode(std::nan("")), 0x7cu);
    EXPECT_EQ(format("e3m2").encode(std::nan("")), 0u);
}

TEST(Minifloat, TiesGoToEven) {
    const Format& f = format("e2m1");
    const double ties[][2] = {{0.25, 0}, {0.75, 1}, {1.25, 1}, {1.75, 2},
                              {2.5, 2},  {3.5, 4},  {5, 4},    {7, 6}};
    for (const auto& [x, value] : ties) {
        EXPECT_EQ(f.value(f.encode(x)), value);
        EXPECT_EQ(f.value(f.encode(-x)), -value);
    }
    // 464 is half-way between 448 and what would be the next value: saturation, not NaN.
    EXPECT_EQ(format("e4m3").encode(464), 0x7eu);
    EXPECT_EQ(format("e4m3").encode(1e9), 0x7eu);
    EXPECT_EQ(format("e5m2").encode(-1e9), 0xfbu);
}

}  // namespace
}  // namespace bitloom
