// SPDX-License-Identifier: Apache-2.0
#include <Vpwm_driver.h>
#include <Vpwm_driver4.h>
#include <fmt/format.h>

#include "models/cim/digital/pwm_driver.h"
#include "sim/verify/checks.h"
#include "sim/verify/lock_step.h"
#include "sim/verify/verilated_model.h"

namespace bitloom {

namespace {

struct DriverInputs : PwmDriver::Inputs {
    bool reset = false;
    std::string describe() const {
        return fmt::format("reset {:d} load {:d} code {} mode {} low bits {} pass {} start {:d}",
                           reset, load, code, static_cast<int>(mode), low_bits, pass, start);
    }
};

struct DriverOutputs : PwmDriver::Outputs {
    static constexpr int bit_count = 2;
    std::uint64_t bits() const { return (pulse ? 1u : 0u) | (negative ? 2u : 0u); }
    std::string describe() const {
        return fmt::format("pulse {:d} negative {:d}", pulse, negative);
    }
};

template <class V>
class DriverRtl {
public:
    using Inputs = DriverInputs;
    using Outputs = DriverOutputs;

    explicit DriverRtl(VerifyRun& run) : model_(run.options().seed, &run.rtl_coverage()) {
        model_.reset();
    }
    Outputs observe(const Inputs& inputs) {
        V& pins = model_.pins();
        pins.rst_ni = !inputs.reset;
        pins.load_i = inputs.load;
        pins.code_i = static_cast<std::uint8_t>(inputs.code);
        pins.mode_i = static_cast<std::uint8_t>(inputs.mode);
        pins.low_bits_i = static_cast<std::uint8_t>(inputs.low_bits);
        pins.pass_i = static_cast<std::uint8_t>(inputs.pass);
        pins.start_i = inputs.start;
        model_.settle();
        return {{pins.pulse_o != 0, pins.negative_o != 0}};
    }
    void edge(const Inputs&) { model_.edge(); }

private:
    VerilatedModel<V> model_;
};

template <int bits>
class DriverModel {
public:
    using Inputs = DriverInputs;
    using Outputs = DriverOutputs;

    Outputs observe(const Inputs& inputs) {
        if (inputs.reset) state_ = {};
        return {PwmDriver::outputs(state_)};
    }
    void edge(const Inputs& inputs) {
        if (!inputs.reset) state_ = PwmDriver::next(state_, inputs, bits);
    }

private:
    PwmDriver::State state_;
};

template <class V, int bits>
void check_bits(VerifyRun& run) {
    const std::string name = fmt::format("{} bits", bits);
    DriverRtl<V> rtl(run);
    DriverModel<bits> model;
    LockStep<DriverRtl<V>, DriverModel<bits>> lock_step(rtl, model, run, name);
    CoverageSet& lengths =
        run.coverage(name + ": lengths of pulses x polarity", 2 * PwmDriver::largest(bits));
    const auto step = [&](const DriverInputs& inputs) { return lock_step.step(inputs); };
    // A whole pulse of the code that is loaded, and one cycle more than the longest.
    const auto pulse = [&](InputMode mode, int low_bits, int pass) {
        step({{false, 0, mode, low_bits, pass, true}, false});
        int length = 0;
        DriverOutputs last;
        for (int cycle = 0; cycle <= PwmDriver::largest(bits); ++cycle) {
            const DriverOutputs outputs = step({});
            length += outputs.pulse ? 1 : 0;
            if (outputs.pulse) last = outputs;
        }
        if (length != 0) lengths.mark(2 * (length - 1) + (last.negative ? 1 : 0));
    };

    constexpr int codes = 256;
    run.begin(name + ", every code in every pass of every mode", true,
              codes * (1 << (bits - 1)) * (1 + 2 * (bits - 2) + bits));
    step({{}, true});
    for (int code = -128; code < 128; ++code) {
        step({{true, static_cast<std::int8_t>(code)}, false});
        pulse(InputMode::pwm, 1, 0);
        for (int low = 1; low <= bits - 2; ++low)
            for (int pass = 0; pass < 2; ++pass) pulse(InputMode::split_pwm, low, pass);
        for (int pass = 0; pass < bits; ++pass) pulse(InputMode::bit_serial, 1, pass);
    }

    Draws draws =
        run.begin(name + ", random codes, starts and resets", false, run.options().vectors);
    for (std::int64_t i = 0; i < run.options().vectors; ++i) {
        const auto mode = static_cast<InputMode>(draws.below(3));
        step({{draws.one_in(4), static_cast<std::int8_t>(draws.bits()), mode,
               1 + static_cast<int>(draws.below(bits - 2)),
               static_cast<int>(draws.below(mode == InputMode::bit_serial ? bits : 2)),
               draws.one_in(((i >> 8) & 1) != 0 ? 3 : 100)},
              draws.one_in(256)});
    }
}

}  // namespace

void check_pwm_driver(VerifyRun& run) {
    check_bits<Vpwm_driver4, 4>(run);
    check_bits<Vpwm_driver, 8>(run);
}

}  // namespace bitloom
