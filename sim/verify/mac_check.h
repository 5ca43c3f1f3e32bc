// SPDX-License-Identifier: Apache-2.0
// The two sides of a processing element that multiplies and accumulates, and how one is tested.
// RTL ports beside the operands: clk_i, rst_ni, valid_i, clear_i, valid_o, acc_o.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "models/pe/ant_pe/ant_pe.h"
#include "sim/verify/lock_step.h"
#include "sim/verify/verilated_model.h"

namespace bitloom {

// Operands: any type with std::string describe() const.
template <class Operands>
struct MacInputs {
    bool reset = false;
    bool valid = false;
    bool clear = false;
    Operands operands{};

    int control() const { return (reset ? 4 : 0) + (valid ? 2 : 0) + (clear ? 1 : 0); }
    std::string describe() const {
        return fmt::format("reset {:d} valid {:d} clear {:d} {}", reset, valid, clear,
                           operands.describe());
    }
};

struct MacOutputs {
    bool valid = false;
    std::int64_t sum = 0;  // sign-extended from at most 63 bits

    bool operator==(const MacOutputs&) const = default;
    std::string describe() const { return fmt::format("valid {:d} sum {}", valid, sum); }
};

// MacOutputs that knows the sum's width, 1..63.
template <int acc_bits>
struct MacOutputsOf : MacOutputs {
    static constexpr int bit_count = acc_bits + 1;
    std::uint64_t bits() const { return (static_cast<std::uint64_t>(sum) << 1) | (valid ? 1 : 0); }
};

// The RTL. Drive is a type with `using Operands`, a constructor from VerifyRun& and
//     void operator()(V& pins, const Operands&)
template <class V, class Drive, int acc_bits>
class MacRtl {
public:
    using Inputs = MacInputs<typename Drive::Operands>;
    using Outputs = MacOutputsOf<acc_bits>;

    explicit MacRtl(VerifyRun& run) : model_(run.options().seed, &run.rtl_coverage()), drive_(run) {
        model_.reset();
    }

    Outputs observe(const Inputs& inputs) {
        V& pins = model_.pins();
        pins.rst_ni = !inputs.reset;
        pins.valid_i = inputs.valid;
        pins.clear_i = inputs.clear;
        drive_(pins, inputs.operands);
        model_.settle();
        return {{pins.valid_o != 0, wrap_to_bits(static_cast<std::int64_t>(pins.acc_o), acc_bits)}};
    }
    void edge(const Inputs&) { model_.edge(); }

private:
    VerilatedModel<V> model_;
    Drive drive_;
};

// The C++ side. Pe is a type with `using Operands`, a default-constructible `State`,
//     static State next(const State&, bool clear, const Operands&);  // of a valid cycle
//     static std::int64_t sum(const State&);
template <class Pe, int acc_bits>
class MacModel {
public:
    using Inputs = MacInputs<typename Pe::Operands>;
    using Outputs = MacOutputsOf<acc_bits>;

    Outputs observe(const Inputs& inputs) {
        if (inputs.reset) {
            state_ = {};
            valid_ = false;
        }
        return {{valid_, Pe::sum(state_)}};
    }
    void edge(const Inputs& inputs) {
        if (inputs.reset) return;
        valid_ = inputs.valid;
        if (inputs.valid) state_ = Pe::next(state_, inputs.clear, inputs.operands);
    }

private:
    typename Pe::State state_{};
    bool valid_ = false;
};

// One PE under test: the sides, and the sections that every PE goes through.
template <class Rtl, class Model>
class MacCheck {
public:
    using Inputs = typename Rtl::Inputs;
    using Operands = decltype(Inputs::operands);

    MacCheck(VerifyRun& run, const std::string& name)
        : run_(run),
          name_(name),
          rtl_(run),
          lock_step_(rtl_, model_, run, name),
          control_(run.coverage(name + ": control (reset, valid, clear) after control", 64)),
          wraps_(run.coverage(name + ": sum wraps upwards, downwards", 2)) {}

    // Starts a section in reset, whatever the last one left.
    Draws begin(const std::string& section, bool exhaustive, std::int64_t vectors) {
        Draws draws = run_.begin(name_ + ", " + section, exhaustive, vectors);
        step({.reset = true, .operands = {}});
        return draws;
    }
    void step(const Inputs& inputs) {
        const auto outputs = lock_step_.step(inputs);
        control_.mark(8 * last_.control() + inputs.control());
        // A sum that falls although its term was positive is seen by a change of sign far from 0.
        constexpr std::int64_t far = std::int64_t{1} << (Rtl::Outputs::bit_count - 3);
        if (last_sum_ >= far && outputs.sum < -far) wraps_.mark(0);
        if (last_sum_ < -far && outputs.sum >= far) wraps_.mark(1);
        last_sum_ = outputs.sum;
        last_ = inputs;
    }
    void product(const Operands& operands) {
        step({.valid = true, .clear = true, .operands = operands});
    }
    // The last result of a section is seen one cycle later.
    void end() { step({.operands = {}}); }

    // Every pair of `corners` added up `length` times from 0.
    void accumulate(const std::vector<Operands>& corners, std::int64_t length) {
        begin("long sums of corner cases", false,
              static_cast<std::int64_t>(corners.size()) * length);
        for (const Operands& operands : corners) {
            product(operands);
            for (std::int64_t i = 1; i < length; ++i) step({.valid = true, .operands = operands});
        }
        end();
    }
    // Every control after every control; then random control: valid 7 of 8, clear and reset rarely;
    // operands from `draw(draws)`. In turns of 64 cycles operands are repeated, so that sums grow.
    template <class Draw>
    void random(Draw draw) {
        const std::int64_t vectors = run_.options().vectors;
        Draws draws = begin("random operands, gaps, clears and resets", false, vectors);
        Operands operands{};
        for (int control = 0; control < 64; ++control)
            for (const int each : {control >> 3, control & 7}) {
                operands = draw(draws);
                step({.reset = (each & 4) != 0,
                      .valid = (each & 2) != 0,
                      .clear = (each & 1) != 0,
                      .operands = operands});
            }
        for (std::int64_t i = 0; i < vectors; ++i) {
            if ((i & 64) == 0 || (i & 63) == 0) operands = draw(draws);
            const bool rare = ((i >> 7) & 1) != 0;  // half of the time nothing but sums
            step({.reset = rare ? draws.one_in(16) : draws.one_in(4096),
                  .valid = !draws.one_in(8),
                  .clear = rare ? draws.one_in(4) : draws.one_in(512),
                  .operands = operands});
        }
        end();
    }

private:
    VerifyRun& run_;
    std::string name_;
    Rtl rtl_;
    Model model_;
    LockStep<Rtl, Model> lock_step_;
    CoverageSet& control_;
    CoverageSet& wraps_;
    Inputs last_{};
    std::int64_t last_sum_ = 0;
};

}  // namespace bitloom
