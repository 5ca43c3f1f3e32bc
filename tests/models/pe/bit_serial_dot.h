// SPDX-License-Identifier: Apache-2.0
// A dot product on one bit-serial PE: the schedule, the planes, the words, one after the other.
#pragma once

#include <string>
#include <vector>

#include "models/base/random.h"
#include "models/pe/bit_serial/bit_planes.h"
#include "models/pe/bit_serial/plane_schedule.h"

namespace bitloom::test {

inline const std::vector<BitEncoding>& bit_encodings() {
    static const std::vector<BitEncoding> all = {
        BitEncoding::unsigned_binary, BitEncoding::twos_complement, BitEncoding::bipolar};
    return all;
}

inline std::string name_of(const BitOperand& operand) {
    const char* names[] = {"uint", "int", "bipolar"};
    return names[static_cast<int>(operand.encoding)] + std::to_string(operand.bits);
}

// word_bits: a divisor of 64, or a multiple of it.
inline std::int32_t bit_serial_dot(const BitOperand& activation, const BitPlanes& activations,
                                   const BitOperand& weight, const BitPlanes& weights,
                                   const std::vector<std::uint64_t>& mask, int word_bits) {
    BitSerialPe::State pe{static_cast<std::int32_t>(0x5a5a5a5a)};  // of the sum before
    for (const PlaneStep& step : plane_schedule(activation, weight)) {
        const auto x = activations.plane(step.activation_plane);
        const auto w = weights.plane(step.weight_plane);
        bool first = true;
        if (word_bits < 64) {
            const std::uint64_t ones = (std::uint64_t{1} << word_bits) - 1;
            for (std::int64_t at = 0; at < activations.length(); at += word_bits) {
                const auto i = static_cast<std::size_t>(at / 64);
                const std::uint64_t a = x[i] >> (at % 64) & ones, b = w[i] >> (at % 64) & ones,
                                    m = mask[i] >> (at % 64) & ones;
                pe = BitSerialPe::next(pe, {step.control(first), {&a, 1}, {&b, 1}, {&m, 1}});
                first = false;
            }
            continue;
        }
        const std::size_t words = static_cast<std::size_t>(word_bits / 64);
        for (std::size_t i = 0; i < x.size(); i += words) {
            const std::size_t size = std::min(words, x.size() - i);
            pe = BitSerialPe::next(pe, {step.control(first), x.subspan(i, size), w.subspan(i, size),
                                        BitWords(mask).subspan(i, size)});
            first = false;
        }
    }
    return pe.accumulator;
}

// The definition.
inline std::int64_t plain_dot(const BitOperand& activation,
                              const std::vector<std::uint8_t>& activations,
                              const BitOperand& weight, const std::vector<std::uint8_t>& weights,
                              const std::vector<std::uint64_t>& mask) {
    std::int64_t sum = 0;
    for (std::size_t k = 0; k < activations.size(); ++k)
        if (((mask[k / 64] >> (k % 64)) & 1) != 0)
            sum += bit_operand_value(activation, activations[k]) *
                   bit_operand_value(weight, weights[k]);
    return sum;
}

inline std::vector<std::uint8_t> random_codes(const RandomStream& random, std::uint64_t first,
                                              std::int64_t length, int bits) {
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(length));
    for (std::uint64_t k = 0; k < codes.size(); ++k)
        codes[k] = static_cast<std::uint8_t>(random.below(first + k, std::uint64_t{1} << bits));
    return codes;
}

}  // namespace bitloom::test
