// SPDX-License-Identifier: Apache-2.0
#include "models/vector/requantize_kernel.h"

#include <gtest/gtest.h>

#include "models/numeric/requantize_inline.h"
#include "tests/models/vector/reference.h"

namespace bitloom {
namespace {

using reference::Draws;
using reference::Wide;

constexpr std::int16_t untouched = 12345;

struct Bounds {
    std::int16_t low, high;
};

Bounds draw_bounds(Draws& draws) {
    if (draws.below(2) == 0) return {INT16_MIN, INT16_MAX};
    if (draws.below(2) == 0) return {0, INT16_MAX};
    const std::int16_t a = draws.word(), b = draws.word();
    return {std::min(a, b), std::max(a, b)};
}

TEST(RequantizeKernel, InlineRequantizeIsTheCheckedOne) {
    Draws draws(1);
    for (int i = 0; i < 2'000'000; ++i) {
        const std::int32_t value = draws.psum();
        const Multiplier m = draws.multiplier();
        ASSERT_EQ(unchecked::requantize(value, m), requantize(value, m))
            << value << ' ' << m.mantissa << ' ' << m.shift;
    }
}

// Every length around the vector width, per channel and uniform, with and without left shifts.
TEST(RequantizeKernel, PsumsEqualTheDefinitionInEveryBody) {
    Draws draws(2);
    for (const RequantizeKernel& kernel : {portable_requantize_kernel(), best_requantize_kernel()})
        for (int round = 0; round < 40'000; ++round) {
            const auto count = static_cast<std::size_t>(draws.below(70));
            const bool uniform = draws.below(3) == 0, right_only = draws.below(2) == 0;
            std::vector<Multiplier> multipliers(uniform ? 1 : count);
            for (Multiplier& m : multipliers) {
                m = draws.multiplier();
                if (right_only) m.shift = std::max(m.shift, -m.shift);
            }
            std::vector<std::int32_t> psums(count), bias(count);
            std::vector<std::int16_t> residual(count), words(count + 1, untouched);
            for (std::size_t i = 0; i < count; ++i) {
                psums[i] = draws.psum();
                bias[i] = draws.psum();
                residual[i] = draws.word();
            }
            const Multiplier of_residual = draws.multiplier();
            const MultiplierLanes lanes =
                uniform ? MultiplierLanes(multipliers[0]) : MultiplierLanes(multipliers);
            const MultiplierLanes residual_lanes(of_residual);
            const Bounds bounds = draw_bounds(draws);
            PsumRun run;
            run.psums = psums.data();
            run.count = std::ssize(psums);
            run.multipliers = &lanes;
            run.bias = draws.below(2) == 0 ? nullptr : bias.data();
            run.residual = draws.below(2) == 0 ? nullptr : residual.data();
            run.residual_multiplier = &residual_lanes;
            run.clamp_low = bounds.low;
            run.clamp_high = bounds.high;
            kernel.psums(run, words.data());
            for (std::size_t i = 0; i < count; ++i) {
                const Multiplier m = multipliers[uniform ? 0 : i];
                const Wide sum =
                    reference::clamp32(Wide{psums[i]} + (run.bias == nullptr ? 0 : bias[i]));
                Wide word = reference::clamp16(reference::requantize(sum, m));
                if (run.residual != nullptr)
                    word += reference::clamp16(reference::requantize(residual[i], of_residual));
                word = reference::clamp(word, bounds.low, bounds.high);
                ASSERT_EQ(words[i], static_cast<std::int16_t>(word))
                    << "channel " << i << " of " << count << ": psum " << psums[i] << " mantissa "
                    << m.mantissa << " shift " << m.shift;
            }
            ASSERT_EQ(words[count], untouched) << count;
        }
}

TEST(RequantizeKernel, WordsEqualTheDefinitionInEveryBody) {
    Draws draws(3);
    for (const RequantizeKernel& kernel : {portable_requantize_kernel(), best_requantize_kernel()})
        for (int round = 0; round < 40'000; ++round) {
            const auto count = static_cast<std::size_t>(draws.below(70));
            std::vector<std::int16_t> a(count), b(count), words(count + 1, untouched);
            for (std::size_t i = 0; i < count; ++i) {
                a[i] = draws.word();
                b[i] = draws.word();
            }
            const Multiplier of_a = draws.multiplier(), of_b = draws.multiplier();
            const MultiplierLanes lanes_a(of_a), lanes_b(of_b);
            const Bounds bounds = draw_bounds(draws);
            const bool adds = draws.below(2) == 0;
            kernel.words({a.data(), std::ssize(a), &lanes_a, adds ? b.data() : nullptr, &lanes_b,
                          bounds.low, bounds.high},
                         words.data());
            for (std::size_t i = 0; i < count; ++i) {
                Wide sum = reference::requantize(a[i], of_a);
                if (adds) sum += reference::requantize(b[i], of_b);
                ASSERT_EQ(words[i],
                          static_cast<std::int16_t>(reference::clamp(sum, bounds.low, bounds.high)))
                    << a[i] << ' ' << b[i] << ' ' << of_a.shift << ' ' << of_b.shift;
            }
            ASSERT_EQ(words[count], untouched) << count;
        }
}

// All words times all shifts: the whole input space of the element-wise operators, one mantissa.
TEST(RequantizeKernel, AllWordsTimesAllShifts) {
    std::vector<std::int16_t> in(65536), out(65536);
    for (int i = 0; i < 65536; ++i)
        in[static_cast<std::size_t>(i)] = static_cast<std::int16_t>(i - 32768);
    for (int shift = -30; shift <= 31; ++shift) {
        const Multiplier m{1503238554, shift};
        const MultiplierLanes lanes(m);
        best_requantize_kernel().words(
            {in.data(), std::ssize(in), &lanes, nullptr, nullptr, INT16_MIN, INT16_MAX},
            out.data());
        for (std::size_t i = 0; i < in.size(); ++i)
            ASSERT_EQ(out[i], static_cast<std::int16_t>(
                                  reference::clamp16(reference::requantize(in[i], m))))
                << in[i] << " shift " << shift;
    }
}

}  // namespace
}  // namespace bitloom
