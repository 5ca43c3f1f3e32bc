// SPDX-License-Identifier: Apache-2.0
#include "models/numeric/adafloat.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/base/error.h"
#include "models/base/random.h"

namespace bitloom {
namespace {

// The quantizer of the AdaptivFloat paper, written from its steps: clip, take the exponent out,
// round the mantissa. Half the smallest magnitude, where the published code has no rule, goes up.
double quantize(double x, int bits, int exponent_bits, int bias) {
    const int m = bits - 1 - exponent_bits;
    const double smallest = std::exp2(bias) * (1 + std::exp2(-m));
    const double largest = std::exp2((1 << exponent_bits) - 1 + bias) * (2 - std::exp2(-m));
    double magnitude = std::abs(x);
    if (magnitude < smallest / 2) return 0;
    magnitude = std::min(std::max(magnitude, smallest), largest);
    const double power = std::exp2(std::floor(std::log2(magnitude)));
    const double mantissa = std::nearbyint(magnitude / power * std::exp2(m)) / std::exp2(m);
    return std::copysign(power * mantissa, x);
}

template <class Body>
void for_each_shape(Body body) {
    for (int bits = 3; bits <= 8; ++bits)
        for (int e = 1; e <= bits - 2; ++e)
            body(format(fmt::format("adafloat{}e{}", bits, e)), bits, e);
}

TEST(Adafloat, EveryCodeIsExponentAndMantissaExceptZero) {
    for_each_shape([](const Format& f, int bits, int exponent_bits) {
        const int one = 1 << (bits - 1 - exponent_bits);
        const std::uint32_t half = f.code_count() / 2;
        for (std::uint32_t code = 0; code < f.code_count(); ++code) {
            const int exponent = static_cast<int>(code % half) / one;
            const double mantissa =
                static_cast<double>(code % static_cast<std::uint32_t>(one)) / one;
            const double magnitude = code % half == 0 ? 0 : std::exp2(exponent) * (1 + mantissa);
            EXPECT_EQ(f.value(code), code < half ? magnitude : -magnitude)
                << f.name() << " " << code;
        }
        EXPECT_EQ(f.value(1), 1 + 1.0 / one) << "the smallest magnitude";
    });
    EXPECT_EQ(format("adafloat8e3").max_value(), 248);
    EXPECT_EQ(format("adafloat8e4").max_value(), 61440);
}

TEST(Adafloat, EncodesAsThePublishedQuantizerWithTheBiasInTheScale) {
    for_each_shape([](const Format& f, int bits, int exponent_bits) {
        const RandomStream random(3, f.name());
        for (const int bias : {0, -7, 3}) {
            const double scale = std::exp2(bias);
            for (std::uint64_t i = 0; i < 4000; ++i) {
                // Every other point on a fine dyadic grid, where the ties are.
                const double size =
                    std::exp2((random.uniform(2 * i) - 0.3) * 1.6 * std::log2(f.max_value()));
                double x = random.bits(2 * i + 1) % 2 == 0 ? size : -size;
                if (i % 2 == 0) x = std::floor(x * 256) / 256;
                EXPECT_EQ(f.value(f.encode(x)) * scale,
                          quantize(x * scale, bits, exponent_bits, bias))
                    << f.name() << " x = " << x;
            }
        }
    });
}

TEST(Adafloat, HalfTheSmallestMagnitudeGoesAwayFromZero) {
    const Format& f = format("adafloat8e3");  // the smallest magnitude is 1.0625
    EXPECT_EQ(f.value(f.encode(0.53125)), 1.0625);
    EXPECT_EQ(f.value(f.encode(-0.53125)), -1.0625);
    EXPECT_EQ(f.encode(std::nextafter(0.53125, 0)), 0u);
    EXPECT_EQ(f.encode(std::nextafter(-0.53125, 0)), 0u);
}

}  // namespace
}  // namespace bitloom
