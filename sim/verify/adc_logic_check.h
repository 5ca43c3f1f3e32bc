// SPDX-License-Identifier: Apache-2.0
// The check of the logic of an ADC that looks for a code with one comparison a cycle: sar_logic and
// ramp_counter have the same ports.
#pragma once

#include <fmt/format.h>

#include "sim/verify/lock_step.h"
#include "sim/verify/verilated_model.h"

namespace bitloom {

template <class Logic>
struct AdcLogicInputs : Logic::Inputs {
    bool reset = false;
    std::string describe() const {
        return fmt::format("reset {:d} start {:d} compare {:d}", reset, this->start, this->compare);
    }
};

template <class Logic, int bits_>
struct AdcLogicOutputs : Logic::Outputs {
    static constexpr int bit_count = 1 + 2 * bits_;
    std::uint64_t bits() const {
        constexpr std::uint64_t mask = (1 << bits_) - 1;
        return (this->done ? 1 : 0) | ((static_cast<std::uint64_t>(this->trial) & mask) << 1) |
               ((static_cast<std::uint64_t>(this->code) & mask) << (1 + bits_));
    }
    std::string describe() const {
        return fmt::format("trial {} done {:d} code {}", this->trial, this->done, this->code);
    }
};

// A port of `bits` bits as a signed number.
inline int signed_port(std::uint32_t port, int bits) {
    return static_cast<int>(port << (32 - bits)) >> (32 - bits);
}

template <class V, class Logic, int bits>
class AdcLogicRtl {
public:
    using Inputs = AdcLogicInputs<Logic>;
    using Outputs = AdcLogicOutputs<Logic, bits>;

    explicit AdcLogicRtl(VerifyRun& run) : model_(run.options().seed, &run.rtl_coverage()) {
        model_.reset();
    }
    Outputs observe(const Inputs& inputs) {
        V& pins = model_.pins();
        pins.rst_ni = !inputs.reset;
        pins.start_i = inputs.start;
        pins.compare_i = inputs.compare;
        model_.settle();
        return {
            {signed_port(pins.trial_o, bits), pins.done_o != 0, signed_port(pins.code_o, bits)}};
    }
    void edge(const Inputs&) { model_.edge(); }

private:
    VerilatedModel<V> model_;
};

template <class Logic, int bits>
class AdcLogicModel {
public:
    using Inputs = AdcLogicInputs<Logic>;
    using Outputs = AdcLogicOutputs<Logic, bits>;

    Outputs observe(const Inputs& inputs) {
        if (inputs.reset) state_ = {};
        return {Logic::outputs(state_)};
    }
    void edge(const Inputs& inputs) {
        if (!inputs.reset) state_ = Logic::next(state_, inputs, bits);
    }

private:
    typename Logic::State state_;
};

// `answers`: comparisons of one conversion.
template <class V, class Logic, int bits>
void check_adc_logic(VerifyRun& run, int answers) {
    const std::string name = fmt::format("{} bits", bits);
    AdcLogicRtl<V, Logic, bits> rtl(run);
    AdcLogicModel<Logic, bits> model;
    LockStep<AdcLogicRtl<V, Logic, bits>, AdcLogicModel<Logic, bits>> lock_step(rtl, model, run,
                                                                                name);
    constexpr int largest = (1 << (bits - 1)) - 1;
    CoverageSet& codes = run.coverage(name + ": codes", 2 * largest + 1);
    CoverageSet& starts = run.coverage(name + ": cycle of a conversion with a start, a reset",
                                       2 * Logic::cycles(bits));
    const auto step = [&](bool start, bool compare, bool reset = false) {
        const auto outputs = lock_step.step({{start, compare}, reset});
        if (outputs.done) codes.mark(outputs.code + largest);
        return outputs;
    };
    // A whole conversion; `answer` of the trial code.
    const auto convert = [&](const auto& answer) {
        typename Logic::Outputs outputs = step(true, false);
        for (int cycle = 1; cycle <= Logic::cycles(bits); ++cycle)
            outputs = step(false, answer(cycle - 1, outputs));
    };

    // With thresholds in order a charge is the code that it lies above; one more below them all.
    run.begin(name + ", a charge between every two thresholds", true,
              (2 * largest + 1) * (Logic::cycles(bits) + 1));
    step(false, false, true);
    for (int code = -largest; code <= largest; ++code) {
        step(true, false);
        for (int cycle = 1; cycle < Logic::cycles(bits); ++cycle) {
            // What the comparator says depends on the trial of the same cycle, before the edge.
            const auto now = model.observe({{false, false}, false});
            step(false, code >= now.trial);
        }
        const auto outputs = step(false, false);
        if (!outputs.done || outputs.code != code)
            run.differ({}, fmt::format("code {}", code), outputs.describe());
    }

    if (answers <= 8) {
        run.begin(name + ", every sequence of answers of the comparator", true,
                  (1 << answers) * (Logic::cycles(bits) + 1));
        for (int sequence = 0; sequence < 1 << answers; ++sequence)
            convert([&](int cycle, const auto&) { return ((sequence >> cycle) & 1) != 0; });
    }

    run.begin(name + ", a start and a reset in every cycle of a conversion", true,
              4 * Logic::cycles(bits) * Logic::cycles(bits));
    for (int at = 0; at < 2 * Logic::cycles(bits); ++at)
        for (const bool up : {false, true}) {
            step(true, up);
            for (int cycle = 0; cycle < at / 2; ++cycle) step(false, up);
            starts.mark(at);
            step(at % 2 == 0, up, at % 2 == 1);
            convert([&](int, const auto&) { return up; });
        }

    Draws draws =
        run.begin(name + ", random answers, starts and resets", false, run.options().vectors);
    for (std::int64_t i = 0; i < run.options().vectors; ++i) {
        // Long runs of one answer reach codes far from 0.
        const std::int64_t mood = (i >> 6) & 3;
        const bool compare = mood == 0 ? draws.one_in(2) : (mood == 1) != draws.one_in(32);
        step(draws.one_in(2 * Logic::cycles(bits)), compare, draws.one_in(512));
    }
}

}  // namespace bitloom
