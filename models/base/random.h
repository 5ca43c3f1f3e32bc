// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as
// 1, 2, 3", SC'11). A draw is a pure function of (seed, component, index): it never depends on
// other draws, on their order or on threads.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace bitloom {

class RandomStream {
public:
    // `component` names what the numbers are for, e.g. "conv1.weights".
    RandomStream(std::uint64_t seed, std::string_view component);

    // 64 uniform bits.
    std::uint64_t bits(std::uint64_t index) const;
    // Uniform in [0, 1), 53 bits.
    double uniform(std::uint64_t index) const;
    // Uniform in 0..bound-1 (multiply-shift of 64 bits; bias below bound/2^64). bound >= 1.
    std::uint64_t below(std::uint64_t index, std::uint64_t bound) const;
    // Standard normal, the same bits on every machine; error below 1e-15, |.| < 8.3 (normal.h).
    double normal(std::uint64_t index) const;
    // Standard normal in 2^-16, of 32 bits, |.| <= 6.34 * 2^16: four draws share the 128 bits of
    // one index above, so a stream serves either these or the others.
    std::int32_t normal_q16(std::uint64_t index) const;
    // values[i] = normal_q16(first + i), a few nanoseconds each.
    void normals_q16(std::uint64_t first, std::span<std::int32_t> values) const;

private:
    std::uint64_t seed_;
    std::uint64_t component_;
};

// FNV-1a, 64 bit: a stable name for a string or a file's content.
std::uint64_t fnv1a(std::string_view text);

}  // namespace bitloom
