// SPDX-License-Identifier: Apache-2.0
// Traces for tests and for the fuzzer's first inputs.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "workloads/trace/trace.h"

namespace bitloom::test {

struct TraceParts {
    Manifest manifest;
    std::map<std::string, Tensor> tensors;
};

// One gemm "fc" of flint4 weights [2, 3] with bias, on x [3] (int8), result y (int16) [2]; two
// images, labels and references.
TraceParts small_parts();

// A valid network of 1..12 layers, drawn from the seed: every operator, formats of 2..8 bits,
// optional members present or not, real numbers of all sizes.
TraceParts random_parts(std::uint64_t seed);

}  // namespace bitloom::test
