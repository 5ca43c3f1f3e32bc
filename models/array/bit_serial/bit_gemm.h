// SPDX-License-Identifier: Apache-2.0
// Exact product of two matrices of codes through the one-bits that their planes share:
//   W = sum a_s w_s + w0, X = sum b_t x_t + x0 with planes w_s, x_t of {0,1}, so over the positions
//   that take part  W.X = sum a_s b_t popc(w_s & x_t) + w0 sum b_t popc(x_t) + x0 sum a_s popc(w_s)
//   + w0 x0 K,
// with a_s = 2^s (top plane of two's complement -2^s), or 2^(s+1) and w0 = -(2^P - 1) for bipolar.
#pragma once

#include <cstdint>
#include <vector>

#include "models/array/bit_serial/code_matrix.h"
#include "models/array/bit_serial/popcount_kernel.h"
#include "models/pe/bit_serial/bit_operand.h"

namespace bitloom {

// Activations: [vector][plane][word of 64 positions], the planes followed by the mask where some
// positions take no part.
class BitRows {
public:
    BitRows() = default;
    // `mask`: of the same size as `codes`, 1 where a position takes part; null: all do.
    BitRows(const BitOperand& operand, const CodeMatrix& codes, const CodeMatrix* mask);

    std::int64_t vectors() const { return vectors_; }
    std::int64_t length() const { return length_; }
    std::int64_t words() const { return words_; }
    const BitOperand& operand() const { return operand_; }
    bool masked() const { return masked_; }
    // Planes, and the mask where masked().
    int stored() const { return operand_.bits + (masked_ ? 1 : 0); }
    const std::uint64_t* plane(std::int64_t vector, int t) const {
        return bits_.data() + (vector * stored() + t) * words_;
    }
    // Sum over the positions that take part of the value, and their number.
    std::int64_t value_sum(std::int64_t vector) const {
        return value_sums_[static_cast<std::size_t>(vector)];
    }

private:
    BitOperand operand_;
    std::int64_t vectors_ = 0, length_ = 0, words_ = 0;
    bool masked_ = false;
    std::vector<std::uint64_t> bits_;
    std::vector<std::int64_t> value_sums_;
};

// Weights: [panel of 8 vectors][plane][word][vector].
class BitPanels {
public:
    BitPanels() = default;
    BitPanels(const BitOperand& operand, const CodeMatrix& codes);

    std::int64_t vectors() const { return vectors_; }
    std::int64_t length() const { return length_; }
    std::int64_t words() const { return words_; }
    const BitOperand& operand() const { return operand_; }
    const std::uint64_t* plane(std::int64_t panel, int s) const {
        return bits_.data() + (panel * operand_.bits + s) * words_ * popcount_columns;
    }
    // Sum of a_s popc(w_s).
    std::int64_t plane_sum(std::int64_t vector) const {
        return plane_sums_[static_cast<std::size_t>(vector)];
    }

private:
    BitOperand operand_;
    std::int64_t vectors_ = 0, length_ = 0, words_ = 0;
    std::vector<std::uint64_t> bits_;
    std::vector<std::int64_t> plane_sums_;
};

// psums[m][n] = (accumulate ? psums[m][n] : 0) + product, modulo 2^32; rows of psums are
// `row_length` words apart. Multi-threaded; the result depends neither on the threads nor on the
// kernels.
void multiply(const BitRows& rows, const BitPanels& panels, const PopcountKernels& kernels,
              bool accumulate, std::int32_t* psums, std::int64_t row_length);

// Whether multiply() is faster than the integer GEMM of gemm_kernel on this machine.
bool popcount_pays(int weight_bits, int activation_bits);

}  // namespace bitloom
