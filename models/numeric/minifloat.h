// SPDX-License-Identifier: Apache-2.0
// Small floats eXmY: sign, X exponent bits (1..7), Y mantissa bits (0..6), at most 8 bits in all.
// Bias 2^(X-1)-1, subnormals as in IEEE 754. What the largest exponent means is the convention:
//
//   ieee    all-ones exponent: infinity when the mantissa is 0, else NaN (needs X >= 2, Y >= 1)
//   fn      all-ones exponent and mantissa: NaN, everything else a number (needs Y >= 1)
//   finite  every code is a number
//
// By default e5m2 is ieee and e4m3 is fn (OCP 8-bit floating point, revision 1.0); all others are
// finite, as e2m1, e3m2 and e2m3 are in OCP MX, revision 1.0. A suffix forces a convention:
// e4m3ieee, e5m2fn, e3m4fn, e4m3finite. Written with its default, a name means the plain one.
//
// Encoding: nearest, ties to the code that ends in 0 (IEEE's ties to even; with Y = 0 that is the
// even exponent field). Saturating: values out of range and infinities become the largest finite
// value (OCP's saturating mode), so an infinity code is decoded, never encoded. Zero keeps its
// sign, also a zero from underflow. NaN becomes the positive quiet NaN (ieee: only the first
// mantissa bit set; fn: all ones), and +0 where there is none.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/numeric/format.h"

namespace bitloom {

std::unique_ptr<Format> make_minifloat(std::string_view name);
std::vector<std::string> minifloat_names();

// Every name with a suffix that is not its default, in a fixed order.
std::vector<std::string> minifloat_variant_names();

}  // namespace bitloom
