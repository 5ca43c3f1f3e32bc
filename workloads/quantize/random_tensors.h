// SPDX-License-Identifier: Apache-2.0
// Random tensors of a trace: a pure function of (seed, tensor name).
#pragma once

#include <cstdint>
#include <string_view>

#include "models/numeric/format.h"
#include "workloads/trace/trace.h"

namespace bitloom {

// The format of that name. Throws Error when it is wider than a code of the array, 8 bits.
const Format& check_code_format(std::string_view name);

// Mean and mean square of a format's finite values, each code equally likely.
struct CodeMoments {
    double mean = 0.0;
    double mean_square = 0.0;
};
CodeMoments code_moments(const Format& format);

// `count` packed codes (U8), uniform over all codes of a finite value. Formats of at most 8 bits.
Tensor random_codes(const Format& format, std::int64_t count, std::uint64_t seed,
                    std::string_view name);

// Integers uniform in -reach..reach (rounded; at most the type's range).
template <class T>
Tensor random_words(Shape shape, double reach, std::uint64_t seed, std::string_view name);

// F32 [size], normal.
Tensor random_reals(std::int64_t size, double mean, double deviation, std::uint64_t seed,
                    std::string_view name);

}  // namespace bitloom
