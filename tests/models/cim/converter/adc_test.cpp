// SPDX-License-Identifier: Apache-2.0
// Converters: quantization noise in closed form (T12), saturation (T13), capacitor mismatch (T14),
// rounding (T15).
#include "models/cim/converter/adc.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "models/base/error.h"
#include "models/base/random.h"

namespace bitloom::test {
namespace {

constexpr AdcKind kinds[] = {AdcKind::ideal, AdcKind::sar, AdcKind::ramp};
constexpr AdcRounding roundings[] = {AdcRounding::nearest, AdcRounding::floor};

AdcConfig with_bits(int bits, AdcKind kind = AdcKind::ideal,
                    AdcRounding rounding = AdcRounding::nearest) {
    AdcConfig config;
    config.bits = bits;
    config.kind = kind;
    config.rounding = rounding;
    return config;
}

// Code by code against the definition, on and beside every threshold.
TEST(Adc, EveryCodeBeginsAtItsThreshold) {
    for (const AdcKind kind : kinds)
        for (const AdcRounding rounding : roundings)
            for (int bits = 2; bits <= 8; ++bits)
                for (const std::int64_t lsb : {1, 2, 7, 1000, 999'983}) {
                    const Adc adc(with_bits(bits, kind, rounding), lsb, 1, 0);
                    const std::int32_t q = adc.largest();
                    for (std::int32_t code = -q; code <= q + 1; ++code) {
                        const std::int64_t t = adc.threshold(code);
                        const double ideal =
                            (code - (rounding == AdcRounding::nearest ? 0.5 : 0.0)) *
                            static_cast<double>(lsb);
                        ASSERT_EQ(static_cast<double>(t), std::ceil(ideal));
                        ASSERT_EQ(adc.convert(t), std::min(code, q));
                        ASSERT_EQ(adc.convert(t - 1), std::max(code - 1, -q));
                        ASSERT_EQ(adc.saturates(t), code > q);
                        ASSERT_EQ(adc.saturates(t - 1), code == -q);
                    }
                }
}

// T13: the largest charges of any sign stay at the largest code.
TEST(Adc, SaturationNeverWraps) {
    for (const AdcKind kind : kinds)
        for (const AdcRounding rounding : roundings)
            for (const bool errors : {false, true}) {
                AdcConfig config = with_bits(8, kind, rounding);
                if (errors) config.gain_sigma = 0.3;
                const Adc adc(config, 1000, 3, 5);
                for (std::int64_t charge = 1'000'000; charge < std::int64_t{1} << 60; charge *= 3) {
                    ASSERT_EQ(adc.convert(charge), 127);
                    ASSERT_EQ(adc.convert(-charge), -127);
                    ASSERT_TRUE(adc.saturates(charge) && adc.saturates(-charge));
                }
            }
}

struct Noise {
    double signal = 0.0, error = 0.0;
    double decibel() const { return 10.0 * std::log10(signal / error); }
};

// T12: a uniform signal over the whole range of 2^b - 1 steps has 20 log10(2^b - 1) dB.
TEST(Adc, UniformSignalHasTheNoiseOfItsSteps) {
    for (const int bits : {4, 6, 8}) {
        constexpr std::int64_t lsb = 4097;
        const Adc adc(with_bits(bits), lsb, 1, 0);
        const double end = (adc.largest() + 0.5) * lsb;
        Noise noise;
        const auto last = static_cast<std::int64_t>(end);
        for (std::int64_t charge = -last; charge <= last; ++charge) {
            const auto x = static_cast<double>(charge);
            const double rest = x - static_cast<double>(adc.convert(charge) * lsb);
            noise.signal += x * x;
            noise.error += rest * rest;
        }
        EXPECT_NEAR(noise.decibel(), 20.0 * std::log10(std::exp2(bits) - 1.0), 1e-3) << bits;
    }
}

// Of mid-rise steps (floor, values at the middle of a step) over all 2^b of them: 6.0206 b dB. A
// symmetric converter has 2^b - 1; what it lacks of the full range it does not have to convert.
TEST(Adc, FloorWithValuesAtTheMiddleHasSixDecibelABit) {
    for (const int bits : {4, 6, 8}) {
        constexpr std::int64_t lsb = 4096;
        const Adc adc(with_bits(bits + 1, AdcKind::ideal, AdcRounding::floor), lsb, 1, 0);
        const std::int64_t end = lsb << (bits - 1);
        Noise noise;
        for (std::int64_t charge = -end; charge < end; ++charge) {
            const double x = static_cast<double>(charge) + 0.5;
            const double rest = x - (adc.convert(charge) + 0.5) * lsb;
            noise.signal += x * x;
            noise.error += rest * rest;
        }
        EXPECT_NEAR(noise.decibel(), 20.0 * std::log10(2.0) * bits, 1e-4) << bits;
    }
}

// A sine over the whole range tends to 6.02 b + 1.76 dB; at 6 bits 37.61 are measured for 37.89.
TEST(Adc, SineTendsToTheFormula) {
    for (const int bits : {6, 8, 10}) {
        constexpr std::int64_t lsb = 1 << 20;
        const Adc adc(with_bits(bits), lsb, 1, 0);
        Noise noise;
        constexpr int points = 200'000;
        for (int i = 0; i < points; ++i) {
            const double x = adc.largest() * static_cast<double>(lsb) *
                             std::sin(2.0 * std::numbers::pi * (i + 0.5) / points);
            const double rest =
                x -
                static_cast<double>(adc.convert(static_cast<std::int64_t>(std::llround(x))) * lsb);
            noise.signal += x * x;
            noise.error += rest * rest;
        }
        // Amplitude 2^(b-1) - 1 instead of 2^(b-1).
        const double expected = 20.0 * std::log10(std::sqrt(1.5) * 2.0 * adc.largest());
        EXPECT_NEAR(noise.decibel(), expected, bits == 6 ? 0.25 : 0.1) << bits;
    }
}

double below(double z) {
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}
double density(double z) {
    return std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
}

// SQNR in dB of a standard normal signal of `sigma` charges, exact: a sum over the codes.
double gaussian_sqnr(const Adc& adc, double sigma) {
    double error = 0.0;
    for (std::int32_t code = -adc.largest(); code <= adc.largest(); ++code) {
        // Between thresholds; a step is many charges wide.
        const double from =
            code == -adc.largest() ? -40.0 : static_cast<double>(adc.threshold(code)) / sigma;
        const double to =
            code == adc.largest() ? 40.0 : static_cast<double>(adc.threshold(code + 1)) / sigma;
        const double value = static_cast<double>(code * adc.lsb()) / sigma;
        const double p = below(to) - below(from), first = density(from) - density(to);
        const double second = p - (to * density(to) - from * density(from));
        error += second - 2.0 * value * first + value * value * p;
    }
    return -10.0 * std::log10(error);
}

// Best clipping of a normal signal, in standard deviations, and what it gives.
TEST(Adc, GaussianSignalHasItsOptimalClipping) {
    struct Row {
        int bits;
        double clip, decibel;
    };
    for (const Row& row :
         {Row{4, 2.48, 18.90}, Row{5, 2.88, 24.32}, Row{6, 3.28, 29.71}, Row{7, 3.60, 35.11},
          Row{8, 3.92, 40.54}, Row{9, 4.20, 46.02}, Row{10, 4.48, 51.54}}) {
        constexpr std::int64_t lsb = std::int64_t{1} << 30;
        const Adc adc(with_bits(row.bits), lsb, 1, 0);
        const double range = adc.largest() * static_cast<double>(lsb);
        EXPECT_NEAR(gaussian_sqnr(adc, range / row.clip), row.decibel, 0.006) << row.bits;
        for (const double other : {row.clip - 0.1, row.clip + 0.1})
            EXPECT_LT(gaussian_sqnr(adc, range / other), gaussian_sqnr(adc, range / row.clip));
    }
}

// T14: at mid-scale the step varies by s sqrt(2^b - 1) LSB and the level by s sqrt(2^b) / 2.
TEST(Adc, CapacitorMismatchSpreadsMidScale) {
    constexpr std::int64_t lsb = 1 << 20;
    constexpr int converters = 4000;
    for (const int bits : {6, 8}) {
        AdcConfig config = with_bits(bits, AdcKind::sar, AdcRounding::floor);
        config.sar_unit_sigma = 0.01;
        double step = 0.0, level = 0.0;
        for (int i = 0; i < converters; ++i) {
            const Adc adc(config, lsb, 1, static_cast<std::uint64_t>(i));
            const auto at = static_cast<double>(adc.threshold(0)) / lsb;
            const double dnl = at - static_cast<double>(adc.threshold(-1)) / lsb - 1.0;
            step += dnl * dnl / converters;
            level += at * at / converters;
        }
        // A sample standard deviation is within 5 / sqrt(2 n) of the true one.
        const double accepted = 5.0 / std::sqrt(2.0 * converters);
        EXPECT_NEAR(std::sqrt(step) / (0.01 * std::sqrt(std::exp2(bits) - 1.0)), 1.0, accepted);
        EXPECT_NEAR(std::sqrt(level) / (0.01 * std::sqrt(std::exp2(bits)) / 2.0), 1.0, accepted);
    }
}

// With equal capacitors and errors of gain and offset only, thresholds stay in order and the search
// finds what counting finds.
TEST(Adc, WithoutMismatchThresholdsAreInOrder) {
    for (const AdcKind kind : kinds)
        for (std::uint64_t i = 0; i < 50; ++i) {
            AdcConfig config = with_bits(8, kind);
            config.gain_sigma = 0.2;
            config.offset_sigma_lsb = 3.0;
            const Adc adc(config, 12345, 7, i);
            for (std::int32_t code = -adc.largest(); code <= adc.largest(); ++code)
                ASSERT_LT(adc.threshold(code), adc.threshold(code + 1));
        }
}

// A successive approximation over thresholds out of order follows its comparisons, bit by bit.
TEST(Adc, SearchFollowsItsComparisons) {
    AdcConfig config = with_bits(4, AdcKind::sar);
    config.sar_unit_sigma = 0.4;
    int disordered = 0;
    for (std::uint64_t i = 0; i < 200; ++i) {
        const Adc adc(config, 1000, 1, i);
        for (std::int32_t code = -7; code < 7; ++code)
            disordered += adc.threshold(code) > adc.threshold(code + 1) ? 1 : 0;
        for (std::int64_t charge = -9000; charge <= 9000; charge += 37) {
            int kept = 0;
            for (const int bit : {8, 4, 2, 1})
                if (charge >= adc.threshold((kept | bit) - 8)) kept |= bit;
            ASSERT_EQ(adc.convert(charge), std::max(kept - 8, -7));
        }
    }
    EXPECT_GT(disordered, 20);
}

TEST(Adc, GivenThresholdsAreItsThresholds) {
    const std::vector<std::int64_t> thresholds = {-50, -20, -3, 4, 4, 11, 90, 100};
    for (const AdcKind kind : kinds) {
        const Adc adc(with_bits(3 + 0, kind), {-50, -20, -3, 4, 5, 11, 90, 100});
        EXPECT_EQ(adc.largest(), 3);
        for (const auto& [charge, code] : {std::pair(-51, -3),
                                           {-50, -3},
                                           {-21, -3},
                                           {-20, -2},
                                           {-4, -2},
                                           {-3, -1},
                                           {3, -1},
                                           {4, 0},
                                           {5, 1},
                                           {11, 2},
                                           {89, 2},
                                           {90, 3},
                                           {1000, 3}})
            EXPECT_EQ(adc.convert(charge), code) << charge;
    }
    EXPECT_THROW(Adc(with_bits(4), thresholds), InternalError);
    EXPECT_THROW(Adc(with_bits(3), {8, 7, 6, 5, 4, 3, 2, 1}), InternalError);
}

// T15: rounding down is half a code low on average, with the variance of a uniform number.
TEST(Adc, FloorIsHalfACodeLow) {
    constexpr std::int64_t lsb = 1 << 12;
    const Adc adc(with_bits(8, AdcKind::ramp, AdcRounding::floor), lsb, 1, 0);
    double mean = 0.0, square = 0.0;
    const std::int64_t end = 100 * lsb;
    const auto count = static_cast<double>(2 * end);
    for (std::int64_t charge = -end; charge < end; ++charge) {
        const double rest =
            adc.convert(charge) - (static_cast<double>(charge) + 0.5) / static_cast<double>(lsb);
        mean += rest / count;
        square += rest * rest / count;
    }
    EXPECT_NEAR(mean, -0.5, 1e-9);
    EXPECT_NEAR(square - mean * mean, 1.0 / 12.0, 1e-6);
}

// A ramp departs from the straight line by what it is told, at half scale, on both sides alike.
TEST(Adc, RampIsBentAtHalfScale) {
    for (const double bend : {-0.2, 0.05, 0.2}) {
        AdcConfig config = with_bits(8, AdcKind::ramp, AdcRounding::floor);
        config.ramp_nonlinearity = bend;
        constexpr std::int64_t lsb = 1 << 20;
        const Adc adc(config, lsb, 1, 0);
        double largest = 0.0;
        for (std::int32_t code = -127; code <= 127; ++code) {
            const double rest = static_cast<double>(adc.threshold(code)) / lsb - code;
            largest = std::max(largest, std::abs(rest));
            EXPECT_NEAR(rest, -(static_cast<double>(adc.threshold(-code)) / lsb + code), 1e-5);
            ASSERT_GT(adc.threshold(code + 1), adc.threshold(code));
        }
        EXPECT_NEAR(largest, std::abs(bend) * 127.5, 0.01);
    }
}

// Static errors are of a converter: the same on every call, others for another number or seed.
TEST(Adc, StaticErrorsAreDrawnByNumber) {
    AdcConfig config = with_bits(8);
    config.gain_sigma = 0.071;
    config.offset_sigma_lsb = 1.5;
    constexpr std::int64_t lsb = 1 << 20;
    constexpr int converters = 4000;
    double slope = 0.0, slope2 = 0.0, offset2 = 0.0;
    for (std::uint64_t i = 0; i < converters; ++i) {
        const Adc adc(config, lsb, 9, i);
        ASSERT_EQ(adc.threshold(5), Adc(config, lsb, 9, i).threshold(5));
        const auto width = static_cast<double>(adc.threshold(100) - adc.threshold(-100));
        const double gain = 200.0 * lsb / width - 1.0;
        // Code at charge 0, before rounding: the offset.
        const double at_0 = -static_cast<double>(adc.threshold(1)) / lsb * (1.0 + gain) + 0.5;
        slope += gain / converters;
        slope2 += gain * gain / converters;
        offset2 += at_0 * at_0 / converters;
    }
    const double accepted = 5.0 / std::sqrt(2.0 * converters);
    EXPECT_NEAR(slope, 0.0, 5.0 * 0.071 / std::sqrt(1.0 * converters));
    EXPECT_NEAR(std::sqrt(slope2) / 0.071, 1.0, accepted);
    EXPECT_NEAR(std::sqrt(offset2) / 1.5, 1.0, accepted);
    EXPECT_NE(Adc(config, lsb, 9, 0).threshold(5), Adc(config, lsb, 9, 1).threshold(5));
    EXPECT_NE(Adc(config, lsb, 9, 0).threshold(5), Adc(config, lsb, 10, 0).threshold(5));
}

TEST(Adc, EveryProblemIsNamed) {
    AdcConfig config;
    config.bits = 30;
    config.gain_sigma = -1.0;
    config.sar_unit_sigma = 0.1;
    config.ramp_nonlinearity = 0.5;
    EXPECT_EQ(problems(config),
              (std::vector<std::string>{
                  "adc.bits = 30: must be 2..14", "adc.gain_sigma = -1: must be 0..0.5",
                  "adc.ramp_nonlinearity = 0.5: must be -0.2..0.2",
                  "adc.sar_unit_sigma = 0.1: only a SAR converter has capacitors",
                  "adc.ramp_nonlinearity = 0.5: only a ramp converter has a ramp"}));
    EXPECT_EQ(problems(with_bits(30)), (std::vector<std::string>{"adc.bits = 30: must be 2..29"}));
    EXPECT_TRUE(problems(with_bits(29)).empty());
    config = with_bits(8);
    config.noise_sigma_lsb = std::nan("");
    EXPECT_EQ(problems(config).size(), 1u);
    EXPECT_THROW(Adc(config, 1, 1, 1), InternalError);
}

}  // namespace
}  // namespace bitloom::test
