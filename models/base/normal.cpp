// SPDX-License-Identifier: Apache-2.0
#include "models/base/normal.h"

#include <bit>
#include <cmath>

#include "models/base/error.h"
#include "models/base/portable_math.h"

namespace bitloom {

namespace {

using Polynomial = std::array<double, 8>;

// AS 241: numerators and denominators for |p - 1/2| <= 0.425, for the tail down to e^-25, beyond.
constexpr Polynomial centre_above = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                                     1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                     4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                     3.3430575583588128105e+4, 2.5090809287301226727e+3};
constexpr Polynomial centre_below = {1.0,
                                     4.2313330701600911252e+1,
                                     6.8718700749205790830e+2,
                                     5.3941960214247511077e+3,
                                     2.1213794301586595867e+4,
                                     3.9307895800092710610e+4,
                                     2.8729085735721942674e+4,
                                     5.2264952788528545610e+3};
constexpr Polynomial tail_above = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                   5.76949722146069140550e0,  3.64784832476320460504e0,
                                   1.27045825245236838258e0,  2.41780725177450611770e-1,
                                   2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr Polynomial tail_below = {1.0,
                                   2.05319162663775882187e0,
                                   1.67638483018380384940e0,
                                   6.89767334985100004550e-1,
                                   1.48103976427480074590e-1,
                                   1.51986665636164571966e-2,
                                   5.47593808499534494600e-4,
                                   1.05075007164441684324e-9};
constexpr Polynomial far_above = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                  1.78482653991729133580e0,  2.96560571828504891230e-1,
                                  2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                  2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr Polynomial far_below = {1.0,
                                  5.99832206555887937690e-1,
                                  1.36929880922735805310e-1,
                                  1.48753612908506148525e-2,
                                  7.86869131145613259100e-4,
                                  1.84631831751005468180e-5,
                                  1.42151175831644588870e-7,
                                  2.04426310338993978564e-15};

NormalTable make_table() {
    NormalTable table{};
    constexpr int subs = 1 << NormalTable::sub_bits;
    // z in 2^-20 at V = 2^place (1 + x / 32).
    const auto node = [](int place, int x) {
        const double p = (32.0 + x) * std::ldexp(1.0, place - 33 - 5);
        return static_cast<std::int32_t>(std::floor(-inverse_normal(p) * 0x1p20 + 0.5));
    };
    for (int place = 0; place < 32; ++place)
        for (int sub = 0; sub < subs; ++sub) {
            const std::int32_t begin = node(place, 2 * sub), middle = node(place, 2 * sub + 1),
                               end = node(place, 2 * sub + 2);
            const auto i = static_cast<std::size_t>(place * subs + sub);
            table.c0[i] = begin;
            table.c2[i] = 2 * (begin + end - 2 * middle);
            table.c1[i] = end - begin - table.c2[i];
        }
    return table;
}

}  // namespace

double inverse_normal(double p) {
    BITLOOM_CHECK(p > 0.0 && p < 1.0, "a probability between 0 and 1, not {}", p);
    const double q = p - 0.5;
    if (std::abs(q) <= 0.425) {
        const double r = 0.180625 - q * q;
        return q * polynomial(centre_above, r) / polynomial(centre_below, r);
    }
    const double root = std::sqrt(-portable_log(q < 0.0 ? p : 1.0 - p));
    const double z = root <= 5.0
                         ? polynomial(tail_above, root - 1.6) / polynomial(tail_below, root - 1.6)
                         : polynomial(far_above, root - 5.0) / polynomial(far_below, root - 5.0);
    return q < 0.0 ? -z : z;
}

double normal_of_bits(std::uint64_t bits) {
    return inverse_normal((static_cast<double>(bits >> 12) + 0.5) * 0x1p-52);
}

const NormalTable& normal_table() {
    static const NormalTable table = make_table();
    return table;
}

std::int32_t normal_q16_of_bits(std::uint32_t bits) {
    const NormalTable& table = normal_table();
    const std::uint32_t v = bits << 1 | 1;
    const int zeros = std::countl_zero(v);
    const std::uint32_t below = (v << zeros) & 0x7fffffffu;  // the bits below the highest one
    constexpr int sub_shift = 31 - NormalTable::sub_bits;
    const auto i =
        static_cast<std::size_t>(31 - zeros) << NormalTable::sub_bits | below >> sub_shift;
    const auto t = static_cast<std::int32_t>((below & ((1u << sub_shift) - 1)) >>
                                             (sub_shift - NormalTable::fraction_bits));
    constexpr int shift = NormalTable::fraction_bits;
    const std::int32_t z = table.c0[i] + (t * (table.c1[i] + (t * table.c2[i] >> shift)) >> shift);
    const std::int32_t rounded = (z + 8) >> 4;
    return (bits >> 31) != 0 ? rounded : -rounded;
}

}  // namespace bitloom
