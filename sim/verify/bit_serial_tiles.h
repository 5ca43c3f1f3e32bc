// SPDX-License-Identifier: Apache-2.0
// Short dot products for the bit-serial PE and array: every pair of code vectors.
#pragma once

#include "models/pe/bit_serial/bit_operand.h"

namespace bitloom {

// Rows x columns dot products of 1 or 2 positions. Row r has the vector of activations with the
// number first_activation + r, its codes one after the other in the number's bits; columns
// likewise.
struct ShortTile {
    BitOperand activation, weight;
    int length = 1;
    std::uint32_t first_activation = 0, first_weight = 0;

    std::uint64_t activation_word(int row, int plane) const {
        return word(first_activation + static_cast<std::uint32_t>(row), activation.bits, plane);
    }
    std::uint64_t weight_word(int column, int plane) const {
        return word(first_weight + static_cast<std::uint32_t>(column), weight.bits, plane);
    }
    std::uint64_t mask() const { return (std::uint64_t{1} << length) - 1; }

private:
    std::uint64_t word(std::uint32_t vector, int bits, int plane) const {
        std::uint64_t result = 0;
        for (int k = 0; k < length; ++k)
            result |= std::uint64_t{(vector >> (bits * k + plane)) & 1} << k;
        return result;
    }
};

// Calls visit(tile) until every pair of vectors of every pair of operands of up to 4 bits was in
// one: all nine pairs of encodings, lengths 1 and 2.
template <class Visit>
void for_each_short_tile(int rows, int columns, Visit visit) {
    constexpr BitEncoding encodings[] = {BitEncoding::unsigned_binary, BitEncoding::twos_complement,
                                         BitEncoding::bipolar};
    for (const BitEncoding activation : encodings)
        for (const BitEncoding weight : encodings)
            for (int p = 1; p <= 4; ++p)
                for (int q = 1; q <= 4; ++q)
                    for (int length = 1; length <= 2; ++length)
                        for (std::uint32_t x = 0; x < 1u << (p * length);
                             x += static_cast<std::uint32_t>(rows))
                            for (std::uint32_t y = 0; y < 1u << (q * length);
                                 y += static_cast<std::uint32_t>(columns))
                                visit(ShortTile{{activation, p}, {weight, q}, length, x, y});
}

}  // namespace bitloom
