// SPDX-License-Identifier: Apache-2.0
// How one lane of a dot-product unit sends its activation bit by bit, a cycle at a time. The `pe`
// body steps these lanes until all are done; it never computes how long that takes.
#pragma once

#include <cstdint>
#include <vector>

#include "models/pe/bit_serial/bit_operand.h"

namespace bitloom {

// What a lane puts on its wire in a cycle. Without `sends` the lane takes no part in the sum.
struct LaneBit {
    bool sends = false;
    bool bit = false;
    bool negative = false;  // counts -2^shift
    int shift = 0;
};

// What the lanes of a unit send with the same shift: words of their bits, of who sends them, and of
// who sends a bit that counts negatively.
struct WireWords {
    std::vector<std::uint64_t> bits, plus, minus;
};

inline void set_bit(std::vector<std::uint64_t>& words, std::int64_t bit) {
    words[static_cast<std::size_t>(bit / 64)] |= std::uint64_t{1} << (bit % 64);
}

// Lowest plane first, all planes: Stripes.
class PlaneLane {
public:
    PlaneLane() = default;
    PlaneLane(const BitOperand& operand, std::uint32_t code, bool takes_part)
        : operand_(operand), code_(code), takes_part_(takes_part) {}

    bool done() const { return sent_ == operand_.bits; }
    LaneBit next() {
        const int plane = sent_++;
        return {takes_part_, (code_ >> plane & 1u) != 0, operand_.is_negative(plane), plane};
    }

private:
    BitOperand operand_;
    std::uint32_t code_ = 0;
    bool takes_part_ = false;
    int sent_ = 0;
};

// Lowest plane first, until nothing significant is left: Loom. A negative number of p magnitude
// bits sends its low p bits and then its sign, which counts -2^p; the most negative number has the
// sign as the top bit of its magnitude.
class PrecisionLane {
public:
    PrecisionLane() = default;
    PrecisionLane(const BitOperand& operand, std::uint32_t code, bool takes_part)
        : operand_(operand), code_(code), takes_part_(takes_part) {
        const std::int64_t value = bit_operand_value(operand, code);
        sign_pending_ = takes_part && value < 0 && !operand.is_bipolar();
        magnitude_ = static_cast<std::uint32_t>(value < 0 ? -value : value);
        if (operand.is_bipolar())
            magnitude_ = (1u << operand.bits) - 1u;  // no plane is without value
        if (!takes_part) magnitude_ = 0;
    }

    bool done() const { return magnitude_ == 0 && !sign_pending_; }
    LaneBit next() {
        const int plane = sent_++;
        if (magnitude_ != 0) {
            magnitude_ >>= 1;
            const bool top = operand_.is_negative(plane);
            if (top) sign_pending_ = false;
            return {true, (code_ >> plane & 1u) != 0, top, plane};
        }
        if (sign_pending_) {
            sign_pending_ = false;
            return {true, true, true, plane};
        }
        return {false, false, false, plane};
    }

private:
    BitOperand operand_;
    std::uint32_t code_ = 0;
    bool takes_part_ = false;
    bool sign_pending_ = false;
    std::uint32_t magnitude_ = 0;
    int sent_ = 0;
};

// The set bits of the magnitude, lowest first, each with its shift: Pragmatic.
class EssentialLane {
public:
    EssentialLane() = default;
    EssentialLane(const BitOperand& operand, std::uint32_t code, bool takes_part)
        : bipolar_(operand.is_bipolar()), code_(code) {
        const std::int64_t value = bit_operand_value(operand, code);
        negative_ = value < 0 && !bipolar_;
        terms_ = static_cast<std::uint32_t>(value < 0 ? -value : value);
        if (bipolar_) terms_ = (1u << operand.bits) - 1u;
        if (!takes_part) terms_ = 0;
    }

    bool done() const { return terms_ == 0; }
    // Shift of the next term. Requires !done().
    int front() const {
        int shift = 0;
        while ((terms_ >> shift & 1u) == 0) ++shift;
        return shift;
    }
    LaneBit next() {
        const int shift = front();
        terms_ &= terms_ - 1;
        return {true, !bipolar_ || (code_ >> shift & 1u) != 0, negative_, shift};
    }

private:
    bool bipolar_ = false;
    bool negative_ = false;
    std::uint32_t code_ = 0;
    std::uint32_t terms_ = 0;
};

}  // namespace bitloom
