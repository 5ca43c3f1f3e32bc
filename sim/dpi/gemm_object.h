// SPDX-License-Identifier: Apache-2.0
// A product of matrices of codes on the systolic array of ANT PEs: psums and cycles.
#pragma once

#include <cstdint>
#include <vector>

#include "models/numeric/format.h"
#include "models/pe/ant_pe/ant_decoder.h"

namespace bitloom {

class GemmObject {
public:
    // Activations [m][k], weights [n][k], all codes 0. Throws Error for sizes below 1 or above 2^24
    // codes, and for formats that cannot meet in the array.
    GemmObject(const Format& activation, const Format& weight, int m, int n, int k);

    void set_activation(int m, int k, int code);
    void set_weight(int n, int k, int code);
    // Wrapped at acc_bits, 16..32.
    int psum(int m, int n, int acc_bits) const;
    // Of an array that takes operands in every cycle; folds overlap.
    std::int64_t cycles(int rows, int columns, bool weight_stationary, bool shift_drain) const;

private:
    std::size_t place(const char* row_name, int row, int rows, int k) const;

    AntDecoder activation_decoder_, weight_decoder_;
    std::int64_t activation_codes_, weight_codes_;  // of the formats
    int m_, n_, k_;
    std::vector<std::uint32_t> activations_, weights_;
};

}  // namespace bitloom
