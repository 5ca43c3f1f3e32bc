// SPDX-License-Identifier: Apache-2.0
#include <Vcim_phase_sequencer.h>
#include <Vcim_phase_sequencer_held.h>
#include <fmt/format.h>

#include "models/cim/digital/cim_phase_sequencer.h"
#include "sim/verify/checks.h"
#include "sim/verify/lock_step.h"
#include "sim/verify/verilated_model.h"

namespace bitloom {

namespace {

constexpr int mux = 2;

struct SequencerInputs : CimPhaseSequencer::Inputs {
    bool reset = false;
    std::string describe() const {
        return fmt::format(
            "reset {:d} valid {:d} converted {:d} ready {:d} tiles {} passes {} phases {} window "
            "{}",
            reset, valid, converted, ready, schedule.tiles, schedule.passes, schedule.phases,
            schedule.window);
    }
};

struct SequencerOutputs : CimPhaseSequencer::Outputs {
    static constexpr int bit_count = 15;
    std::uint64_t bits() const {
        std::uint64_t all = 0;
        for (const bool bit : {ready, start, sample, convert, take, take_clear, take_last})
            all = all * 2 + (bit ? 1 : 0);
        all = all * 8 + static_cast<std::uint64_t>(pass);
        all = all * 8 + static_cast<std::uint64_t>(take_pass);
        return (all * 2 + static_cast<std::uint64_t>(phase | take_phase)) * 2 + (ready ? 1 : 0);
    }
    std::string describe() const {
        return fmt::format(
            "ready {:d} start {:d} pass {} phase {} sample {:d} convert {:d} take {:d} take pass "
            "{} "
            "take phase {} clear {:d} last {:d}",
            ready, start, pass, phase, sample, convert, take, take_pass, take_phase, take_clear,
            take_last);
    }
};

template <class V>
class SequencerRtl {
public:
    using Inputs = SequencerInputs;
    using Outputs = SequencerOutputs;

    explicit SequencerRtl(VerifyRun& run) : model_(run.options().seed, &run.rtl_coverage()) {
        model_.reset();
    }
    Outputs observe(const Inputs& inputs) {
        V& pins = model_.pins();
        pins.rst_ni = !inputs.reset;
        pins.tiles_i = static_cast<std::uint8_t>(inputs.schedule.tiles);
        pins.passes_i = static_cast<std::uint8_t>(inputs.schedule.passes);
        pins.phases_i = static_cast<std::uint8_t>(inputs.schedule.phases);
        pins.window_i = static_cast<std::uint8_t>(inputs.schedule.window);
        pins.valid_i = inputs.valid;
        pins.converted_i = inputs.converted;
        pins.ready_i = inputs.ready;
        model_.settle();
        return {{pins.ready_o != 0, pins.start_o != 0, pins.pass_o, pins.phase_o,
                 pins.sample_o != 0, pins.convert_o != 0, pins.take_o != 0, pins.take_pass_o,
                 pins.take_phase_o, pins.take_clear_o != 0, pins.take_last_o != 0}};
    }
    void edge(const Inputs&) { model_.edge(); }

private:
    VerilatedModel<V> model_;
};

class SequencerModel {
public:
    using Inputs = SequencerInputs;
    using Outputs = SequencerOutputs;

    explicit SequencerModel(bool hold_columns) { config_.hold_columns = hold_columns; }
    Outputs observe(const Inputs& inputs) {
        if (inputs.reset) state_ = {};
        return {CimPhaseSequencer::outputs(state_, inputs, config_)};
    }
    void edge(const Inputs& inputs) {
        if (!inputs.reset) state_ = CimPhaseSequencer::next(state_, inputs, config_);
    }
    const CimPhaseSequencer::State& state() const { return state_; }
    // A new schedule may begin.
    bool idle() const { return !state_.active && !state_.converting && state_.tile == 0; }

private:
    CimPhaseSequencer::Config config_;
    CimPhaseSequencer::State state_;
};

template <class V>
void check_hold(VerifyRun& run, bool hold_columns) {
    const std::string name = hold_columns ? "a charge a column" : "a charge an ADC";
    SequencerRtl<V> rtl(run);
    SequencerModel model(hold_columns);
    LockStep<SequencerRtl<V>, SequencerModel> lock_step(rtl, model, run, name);
    CoverageSet& states = run.coverage(
        name +
            ": (idle, in a shot, at its end) x (converting or not, last or not) x (valid, "
            "converted, ready)",
        96);
    CoverageSet& resets = run.coverage(name + ": the first two of these with a reset", 12);
    CoverageSet& shots = run.coverage(name + ": passes of a tile x pass x phase", 36 * mux);
    const auto step = [&](const SequencerInputs& inputs) {
        const CimPhaseSequencer::State& state = model.state();
        const bool at_end =
            state.cycle == CimPhaseSequencer::shot_cycles({}, inputs.schedule.window) - 1;
        const int shot = state.active ? (at_end ? 2 : 1) : 0;
        const int conversion = (state.converting ? 1 : 0) + (state.take_last ? 2 : 0);
        const int control =
            (inputs.valid ? 4 : 0) + (inputs.converted ? 2 : 0) + (inputs.ready ? 1 : 0);
        if (inputs.reset)
            resets.mark(shot * 4 + conversion);
        else
            states.mark((shot * 4 + conversion) * 8 + control);
        const SequencerOutputs outputs = lock_step.step(inputs);
        if (outputs.take)
            shots.mark(
                (inputs.schedule.passes * (inputs.schedule.passes - 1) / 2 + outputs.take_pass) *
                    mux +
                outputs.take_phase);
        return outputs;
    };
    const auto reset = [&](const CimPhaseSequencer::Schedule& schedule) {
        step({{.schedule = schedule}, true});
    };

    // Conversions that take less and more time than a shot; two positions, the second one waiting.
    run.begin(name +
                  ", every schedule of 1 to 3 tiles, 1 to 8 passes, 1 or 2 phases, windows of 1 "
                  "to 4",
              true, 3 * 8 * mux * 4 * 2 * 300);
    reset({});
    for (int tiles = 1; tiles <= 3; ++tiles)
        for (int passes = 1; passes <= 8; ++passes)
            for (int phases = 1; phases <= mux; ++phases)
                for (int window = 1; window <= 4; ++window)
                    for (const int conversion : {2, 9}) {
                        const CimPhaseSequencer::Schedule schedule{tiles, passes, phases, window};
                        int vectors = 2 * tiles, codes = 2 * tiles * passes * phases, left = 0;
                        while (codes != 0) {
                            const auto outputs = step({{vectors != 0, left == 0, true, schedule}});
                            if (vectors != 0 && outputs.ready) --vectors;
                            if (left != 0) --left;
                            if (outputs.convert) left = conversion;
                            if (outputs.take) --codes;
                        }
                        if (!model.idle()) run.differ({}, "idle", "not idle after the last code");
                    }

    run.begin(name + ", windows of up to 255 cycles", true, 8 * 262);
    for (int bit = 0; bit < 8; ++bit) {
        const CimPhaseSequencer::Schedule schedule{1, 1, 1, (2 << bit) - 1};
        bool given = false;
        do given = step({{!given, true, true, schedule}}).ready || given;
        while (!model.idle());
    }

    Draws draws = run.begin(name + ", random schedules, waits on all sides and resets", false,
                            run.options().vectors);
    reset({});
    CimPhaseSequencer::Schedule schedule;
    for (std::int64_t i = 0; i < run.options().vectors; ++i) {
        const bool reset_now = draws.one_in(128);
        if (model.idle() || reset_now)
            schedule = {1 + static_cast<int>(draws.below(draws.one_in(4) ? 15 : 2)),
                        1 + static_cast<int>(draws.below(draws.one_in(2) ? 8 : 2)),
                        1 + static_cast<int>(draws.below(mux)),
                        1 + static_cast<int>(draws.below(draws.one_in(16) ? 32 : 4))};
        const std::int64_t mood = (i >> 8) & 7;
        step({{(mood & 1) != 0 ? draws.one_in(8) : !draws.one_in(8),
               (mood & 2) != 0 ? draws.one_in(16) : !draws.one_in(4),
               (mood & 4) != 0 ? draws.one_in(16) : !draws.one_in(4), schedule},
              reset_now});
    }
}

}  // namespace

void check_cim_phase_sequencer(VerifyRun& run) {
    check_hold<Vcim_phase_sequencer>(run, false);
    check_hold<Vcim_phase_sequencer_held>(run, true);
}

}  // namespace bitloom
