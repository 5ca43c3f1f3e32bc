// SPDX-License-Identifier: Apache-2.0
#include "models/cim/digital/cim_digital.h"

#include <algorithm>
#include <bit>

namespace bitloom {

namespace {

using Config = CimDigital::Config;
using Layer = CimDigital::Layer;
using State = CimDigital::State;
using Inputs = CimDigital::Inputs;

struct AdcOutputs {
    int trial = 0, code = 0;
    bool done = false;
};

AdcOutputs adc_outputs(const State& state, const Config& config, std::size_t adc) {
    if (config.ramp) {
        const auto out = RampCounter::outputs(state.ramp[adc]);
        return {out.trial, out.code, out.done};
    }
    const auto out = SarLogic::outputs(state.sar[adc]);
    return {out.trial, out.code, out.done};
}

// All blocks but the rows and the ADCs, wired up.
struct Wires {
    CimPhaseSequencer::Inputs sequencer_inputs;
    CimPhaseSequencer::Outputs sequencer;
    std::vector<ShiftAdd::Inputs> codes;
    CimDrain::Inputs drain_inputs;
    CimDrain::Outputs drain;
    Requantizer::Inputs requantizer_inputs;
    Requantizer::Outputs requantizer;
};

Wires wire(const State& state, const Inputs& inputs, const Config& config) {
    const Layer& layer = inputs.layer;
    const int adcs = config.adcs();
    Wires out;

    // Back-pressure comes from the end; it does not depend on what the drain would take.
    out.requantizer_inputs.ready = inputs.ready;
    out.drain_inputs.ready = Requantizer::outputs(state.requantizer, out.requantizer_inputs).ready;
    out.drain_inputs.slices = layer.slices;
    out.drain_inputs.slice_bits = layer.slice_bits;
    out.drain_inputs.bias = inputs.bias;
    out.drain = CimDrain::outputs(state.drain, out.drain_inputs);

    out.sequencer_inputs = {
        inputs.valid,
        adc_outputs(state, config, 0).done,
        out.drain.ready,
        {layer.tiles, CimDigital::passes(config, layer), AdcMux::phases(adcs, layer.columns),
         CimDigital::window(config, layer, state.sequencer.pass)}};
    out.sequencer =
        CimPhaseSequencer::outputs(state.sequencer, out.sequencer_inputs, config.sequence);

    const int pass = out.sequencer.take_pass, phase = out.sequencer.take_phase;
    const bool serial = layer.mode == InputMode::bit_serial;
    const bool high = layer.mode == InputMode::split_pwm && pass != 0;
    for (int a = 0; a < adcs; ++a) {
        const AdcMux::Choice choice =
            AdcMux::choose(adcs, layer.first_column, layer.columns, phase, a);
        const auto adc = static_cast<std::size_t>(a);
        out.codes.push_back({out.sequencer.take, out.sequencer.take_clear,
                             serial && pass == config.dac_bits - 1,
                             serial ? pass : (high ? layer.low_bits : 0),
                             choice.select % config.mux, adc_outputs(state, config, adc).code});
        out.drain_inputs.sums.push_back(ShiftAdd::sum(state.sums[adc], out.codes.back()));
    }
    out.drain_inputs.valid = out.sequencer.take && out.sequencer.take_last;
    out.drain_inputs.first = layer.first_column % adcs;
    out.drain_inputs.count = std::min(adcs, layer.columns - phase * adcs);
    out.drain_inputs.restart = phase == 0;

    out.requantizer_inputs.valid = out.drain.valid;
    out.requantizer_inputs.operand = {out.drain.psum, inputs.mantissa, inputs.shift};
    out.requantizer = Requantizer::outputs(state.requantizer, out.requantizer_inputs);
    return out;
}

}  // namespace

int CimDigital::conversion_cycles(const Config& config) {
    return config.ramp ? RampCounter::cycles(config.adc_bits) : SarLogic::cycles(config.adc_bits);
}

int CimDigital::passes(const Config& config, const Layer& layer) {
    if (layer.mode == InputMode::bit_serial) return config.dac_bits;
    return layer.mode == InputMode::split_pwm ? 2 : 1;
}

int CimDigital::window(const Config& config, const Layer& layer, int pass) {
    if (layer.mode == InputMode::bit_serial) return 1;
    PwmDriver::State largest;
    largest.size = PwmDriver::largest(config.dac_bits);
    PwmDriver::Inputs inputs;
    inputs.mode = layer.mode;
    inputs.low_bits = layer.low_bits;
    inputs.pass = pass;
    return PwmDriver::ticks(largest, inputs);
}

State CimDigital::initial(const Config& config) {
    const auto adcs = static_cast<std::size_t>(config.adcs());
    State state;
    state.rows.resize(static_cast<std::size_t>(config.rows));
    if (config.ramp)
        state.ramp.resize(adcs);
    else
        state.sar.resize(adcs);
    state.sums.assign(adcs, {std::vector<std::int32_t>(static_cast<std::size_t>(config.mux))});
    state.drain.sums.resize(adcs);
    return state;
}

CimPhaseSequencer::Outputs CimDigital::sequence(const State& state, const Inputs& inputs,
                                                const Config& config) {
    return wire(state, inputs, config).sequencer;
}

CimDigital::Outputs CimDigital::outputs(const State& state, const Inputs& inputs,
                                        const Config& config) {
    const Wires wires = wire(state, inputs, config);
    const Layer& layer = inputs.layer;
    Outputs out;
    out.ready = wires.sequencer.ready;
    for (std::size_t r = 0; r < state.rows.size(); ++r) {
        const PwmDriver::Outputs row = PwmDriver::outputs(state.rows[r]);
        out.pulse |= std::uint64_t{row.pulse} << r;
        out.negative |= std::uint64_t{row.negative} << r;
    }
    const int phase =
        config.sequence.hold_columns ? state.sequencer.take_phase : state.sequencer.phase;
    for (int a = 0; a < config.adcs(); ++a) {
        const AdcMux::Choice choice =
            AdcMux::choose(config.adcs(), layer.first_column, layer.columns, phase, a);
        out.select.push_back(choice.select % config.mux);
        out.enable |= std::uint64_t{choice.enable} << a;
        const AdcOutputs adc = adc_outputs(state, config, static_cast<std::size_t>(a));
        out.trial.push_back(adc.trial);
        out.code.push_back(adc.code);
    }
    out.sample = wires.sequencer.sample;
    out.take = wires.sequencer.take;
    out.output = wires.drain.output;
    out.valid = wires.requantizer.valid;
    out.value = wires.requantizer.value;
    return out;
}

State CimDigital::next(const State& state, const Inputs& inputs, const Config& config) {
    const Wires wires = wire(state, inputs, config);
    const Layer& layer = inputs.layer;
    State after;
    after.sequencer =
        CimPhaseSequencer::next(state.sequencer, wires.sequencer_inputs, config.sequence);
    const bool load = inputs.valid && wires.sequencer.ready;
    for (std::size_t r = 0; r < state.rows.size(); ++r)
        after.rows.push_back(
            PwmDriver::next(state.rows[r],
                            {load, load ? inputs.codes[r] : std::int8_t{0}, layer.mode,
                             layer.low_bits, wires.sequencer.pass, wires.sequencer.start},
                            config.dac_bits));
    const bool convert = wires.sequencer.convert;
    for (std::size_t a = 0; a < state.sums.size(); ++a) {
        const bool compare = ((inputs.compare >> a) & 1) != 0;
        if (config.ramp)
            after.ramp.push_back(
                RampCounter::next(state.ramp[a], {convert, compare}, config.adc_bits));
        else
            after.sar.push_back(SarLogic::next(state.sar[a], {convert, compare}, config.adc_bits));
        after.sums.push_back(ShiftAdd::next(state.sums[a], wires.codes[a]));
    }
    after.drain =
        CimDrain::next(state.drain, wires.drain_inputs,
                       static_cast<int>(std::bit_ceil(static_cast<unsigned>(config.columns))));
    after.requantizer = Requantizer::next(state.requantizer, wires.requantizer_inputs);
    return after;
}

}  // namespace bitloom
