// SPDX-License-Identifier: Apache-2.0
// The inner loop of RandomStream::normals_q16, one body an instruction set, all with equal results.
#pragma once

#include <cstdint>

namespace bitloom {

// values[4 i + j] = normal_q16_of_bits of word j of the Philox4x32-10 block whose counter is (first
// + i, component), i < blocks; key: seed.
using NormalKernel = void (*)(std::uint64_t seed, std::uint64_t component, std::uint64_t first,
                              std::int64_t blocks, std::int32_t* values);

void normal_kernel_portable(std::uint64_t seed, std::uint64_t component, std::uint64_t first,
                            std::int64_t blocks, std::int32_t* values);
#if defined(__x86_64__)
void normal_kernel_avx2(std::uint64_t seed, std::uint64_t component, std::uint64_t first,
                        std::int64_t blocks, std::int32_t* values);
#endif

// The fastest of those that this machine runs.
NormalKernel best_normal_kernel();

}  // namespace bitloom
