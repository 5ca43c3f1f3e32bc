// SPDX-License-Identifier: Apache-2.0
// Both minifloat MACs, for every format they are built for.
#include <Vminifloat_mac_exact_e2m1.h>
#include <Vminifloat_mac_exact_e4m3.h>
#include <Vminifloat_mac_exact_e5m2.h>
#include <Vminifloat_mac_fp32_e2m1.h>
#include <Vminifloat_mac_fp32_e4m3.h>
#include <Vminifloat_mac_fp32_e5m2.h>

#include <fmt/format.h>

#include "models/pe/minifloat_mac/minifloat_mac_exact.h"
#include "models/pe/minifloat_mac/minifloat_mac_fp32.h"
#include "sim/verify/checks.h"
#include "sim/verify/lock_step.h"
#include "sim/verify/minifloat_cycles.h"
#include "sim/verify/verilated_model.h"

namespace bitloom {

namespace {

constexpr int guard_bits = 12;  // the default of the RTL

struct CycleInputs : MinifloatCycle {
    std::string describe() const {
        return fmt::format("reset {:d} valid {:d} clear {:d} a 0x{:02x} w 0x{:02x}", reset, valid,
                           clear, a, w);
    }
};

// Drives the pins that both modules have.
template <class V, class Outputs_>
class MinifloatRtl {
public:
    using Inputs = CycleInputs;
    using Outputs = Outputs_;

    explicit MinifloatRtl(VerifyRun& run) : model_(run.options().seed, &run.rtl_coverage()) {
        model_.reset();
    }
    Outputs observe(const Inputs& inputs) {
        V& pins = model_.pins();
        pins.rst_ni = !inputs.reset;
        pins.valid_i = inputs.valid;
        pins.clear_i = inputs.clear;
        pins.a_i = inputs.a;
        pins.w_i = inputs.w;
        model_.settle();
        return Outputs::read(pins);
    }
    void edge(const Inputs&) { model_.edge(); }

private:
    VerilatedModel<V> model_;
};

// Step is a type with `using State`, `using Outputs` and
//     static State next(const State&, const MinifloatCycle&);   static Outputs outputs(...);
template <class Step>
class MinifloatModel {
public:
    using Inputs = CycleInputs;
    using Outputs = typename Step::Outputs;

    Outputs observe(const Inputs& inputs) {
        if (inputs.reset) {
            state_ = {};
            valid_ = false;
        }
        return Step::outputs(valid_, state_);
    }
    void edge(const Inputs& inputs) {
        if (inputs.reset) return;
        valid_ = inputs.valid;
        state_ = Step::next(state_, inputs);
    }

private:
    typename Step::State state_{};
    bool valid_ = false;
};

// The port acc_o, whatever Verilator makes of its width, sign-extended.
template <int width, class Port>
Int128 signed_port(const Port& port) {
    UInt128 bits = 0;
    if constexpr (width > 64)
        for (int word = (width - 1) / 32; word >= 0; --word) bits = (bits << 32) | port[word];
    else
        bits = port;
    return wrap_to_bits_128(static_cast<Int128>(bits), width);
}

// flags: 0 for formats without specials, 1 with NaN, 3 with infinities too.
template <int width, int flags>
struct ExactOutputs {
    bool valid = false;
    MinifloatMacExact::State state;

    // Control, the flags that the format can set, and the sum's bits, as far as they fit 64.
    static constexpr int bit_count = width + 1 + flags < 64 ? width + 1 + flags : 64;
    bool operator==(const ExactOutputs&) const = default;
    std::uint64_t bits() const {
        const auto sum = static_cast<std::uint64_t>(static_cast<UInt128>(state.accumulator));
        return (sum << (1 + flags)) | (valid ? 1u : 0u) | (state.nan ? 2u : 0u) |
               (state.positive_infinity ? 4u : 0u) | (state.negative_infinity ? 8u : 0u);
    }
    std::string describe() const {
        const auto sum = static_cast<UInt128>(state.accumulator);
        return fmt::format("valid {:d} sum 0x{:016x}{:016x} nan {:d} +inf {:d} -inf {:d}", valid,
                           static_cast<std::uint64_t>(sum >> 64), static_cast<std::uint64_t>(sum),
                           state.nan, state.positive_infinity, state.negative_infinity);
    }
    template <class V>
    static ExactOutputs read(const V& pins) {
        return {pins.valid_o != 0,
                {signed_port<width>(pins.acc_o), pins.nan_o != 0, pins.positive_infinity_o != 0,
                 pins.negative_infinity_o != 0}};
    }
};

// unused: last places that no sum of the check reaches, because all are multiples of a large unit.
template <int unused>
struct Fp32Outputs {
    bool valid = false;
    std::uint32_t sum = 0;

    static constexpr int bit_count = 33 - unused;
    bool operator==(const Fp32Outputs&) const = default;
    std::uint64_t bits() const { return (std::uint64_t{sum >> unused} << 1) | (valid ? 1u : 0u); }
    std::string describe() const { return fmt::format("valid {:d} sum 0x{:08x}", valid, sum); }
    template <class V>
    static Fp32Outputs read(const V& pins) {
        return {pins.valid_o != 0, pins.acc_o};
    }
};

template <int format>
struct ExactStep {
    static constexpr MinifloatShape shape = minifloat_mac_formats[format].shape;
    using State = MinifloatMacExact::State;
    static constexpr int flags = shape.convention == MinifloatConvention::ieee ? 3
                                 : shape.convention == MinifloatConvention::fn ? 1
                                                                               : 0;
    using Outputs = ExactOutputs<MinifloatMacExact::accumulator_bits(shape, guard_bits), flags>;
    static State next(const State& state, const MinifloatCycle& c) {
        return MinifloatMacExact::next(state, {c.valid, c.clear, c.a, c.w}, shape, guard_bits);
    }
    static Outputs outputs(bool valid, const State& state) { return {valid, state}; }
};

template <int format>
struct Fp32Step {
    static constexpr MinifloatShape shape = minifloat_mac_formats[format].shape;
    using State = MinifloatMacFp32::State;
    using Outputs = Fp32Outputs<shape.product_bits() <= 8 ? 8 : 0>;
    static State next(const State& state, const MinifloatCycle& c) {
        return MinifloatMacFp32::next(state, {c.valid, c.clear, c.a, c.w}, shape);
    }
    static Outputs outputs(bool valid, const State& state) { return {valid, state.accumulator}; }
};

// Every pair of codes alone; the largest products added up until the sum wraps or no longer grows;
// random sums.
template <class V, template <int> class StepOf, int format>
void check_format(VerifyRun& run) {
    using Step = StepOf<format>;
    const MinifloatShape& shape = Step::shape;
    const std::string name(minifloat_mac_formats[format].name);
    MinifloatRtl<V, typename Step::Outputs> rtl(run);
    MinifloatModel<Step> model;
    LockStep lock_step(rtl, model, run, name);
    CoverageSet& codes = run.coverage(name + ": codes of each operand", 2 << shape.bits());
    const auto step = [&](const MinifloatCycle& cycle) {
        if (cycle.valid) {
            codes.mark(2 * cycle.a);
            codes.mark(2 * cycle.w + 1);
        }
        lock_step.step({cycle});
    };

    run.begin(name + ", every pair of codes", true, std::int64_t{1} << (2 * shape.bits()));
    step({.reset = true});
    every_minifloat_pair(shape, step);
    step({});

    // Every magnitude times the largest finite code, with both signs, in long sums: twice as many
    // products as the guard bits hold.
    const auto sign = static_cast<std::uint8_t>(1 << (shape.bits() - 1));
    std::uint8_t largest = 0;
    for (std::uint8_t code = 0; code < sign; ++code) {
        const MinifloatOperand operand = decode_minifloat(shape, code);
        if (!operand.nan && !operand.infinity) largest = code;
    }
    constexpr std::int64_t length = std::int64_t{2} << guard_bits;
    run.begin(name + ", long sums", false, 4 * length);
    for (int turn = 0; turn < 4; ++turn)
        for (std::int64_t i = 0; i < length; ++i)
            step({.valid = true,
                  .clear = i == 0,
                  .a = static_cast<std::uint8_t>(turn % 2 == 0 ? largest : largest | sign),
                  .w = turn < 2 || i % 3 != 0 ? largest : static_cast<std::uint8_t>(i % largest)});
    step({});

    Draws draws = run.begin(name + ", random operands, gaps, clears and resets", false,
                            run.options().vectors);
    for (std::int64_t i = 0; i < run.options().vectors; ++i)
        step(random_minifloat_cycle(shape, i, draws.bits()));
    step({});
}

}  // namespace

void check_minifloat_mac_exact(VerifyRun& run) {
    check_format<Vminifloat_mac_exact_e4m3, ExactStep, 0>(run);
    check_format<Vminifloat_mac_exact_e5m2, ExactStep, 1>(run);
    check_format<Vminifloat_mac_exact_e2m1, ExactStep, 2>(run);
}

void check_minifloat_mac_fp32(VerifyRun& run) {
    // Products of small floats do not reach its overflow and subnormals; it has a check of its own.
    run.rtl_coverage().leave_out("binary32_add.sv");
    check_format<Vminifloat_mac_fp32_e4m3, Fp32Step, 0>(run);
    check_format<Vminifloat_mac_fp32_e5m2, Fp32Step, 1>(run);
    check_format<Vminifloat_mac_fp32_e2m1, Fp32Step, 2>(run);
}

}  // namespace bitloom
