// SPDX-License-Identifier: Apache-2.0
// The inner loop of gemm_kernel: 6 rows by one panel of 16 columns, one body an instruction set.
#pragma once

#include <cstdint>

#include "models/array/gemm_kernel.h"

namespace bitloom {

inline constexpr std::int64_t micro_kernel_rows = 6;

// sums[6][16] = products of the rows' runs with the panel, modulo 2^32.
using MicroKernel = void (*)(const std::int16_t* const* rows, const ReductionRuns::Run* runs,
                             std::int64_t run_count, const std::int16_t* panel, std::int32_t* sums);

void micro_kernel_portable(const std::int16_t* const* rows, const ReductionRuns::Run* runs,
                           std::int64_t run_count, const std::int16_t* panel, std::int32_t* sums);
#if defined(__x86_64__)
void micro_kernel_avx2(const std::int16_t* const* rows, const ReductionRuns::Run* runs,
                       std::int64_t run_count, const std::int16_t* panel, std::int32_t* sums);
void micro_kernel_avx512(const std::int16_t* const* rows, const ReductionRuns::Run* runs,
                         std::int64_t run_count, const std::int16_t* panel, std::int32_t* sums);
#endif

// The fastest of those that this machine runs.
MicroKernel best_micro_kernel();

}  // namespace bitloom
