// SPDX-License-Identifier: Apache-2.0
// What the vector unit is programmed with for one layer: integer multipliers, biases, bounds, and
// one encoder per stored output. Derived from the trace's real scales once, the same way by the
// chip and by the host's executor.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/numeric/requantize.h"
#include "workloads/trace/trace.h"

namespace bitloom {

// The vector unit's 16-bit word -> the code that is stored. In hardware: programmed decision
// thresholds; here: a table of all 65,536 words, built from the format's own encode.
class WordEncoder {
public:
    WordEncoder() = default;
    // working_scale: real value of a word's unit; activation: the encoding.
    WordEncoder(double working_scale, const Activation& activation);

    bool is_word() const { return table_.empty(); }  // stored as the 16-bit word itself
    int bits() const { return bits_; }
    std::uint8_t code(std::int16_t word) const {
        return table_[static_cast<std::size_t>(word + 32768)];
    }
    // Bytes of a vector of `count` encoded words; vectors start on bytes.
    std::int64_t vector_bytes(std::int64_t count) const { return (count * bits_ + 7) / 8; }
    // Encodes one vector (the words of one pixel or token).
    void encode(std::span<const std::int16_t> words, std::byte* out) const;
    // Encodes `rows` vectors of `features` words, vector_bytes(features) apart in `out`.
    void encode_rows(const std::int16_t* words, std::int64_t rows, std::int64_t features,
                     std::byte* out) const;

private:
    int bits_ = 16;
    std::vector<std::uint8_t> table_;
};

// Words that average_pool adds up at most: their sum fits 32 bits.
inline constexpr std::int64_t max_averaged = 65536;

struct LayerParameters {
    Operator op = Operator::gemm;
    std::vector<Multiplier> multipliers;  // conv2d, gemm: per output channel; else per input
    std::vector<std::int32_t> bias;       // per output channel, or empty
    Multiplier residual;                  // conv2d, gemm with a second input
    bool has_residual = false;
    std::int16_t clamp_low = -32768;
    std::int16_t clamp_high = 32767;
    std::vector<WordEncoder> outputs;  // in the layer's order

    std::vector<std::int16_t> constant;  // add with a constant
    Multiplier constant_multiplier;
    std::vector<Multiplier> by_count;  // average_pool: index = elements averaged
    // softmax: input difference -> units of 2^-12; Q15 probability -> word
    Multiplier exponent_scale, probability_scale;
    // layer_norm
    std::vector<Multiplier> gamma;  // of |gamma|, Q13 -> word
    std::vector<bool> gamma_negative;
    std::vector<std::int32_t> beta;   // in words
    std::int64_t epsilon = 0;         // 0..2^46, in units of (input scale / 16)^2
    std::vector<std::int32_t> curve;  // gelu: 513 points, one every 128 input words
    // transpose, reshape, concat of codes: nothing is computed
    bool moves_codes = false;
    int code_bits = 16;
};

// Throws Error, naming the layer, where a scale or an epsilon cannot be held by the hardware's
// registers, or where a window averages more than max_averaged elements. Requires the layer's
// tensors.
LayerParameters layer_parameters(const Trace& trace, const Layer& layer);

}  // namespace bitloom
