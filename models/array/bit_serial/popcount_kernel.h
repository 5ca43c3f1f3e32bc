// SPDX-License-Identifier: Apache-2.0
// The inner loop of bit_gemm: common one-bits of rows and columns, one body an instruction set.
#pragma once

#include <cstdint>
#include <vector>

namespace bitloom {

inline constexpr std::int64_t popcount_rows = 4;
inline constexpr std::int64_t popcount_columns = 8;

enum class BitOperation { both, differ };  // w & x, w ^ x

// sums[r * 8 + c] = number of one-bits of (word OPERATION rows[r][word]) over panel[word * 8 + c].
// words < 2^26, so that a sum fits.
using PopcountKernel = void (*)(const std::uint64_t* const* rows, const std::uint64_t* panel,
                                std::int64_t words, std::uint32_t* sums);

// One instruction set's kernels.
struct PopcountKernels {
    const char* name;  // "portable", "popcnt", "avx2", "avx512vpopcntdq"
    bool available;    // on this machine
    PopcountKernel both, differ;
    PopcountKernel operator[](BitOperation operation) const {
        return operation == BitOperation::both ? both : differ;
    }
};

// All that were compiled, slowest first.
const std::vector<PopcountKernels>& popcount_kernels();

// The last available one.
const PopcountKernels& best_popcount_kernels();

}  // namespace bitloom
