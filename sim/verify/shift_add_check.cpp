// SPDX-License-Identifier: Apache-2.0
#include <Vshift_add.h>
#include <Vshift_add3.h>
#include <fmt/format.h>

#include "models/cim/digital/shift_add.h"
#include "sim/verify/adc_logic_check.h"
#include "sim/verify/checks.h"

namespace bitloom {

namespace {

struct SumInputs : ShiftAdd::Inputs {
    bool reset = false;
    std::string describe() const {
        return fmt::format(
            "reset {:d} valid {:d} clear {:d} negate {:d} shift {} select {} code {}", reset, valid,
            clear, negate, shift, select, code);
    }
};

struct SumOutputs {
    std::int32_t sum = 0;
    bool operator==(const SumOutputs&) const = default;
    static constexpr int bit_count = ShiftAdd::sum_bits;
    std::uint64_t bits() const { return static_cast<std::uint32_t>(sum); }
    std::string describe() const { return fmt::format("sum {}", sum); }
};

template <class V>
class SumRtl {
public:
    using Inputs = SumInputs;
    using Outputs = SumOutputs;

    explicit SumRtl(VerifyRun& run) : model_(run.options().seed, &run.rtl_coverage()) {
        model_.reset();
    }
    Outputs observe(const Inputs& inputs) {
        V& pins = model_.pins();
        pins.rst_ni = !inputs.reset;
        pins.valid_i = inputs.valid;
        pins.clear_i = inputs.clear;
        pins.negate_i = inputs.negate;
        pins.shift_i = static_cast<std::uint8_t>(inputs.shift);
        pins.select_i = static_cast<std::uint8_t>(inputs.select);
        pins.code_i = static_cast<std::uint8_t>(inputs.code & 0xff);
        model_.settle();
        return {signed_port(pins.sum_o, ShiftAdd::sum_bits)};
    }
    void edge(const Inputs&) { model_.edge(); }

private:
    VerilatedModel<V> model_;
};

template <int mux>
class SumModel {
public:
    using Inputs = SumInputs;
    using Outputs = SumOutputs;

    Outputs observe(const Inputs& inputs) {
        if (inputs.reset) state_.sums.assign(mux, 0);
        return {ShiftAdd::sum(state_, inputs)};
    }
    void edge(const Inputs& inputs) {
        if (!inputs.reset) state_ = ShiftAdd::next(state_, inputs);
    }

private:
    ShiftAdd::State state_{std::vector<std::int32_t>(mux)};
};

template <class V, int mux>
void check_mux(VerifyRun& run) {
    const std::string name = fmt::format("mux {}", mux);
    SumRtl<V> rtl(run);
    SumModel<mux> model;
    LockStep<SumRtl<V>, SumModel<mux>> lock_step(rtl, model, run, name);
    CoverageSet& terms = run.coverage(name + ": shift x negate x clear x select", 32 * mux);
    const auto step = [&](const SumInputs& inputs) {
        if (inputs.valid)
            terms.mark(((inputs.shift * 2 + (inputs.negate ? 1 : 0)) * 2 + (inputs.clear ? 1 : 0)) *
                           mux +
                       inputs.select);
        return lock_step.step(inputs).sum;
    };
    // Other sums must not change: each is read back without a code.
    run.begin(name + ", every code x shift x sign x sum, started anew and added", true,
              255 * 8 * 2 * mux * (2 + mux));
    step({{}, true});
    for (int code = -127; code <= 127; ++code)
        for (int shift = 0; shift < 8; ++shift)
            for (const bool negate : {false, true})
                for (int select = 0; select < mux; ++select) {
                    step({{true, true, negate, shift, select, code}, false});
                    step({{true, false, negate, shift, select, code}, false});
                    for (int other = 0; other < mux; ++other)
                        step({{false, false, false, 0, other, 0}, false});
                }

    // The widest sums there are: 15 tiles of 8 passes, all codes at one end.
    run.begin(name + ", the largest sums of 15 tiles of 8 bit-serial passes", true, 2 * 15 * 8);
    for (const int code : {-127, 127}) {
        std::int32_t sum = 0;
        for (int tile = 0; tile < 15; ++tile)
            for (int pass = 0; pass < 8; ++pass)
                sum = step({{true, tile + pass == 0, pass == 7, pass, 0, pass == 7 ? -code : code},
                            false});
        if (sum != 15 * 255 * code)
            run.differ({}, fmt::format("{}", 15 * 255 * code), fmt::format("{}", sum));
    }

    Draws draws = run.begin(name + ", random codes, sums and resets", false, run.options().vectors);
    std::vector<int> weight(mux,
                            0);  // of the shifts in a sum: a sum that could overflow starts anew
    for (std::int64_t i = 0; i < run.options().vectors; ++i) {
        SumInputs inputs;
        inputs.reset = draws.one_in(512);
        inputs.valid = !draws.one_in(4);
        inputs.negate = draws.one_in(2);
        inputs.shift = static_cast<int>(draws.below(8));
        inputs.select = static_cast<int>(draws.below(mux));
        inputs.code = static_cast<int>(draws.below(255)) - 127;
        int& sum = weight[static_cast<std::size_t>(inputs.select)];
        inputs.clear = draws.one_in(16) || sum + (1 << inputs.shift) > 15 * 255;
        if (inputs.reset)
            weight.assign(mux, 0);
        else if (inputs.valid)
            sum = (inputs.clear ? 0 : sum) + (1 << inputs.shift);
        step(inputs);
    }
}

}  // namespace

void check_shift_add(VerifyRun& run) {
    check_mux<Vshift_add, 2>(run);
    check_mux<Vshift_add3, 3>(run);
}

}  // namespace bitloom
