// SPDX-License-Identifier: Apache-2.0
// Traces without training: real shapes, random codes. For timing, energy and bit-exact checks.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "workloads/import/network.h"
#include "workloads/trace/trace.h"

namespace bitloom {

// Called with a trace of shapes alone before codes that take much memory are made, to refuse it in
// time; not called for smaller ones.
using ShapeCheck = std::function<void(const Trace&)>;

struct RandomTraceOptions {
    // Decides the formats as quantize() would: first and last GEMM layer and every product of two
    // activations in 8-bit integers (or of first_last_bits), the others in the scheme's
    // characteristic type (the one of ANT is flint4). Activations are unsigned where they cannot
    // be negative (after ReLU, softmax).
    std::string scheme = "ant4";
    std::int64_t int8_layers = -1;  // -1: first and last (scheme int8: all); 0..: the first, the
                                    // last, then from the front
    int first_last_bits = 8;        // as in QuantizeOptions
    // Given: the formats of every GEMM layer instead; widths of 1..8 bits.
    std::string weights_format{};
    std::string activations_format{};
    std::uint64_t seed = 1;
    std::string version{};  // of the calling program, for the provenance
    bool codes = true;      // false: shapes, formats and scales only
    ShapeCheck check{};     // of a trace that is large
};

// Codes are uniform over all codes with a finite value, from RandomStream(seed, tensor name).
// Scales are set from the formats' mean squares and from K so that every result has a mean square
// near that of its inputs: outputs use their range without saturating. Biases are within a tenth
// of the result's root mean square. `shapes` may have several external inputs, as a list of
// unconnected layers has. No data set, no reference: accuracy is not available.
Trace random_trace(const Network& shapes, const RandomTraceOptions& options);

// What random_trace's manifest says, with no tensor behind it: checks a network as random_trace
// does without its memory. Throws Error where random_trace does.
Manifest random_manifest(const Network& shapes, const RandomTraceOptions& options);

// One layer "gemm": activations [M, K] (codes from the run's own seed) times weights [N, K].
// Throws Error when a size is < 1, when M*K, N*K or M*N exceed 2^31, or a format is wider than 8
// bits.
Trace gemm_trace(std::int64_t m, std::int64_t n, std::int64_t k, std::string_view weights_format,
                 std::string_view activations_format, std::uint64_t seed,
                 const ShapeCheck& check = {});

}  // namespace bitloom
