// SPDX-License-Identifier: Apache-2.0
#include "models/base/portable_math.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "models/base/error.h"

namespace bitloom {

namespace {

// ln 2 in two parts: a small whole number times the first one is exact.
constexpr double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;

}  // namespace

double portable_log(double x) {
    constexpr std::array<double, 7> coefficients = {
        6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01,
        2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01,
        1.479819860511658591e-01};
    const auto bits = std::bit_cast<std::uint64_t>(x);
    // x = 2^exponent m, sqrt(1/2) < m < sqrt(2).
    const std::uint64_t fraction = bits & 0xfffffffffffffu;
    const bool halve = fraction >= 0x6a09e667f3bcdu;
    const int exponent = static_cast<int>(bits >> 52) - 1023 + (halve ? 1 : 0);
    const double m = std::bit_cast<double>(fraction | (halve ? 0x3feull : 0x3ffull) << 52);
    const double f = m - 1.0;
    const double s = f / (2.0 + f);
    const double z = s * s;
    const double r = z * polynomial(coefficients, z);
    const double half_square = 0.5 * f * f;
    const double k = exponent;
    return k * ln2_high - ((half_square - (s * (half_square + r) + k * ln2_low)) - f);
}

double portable_exp(double x) {
    BITLOOM_CHECK(std::abs(x) <= 700.0, "an exponent of at most 700, not {}", x);
    constexpr std::array<double, 5> coefficients = {
        1.66666666666666019037e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05,
        -1.65339022054652515390e-06, 4.13813679705723846039e-08};
    constexpr double inverse_ln2 = 1.44269504088896338700e+00;
    const double k = std::floor(x * inverse_ln2 + 0.5);
    const double high = x - k * ln2_high, low = k * ln2_low;
    const double r = high - low;
    const double square = r * r;
    const double c = r - square * polynomial(coefficients, square);
    const double y = 1.0 - ((low - (r * c) / (2.0 - c)) - high);
    const auto scale = static_cast<std::uint64_t>(1023 + static_cast<int>(k)) << 52;
    return y * std::bit_cast<double>(scale);  // exact: 2^k is a normal number
}

double portable_pow(double x, double y) {
    return portable_exp(y * portable_log(x));
}

}  // namespace bitloom
