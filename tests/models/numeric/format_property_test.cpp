// SPDX-License-Identifier: Apache-2.0
// What holds for every format of the product's own list.
#include <gtest/gtest.h>

#include <set>

#include "models/base/error.h"
#include "tests/models/numeric/all_formats.h"

namespace bitloom {
namespace {

template <class Body>
void for_each_format(Body body) {
    for (const std::string& name : all_format_names()) {
        SCOPED_TRACE(name);
        body(format(name));
        if (testing::Test::HasFatalFailure()) return;
    }
}

enum class Ties { larger_value, even_code, even_code_but_up_from_zero };

// The rules of the sources, by name: written here a second time on purpose.
Ties ties_of(const std::string& name) {
    if (name.starts_with("adafloat")) return Ties::even_code_but_up_from_zero;
    if (name.starts_with("e")) return Ties::even_code;
    return Ties::larger_value;
}

bool has_zero(const Format& format) {
    return !format.name().starts_with("bipolar");
}

bool tie_goes_up(const Format& format, double low, double high) {
    const Ties ties = ties_of(format.name());
    if (ties == Ties::larger_value) return true;
    if (ties == Ties::even_code_but_up_from_zero) {
        if (low == 0) return true;
        if (high == 0) return false;
    }
    // Of two neighbours one has an even code: look both up by brute force.
    for (std::uint32_t code = 0; code < format.code_count(); code += 2) {
        if (format.value(code) == low) return false;
        if (format.value(code) == high) return true;
    }
    ADD_FAILURE() << "neither " << low << " nor " << high << " has an even code";
    return false;
}

TEST(Format, NamesAreDistinctAndNameTheirObject) {
    std::set<std::string> seen;
    for_each_format([&](const Format& f) {
        EXPECT_TRUE(seen.insert(f.name()).second);
        EXPECT_EQ(&format(f.name()), &f);
        EXPECT_FALSE(f.description().empty());
        EXPECT_EQ(f.description().find('\n'), std::string::npos);
    });
    EXPECT_EQ(seen.size(), all_format_names().size());
}

TEST(Format, EveryValueIsExactAndCanonical) {
    for_each_format([](const Format& f) {
        for (std::uint32_t code = 0; code < f.code_count(); ++code) {
            const Value value = f.decode(code);
            if (value.kind != Value::Kind::finite || value.mantissa == 0) {
                ASSERT_EQ(value.mantissa, 0);
                ASSERT_EQ(value.exponent, 0);
                continue;
            }
            ASSERT_EQ(value.mantissa % 2, 1) << code;
            ASSERT_LT(value.mantissa, 1 << 16) << code;
            int exponent = 0;
            const double fraction = std::frexp(std::abs(f.value(code)), &exponent);
            ASSERT_EQ(fraction,
                      std::ldexp(static_cast<double>(value.mantissa), value.exponent - exponent))
                << code;
            ASSERT_EQ(std::signbit(f.value(code)), value.negative) << code;
        }
    });
}

// Codes are distinct values, but for the documented doubles: zeros, NaN.
TEST(Format, EveryRepresentableValueComesBack) {
    for_each_format([](const Format& f) {
        const bool keeps_negative_zero = ties_of(f.name()) == Ties::even_code;
        for (std::uint32_t code = 0; code < f.code_count(); ++code) {
            const double value = f.value(code);
            if (std::isnan(value)) {
                ASSERT_TRUE(std::isnan(f.value(f.encode(value)))) << code;
            } else if (std::isinf(value)) {
                ASSERT_EQ(f.value(f.encode(value)), value > 0 ? f.max_value() : f.min_value());
            } else if (value == 0 && code != 0) {
                ASSERT_TRUE(std::signbit(value));
                ASSERT_EQ(f.encode(value), keeps_negative_zero ? code : 0u);
            } else {
                ASSERT_EQ(f.encode(value), code) << value;
            }
        }
    });
}

TEST(Format, EncodesToTheNearestOfAllValues) {
    for_each_format([](const Format& f) {
        const std::vector<double> values = finite_values(f);
        const bool wide = f.bits() > 8;  // then looks at the neighbours only
        for (const double x : interesting_points(f)) {
            const long double got = f.value(f.encode(x));
            if (std::isinf(x)) {
                ASSERT_EQ(got, x > 0 ? f.max_value() : f.min_value());
                continue;
            }
            const long double distance = std::abs(got - static_cast<long double>(x));
            const auto place = std::lower_bound(values.begin(), values.end(), x);
            const auto first = wide && place - values.begin() > 2 ? place - 2 : values.begin();
            const auto last = wide && values.end() - place > 2 ? place + 2 : values.end();
            // Rounding of the subtraction is monotonic: it cannot turn <= into >.
            for (auto v = first; v != last; ++v)
                ASSERT_LE(distance, std::abs(*v - static_cast<long double>(x)))
                    << "x = " << x << ", encoded as " << got << ", nearer: " << *v;
        }
    });
}

// Both sides of every midpoint, and the midpoint itself by the family's rule.
TEST(Format, TurnsOverExactlyAtTheMidpoints) {
    for_each_format([](const Format& f) {
        const std::vector<double> values = finite_values(f);
        // Of 2^16 midpoints every 37th: the test of floor(x + 0.5) has them all.
        for (std::size_t i = 1; i<values.size(); i += f.bits()> 8 ? 37 : 1) {
            const double low = values[i - 1];
            const double high = values[i];
            const double middle = (low + high) / 2;
            ASSERT_EQ(f.value(f.encode(std::nextafter(middle, low))), low) << middle;
            ASSERT_EQ(f.value(f.encode(std::nextafter(middle, high))), high) << middle;
            ASSERT_EQ(f.value(f.encode(middle)), tie_goes_up(f, low, high) ? high : low) << middle;
        }
    });
}

TEST(Format, EncodeIsMonotonic) {
    for_each_format([](const Format& f) {
        double previous = -infinite;
        for (const double x : interesting_points(f)) {
            const double value = f.value(f.encode(x));
            ASSERT_GE(value, previous) << x;
            previous = value;
        }
    });
}

TEST(Format, SaturatesAtItsLargestAndSmallestFiniteValue) {
    for_each_format([](const Format& f) {
        const std::vector<double> values = finite_values(f);
        EXPECT_EQ(f.max_value(), values.back());
        EXPECT_EQ(f.min_value(), values.front());
        EXPECT_EQ(f.is_signed(), values.front() < 0);
        for (const double beyond : {1.0000001, 1.5, 2.0, 1e30}) {
            EXPECT_EQ(f.value(f.encode(f.max_value() * beyond)), f.max_value());
            const double below = f.is_signed() ? f.min_value() * beyond : -beyond;
            EXPECT_EQ(f.value(f.encode(below)), f.min_value());
        }
        EXPECT_EQ(f.value(f.encode(infinite)), f.max_value());
        EXPECT_EQ(f.value(f.encode(-infinite)), f.min_value());
    });
}

TEST(Format, NanEncodesToNanWhereThereIsOneElseAsZeroDoes) {
    for_each_format([](const Format& f) {
        bool has_nan = false;
        for (std::uint32_t code = 0; code < f.code_count(); ++code)
            has_nan = has_nan || f.decode(code).kind == Value::Kind::nan;
        for (const double nan : {not_a_number, -not_a_number}) {
            const double result = f.value(f.encode(nan));
            EXPECT_TRUE(has_nan ? std::isnan(result) : result == (has_zero(f) ? 0 : 1)) << result;
        }
    });
}

// A result of zero keeps its sign in the minifloats, and is the one zero code in all others.
TEST(Format, UnderflowToZeroFollowsTheSignRule) {
    for_each_format([](const Format& f) {
        if (!has_zero(f)) return;
        const bool keeps_negative_zero = ties_of(f.name()) == Ties::even_code;
        EXPECT_EQ(f.encode(0.0), 0u);
        EXPECT_EQ(f.encode(1e-30), 0u);
        for (const double x : {-0.0, -1e-30})
            EXPECT_EQ(f.encode(x), keeps_negative_zero ? f.code_count() / 2 : 0u) << x;
    });
}

TEST(Format, TableHoldsEveryValueOfFormatsUpToEightBits) {
    for_each_format([](const Format& f) {
        if (f.bits() > 8) {
            EXPECT_THROW(f.table(), InternalError);
            return;
        }
        ASSERT_EQ(f.table().size(), f.code_count());
        for (std::uint32_t code = 0; code < f.code_count(); ++code) {
            if (std::isnan(f.value(code))) {
                EXPECT_TRUE(std::isnan(f.table()[code]));
            } else {
                EXPECT_EQ(f.table()[code], f.value(code));
                EXPECT_EQ(std::signbit(f.table()[code]), std::signbit(f.value(code)));
            }
        }
    });
}

TEST(Format, BaseExponentDecodeEqualsDecodeForEveryCode) {
    std::set<std::string> with;
    for_each_format([&](const Format& f) {
        if (!f.has_base_exponent()) return;
        with.insert(f.name());
        for (std::uint32_t code = 0; code < f.code_count(); ++code) {
            const BaseExponent part = f.decode_base_exponent(code);
            ASSERT_LE(part.base, 15) << code;
            ASSERT_LE(part.exponent, 15) << code;
            ASSERT_EQ(Value::of(part.negative, part.base, part.exponent), f.decode(code)) << code;
        }
    });
    const std::set<std::string> expected = {
        "int2",   "int3",    "int4",    "uint2",   "uint3", "uint4", "flint3", "flint4", "flint5",
        "flint6", "uflint3", "uflint4", "uflint5", "pot3",  "pot4",  "pot5",   "upot3",  "upot4"};
    EXPECT_EQ(with, expected);
}

TEST(Format, CodesOutsideTheWidthAreRefused) {
    for_each_format([](const Format& f) {
        EXPECT_THROW(f.decode(f.code_count()), InternalError);
        if (!f.has_base_exponent()) return;
        EXPECT_THROW(f.decode_base_exponent(f.code_count()), InternalError);
    });
}

}  // namespace
}  // namespace bitloom
