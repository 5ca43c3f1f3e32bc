// SPDX-License-Identifier: Apache-2.0
// The check of requantizer.sv for any Verilated model with its ports and 16-bit results.
#pragma once

#include <array>
#include <limits>

#include "models/pe/requantizer/requantizer.h"
#include "sim/verify/lock_step.h"
#include "sim/verify/verilated_model.h"

namespace bitloom {

struct RequantizerInputs : Requantizer::Inputs {
    bool reset = false;
    std::string describe() const {
        return fmt::format("reset {:d} valid {:d} ready {:d} value {} mantissa {} shift {}", reset,
                           valid, ready, operand.value, operand.mantissa, operand.shift);
    }
};

struct RequantizerOutputs : Requantizer::Outputs {
    static constexpr int bit_count = 18;
    std::uint64_t bits() const {
        return (std::uint64_t{static_cast<std::uint16_t>(value)} << 2) | (valid ? 2 : 0) |
               (ready ? 1 : 0);
    }
    std::string describe() const {
        return fmt::format("ready {:d} valid {:d} value {}", ready, valid, value);
    }
};

template <class V>
class RequantizerRtl {
public:
    using Inputs = RequantizerInputs;
    using Outputs = RequantizerOutputs;

    explicit RequantizerRtl(std::uint64_t seed, RtlCoverage* coverage = nullptr)
        : model_(seed, coverage) {
        model_.reset();
    }

    Outputs observe(const Inputs& inputs) {
        V& pins = model_.pins();
        pins.rst_ni = !inputs.reset;
        pins.valid_i = inputs.valid;
        pins.ready_i = inputs.ready;
        pins.value_i = static_cast<std::uint32_t>(inputs.operand.value);
        pins.mantissa_i = static_cast<std::uint32_t>(inputs.operand.mantissa);
        pins.shift_i = static_cast<std::uint8_t>(inputs.operand.shift & 63);
        model_.settle();
        const bool valid = pins.valid_o != 0;
        return {{pins.ready_o != 0, valid,
                 valid ? static_cast<std::int16_t>(pins.value_o) : std::int16_t{0}}};
    }
    void edge(const Inputs&) { model_.edge(); }

private:
    VerilatedModel<V> model_;
};

class RequantizerModel {
public:
    RequantizerOutputs observe(const RequantizerInputs& inputs) {
        if (inputs.reset) state_ = {};
        return {Requantizer::outputs(state_, inputs)};
    }
    void edge(const RequantizerInputs& inputs) {
        if (!inputs.reset) state_ = Requantizer::next(state_, inputs);
    }
    // Which stages hold a value: 0..7.
    int occupancy() const {
        int mask = 0;
        for (int i = 0; i < Requantizer::latency_cycles; ++i)
            if (state_.stages[static_cast<std::size_t>(i)]) mask |= 1 << i;
        return mask;
    }

private:
    Requantizer::State state_;
};

namespace requantizer_check {

inline std::vector<std::int32_t> corner_values() {
    constexpr std::int32_t min = std::numeric_limits<std::int32_t>::min();
    constexpr std::int32_t max = std::numeric_limits<std::int32_t>::max();
    std::vector<std::int32_t> values = {0, 1, -1, 2, -2, 3, -3, min, min + 1, max, max - 1};
    for (const int bit : {14, 15, 16, 29, 30})  // the edges of 16-bit results and of left shifts
        for (const std::int32_t by : {-1, 0, 1}) {
            values.push_back((1 << bit) + by);
            values.push_back(-(1 << bit) + by);
        }
    return values;
}

inline std::vector<std::int32_t> corner_mantissas() {
    constexpr std::int32_t min = std::numeric_limits<std::int32_t>::min();
    constexpr std::int32_t max = std::numeric_limits<std::int32_t>::max();
    return {0, 1 << 30, (1 << 30) + 1, max, max - 1, 1503238554, 1, -1, min, min + 1};
}

// How far the interesting cases of the arithmetic were reached.
class ArithmeticCoverage {
public:
    explicit ArithmeticCoverage(VerifyRun& run)
        : shifts_(run.coverage("shift amounts", 62)),
          cases_(run.coverage("left shift saturates up, down; product saturates; tie up, down; "
                              "result saturates up, down",
                              7)) {}

    void mark(const Requantizer::Operand& operand) {
        shifts_.mark(operand.shift + 30);
        const int left = operand.shift < 0 ? -operand.shift : 0;
        const int right = operand.shift < 0 ? 0 : operand.shift;
        const std::int64_t wide = std::int64_t{operand.value} * (std::int64_t{1} << left);
        const std::int32_t value = unchecked::saturating_shift_left(operand.value, left);
        if (wide > value) cases_.mark(0);
        if (wide < value) cases_.mark(1);
        constexpr std::int32_t min = std::numeric_limits<std::int32_t>::min();
        if (value == min && operand.mantissa == min) cases_.mark(2);
        const std::int32_t high = saturating_rounding_doubling_high_mul(value, operand.mantissa);
        const std::int64_t doubled = std::int64_t{high} * 2;
        const std::int64_t unit = std::int64_t{1} << right;
        if (right > 0 && ((doubled % (2 * unit)) + 2 * unit) % (2 * unit) == unit)
            cases_.mark(high > 0 ? 3 : 4);
        const std::int32_t divided = rounding_divide_by_pot(high, right);
        if (divided > 32767) cases_.mark(5);
        if (divided < -32768) cases_.mark(6);
    }

private:
    CoverageSet& shifts_;
    CoverageSet& cases_;
};

}  // namespace requantizer_check

template <class V>
void check_requantizer_model(VerifyRun& run) {
    using namespace requantizer_check;
    RequantizerRtl<V> rtl(run.options().seed, &run.rtl_coverage());
    RequantizerModel model;
    LockStep<RequantizerRtl<V>, RequantizerModel> lock_step(rtl, model, run, "requantizer");
    ArithmeticCoverage arithmetic(run);
    CoverageSet& states = run.coverage("stages occupied x (reset, valid, ready)", 64);
    const auto step = [&](const RequantizerInputs& inputs) {
        const int control =
            (inputs.reset ? 4 : 0) + (inputs.valid ? 2 : 0) + (inputs.ready ? 1 : 0);
        states.mark(8 * model.occupancy() + control);
        lock_step.step(inputs);
    };
    const auto stream = [&](const Requantizer::Operand& operand) {
        arithmetic.mark(operand);
        step({{true, true, operand}});
    };
    const auto drain = [&] {
        for (int i = 0; i <= Requantizer::latency_cycles; ++i) step({{false, true, {}}});
    };

    const auto values = corner_values();
    const auto mantissas = corner_mantissas();
    run.begin("every corner value x corner mantissa x shift", true,
              static_cast<std::int64_t>(values.size() * mantissas.size() * 62));
    step({{false, false, {}}, true});
    for (const std::int32_t value : values)
        for (const std::int32_t mantissa : mantissas)
            for (int shift = -30; shift <= 31; ++shift) stream({value, mantissa, shift});
    drain();

    const auto draw_operand = [&](Draws& draws) {
        const auto from = [&draws](const std::vector<std::int32_t>& corners) {
            return corners[static_cast<std::size_t>(
                draws.below(static_cast<std::int64_t>(corners.size())))];
        };
        // Magnitudes of every size: most uniform 32-bit numbers are large.
        const auto any = [&draws] {
            return static_cast<std::int32_t>(static_cast<std::int64_t>(draws.bits()) >>
                                             (32 + draws.below(32)));
        };
        return Requantizer::Operand{
            draws.one_in(8) ? from(values) : any(),
            draws.one_in(8) ? from(mantissas)
                            : static_cast<std::int32_t>((1 << 30) + draws.below(1 << 30)),
            static_cast<int>(draws.below(62)) - 30};
    };
    Draws draws = run.begin("random operands without a stall", false, run.options().vectors);
    for (std::int64_t i = 0; i < run.options().vectors; ++i) stream(draw_operand(draws));
    drain();

    // Each side in turn often, seldom or almost never ready; reset now and then.
    draws = run.begin("random operands, bubbles, back-pressure and resets", false,
                      run.options().vectors);
    for (std::int64_t i = 0; i < run.options().vectors; ++i) {
        const std::int64_t mood = (i >> 6) & 3;
        const bool valid = (mood & 1) != 0 ? draws.one_in(4) : !draws.one_in(4);
        const bool ready = (mood & 2) != 0 ? draws.one_in(4) : !draws.one_in(4);
        const Requantizer::Operand operand = draw_operand(draws);
        if (valid) arithmetic.mark(operand);
        step({{valid, ready, operand}, draws.one_in(64)});
    }
    drain();
}

}  // namespace bitloom
