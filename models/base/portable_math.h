// SPDX-License-Identifier: Apache-2.0
// Elementary functions with the same bits on every machine with IEEE arithmetic: only + - * /, no
// mathematical library, and no contraction to fused operations (a build flag).
#pragma once

namespace bitloom {

// Sum of coefficients[i] x^i (Horner).
template <class Coefficients>
double polynomial(const Coefficients& coefficients, double x) {
    double sum = 0.0;
    for (auto i = coefficients.size(); i-- > 0;) sum = sum * x + coefficients[i];
    return sum;
}

// Natural logarithm of a positive normal number, error below 1 ulp: the reduction and the minimax
// polynomial of FreeBSD's msun e_log.c.
double portable_log(double x);

// e^x for |x| <= 700, error below 1 ulp: likewise, e_exp.c. Beyond: InternalError.
double portable_exp(double x);

// x^y = e^(y ln x) for a positive normal x and |y ln x| <= 700; relative error below 3e-16 (1 + |y
// ln x|).
double portable_pow(double x, double y);

}  // namespace bitloom
