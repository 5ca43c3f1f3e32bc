// SPDX-License-Identifier: Apache-2.0
// The inner loops of vector_math: a run of numbers times their multipliers, one body an instruction
// set. Every body gives exactly what models/numeric/requantize.h defines, number by number.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/numeric/requantize.h"

namespace bitloom {

// Multipliers as arrays, one entry a lane, for loops that load several at once.
class MultiplierLanes {
public:
    // Entries loaded together; an array of equal multipliers is held once, in so many entries.
    static constexpr std::int64_t group = 16;

    MultiplierLanes() = default;
    // One multiplier a channel.
    explicit MultiplierLanes(std::span<const Multiplier> multipliers);
    // The same multiplier for every channel.
    explicit MultiplierLanes(const Multiplier& multiplier);

    Multiplier at(std::int64_t channel) const {
        const auto i = static_cast<std::size_t>(channel * stride_);
        return {mantissa_[i], right_[i] - left_[i]};
    }
    const std::int32_t* mantissa() const { return mantissa_.data(); }
    const std::int32_t* left() const { return left_.data(); }
    const std::int32_t* right() const { return right_.data(); }
    // Step between the entries of neighbouring channels: 1, or 0 when all are equal.
    std::int64_t stride() const { return stride_; }
    bool shifts_left() const { return shifts_left_; }

private:
    void push(const Multiplier& multiplier);

    std::vector<std::int32_t> mantissa_, left_, right_;
    std::int64_t stride_ = 1;
    bool shifts_left_ = false;
};

// One run of neighbouring channels.
struct PsumRun {
    const std::int32_t* psums = nullptr;
    std::int64_t count = 0;
    const MultiplierLanes* multipliers = nullptr;
    const std::int32_t* bias = nullptr;                    // or null
    const std::int16_t* residual = nullptr;                // or null
    const MultiplierLanes* residual_multiplier = nullptr;  // stride 0; not null with a residual
    std::int16_t clamp_low = 0, clamp_high = 0;
};

// One run of words, every one with the same multiplier; `b` is null, or is added with its own.
struct WordRun {
    const std::int16_t* a = nullptr;
    std::int64_t count = 0;
    const MultiplierLanes* a_multiplier = nullptr;  // stride 0
    const std::int16_t* b = nullptr;
    const MultiplierLanes* b_multiplier = nullptr;  // stride 0
    std::int16_t clamp_low = 0, clamp_high = 0;
};

// psums: clamp(saturate16(requantize(saturate32(psum + bias))) + saturate16(requantize(residual))).
// words: clamp(requantize(a) + requantize(b)).
struct RequantizeKernel {
    void (*psums)(const PsumRun& run, std::int16_t* words) = nullptr;
    void (*words)(const WordRun& run, std::int16_t* words) = nullptr;
};

RequantizeKernel portable_requantize_kernel();
// The fastest that this machine runs.
const RequantizeKernel& best_requantize_kernel();

}  // namespace bitloom
