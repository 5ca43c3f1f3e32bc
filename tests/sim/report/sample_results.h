// SPDX-License-Identifier: Apache-2.0
// Made-up results for the tests of the reports.
#pragma once

#include <cstdint>

#include "sim/report/result.h"

namespace bitloom::testing {

// Three layers with every kind of content: names that want escaping, values not available, an
// unknown component and an unknown cause of stalls, a timeline. Binary fractions, so that sums and
// their texts are exact everywhere.
RunResult small_result();

// The same layers on an analog chip: three times, three chips, one of the times without accuracy.
RunResult analog_result();

// A ResNet-18 of 4 and 8 bits on a 64x64 array, about as a chip would do it: 21 layers.
RunResult realistic_result();

// Any shape of result: 0..60 layers, names of arbitrary bytes, missing values.
RunResult random_result(std::uint64_t seed);

}  // namespace bitloom::testing
