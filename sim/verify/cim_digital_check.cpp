// SPDX-License-Identifier: Apache-2.0
#include <Vcim_digital.h>
#include <Vcim_digital4.h>
#include <Vcim_digital_sar.h>

#include <array>

#include "sim/verify/checks.h"
#include "sim/verify/cim_digital_sides.h"
#include "sim/verify/lock_step.h"

namespace bitloom {

namespace {

CimDigital::Layer random_layer(const CimDigital::Config& config, Draws& draws) {
    CimDigital::Layer layer;
    layer.mode = static_cast<InputMode>(draws.below(3));
    layer.low_bits = 1 + static_cast<int>(draws.below(config.dac_bits - 2));
    layer.tiles = 1 + static_cast<int>(draws.below(4));
    constexpr std::array<std::array<int, 2>, 4> slicings{{{1, 7}, {2, 4}, {3, 3}, {4, 2}}};
    const auto& slicing = slicings[static_cast<std::size_t>(draws.below(4))];
    layer.slices = slicing[0];
    layer.slice_bits = slicing[1];
    layer.columns =
        layer.slices * (1 + static_cast<int>(draws.below(config.columns / layer.slices)));
    layer.first_column = static_cast<int>(draws.below(config.columns - layer.columns + 1));
    return layer;
}

// Layers of a few positions; comparators that hold a charge, with noise. Every wait is met: slow
// vectors, slow results.
template <class V>
void check_config(VerifyRun& run, const std::string& name, const CimDigital::Config& config,
                  std::int64_t vectors) {
    CimDigitalRtl<V> rtl(config, run.options().seed, &run.rtl_coverage());
    CimDigitalModel model(config);
    LockStep<CimDigitalRtl<V>, CimDigitalModel> lock_step(rtl, model, run, name);
    CoverageSet& passes = run.coverage(name + ": codes taken in mode and pass x phase",
                                       2 * (1 + 2 + config.dac_bits));
    CoverageSet& waits =
        run.coverage(name + ": waits for a vector, converters, the drain, a result taken", 4);

    Draws draws =
        run.begin(name + ", random layers, waits on all sides and resets", false, vectors);
    lock_step.step({{}, true});
    CimDigitalInputs inputs;
    std::vector<int> charge(static_cast<std::size_t>(config.adcs()));
    int vectors_left = 0;
    for (std::int64_t i = 0; i < vectors || !model.idle() || vectors_left != 0; ++i) {
        if (model.idle() && vectors_left == 0) {
            inputs.layer = random_layer(config, draws);
            vectors_left = inputs.layer.tiles * (1 + static_cast<int>(draws.below(4)));
        }
        const std::int64_t mood = (i >> 7) & 3;
        inputs.reset = i < vectors && draws.one_in(2048);
        inputs.valid = vectors_left != 0 && ((mood & 1) != 0 ? draws.one_in(32) : true);
        inputs.codes.resize(static_cast<std::size_t>(config.rows));
        if (inputs.valid)
            for (std::int8_t& code : inputs.codes) code = static_cast<std::int8_t>(draws.bits());
        inputs.ready = i >= vectors || ((mood & 2) != 0 ? draws.one_in(16) : !draws.one_in(4));
        inputs.bias = static_cast<std::int32_t>(draws.bits()) >> (8 + draws.below(24));
        inputs.mantissa = static_cast<std::int32_t>((1 << 30) + draws.below(1 << 30));
        inputs.shift = static_cast<int>(draws.below(24)) - 4;
        inputs.compare = 0;
        const CimDigitalOutputs before = model.observe(inputs);
        for (std::size_t a = 0; a < charge.size(); ++a)
            if ((charge[a] >= before.trial[a]) != draws.one_in(64))
                inputs.compare |= std::uint64_t{1} << a;

        const CimPhaseSequencer::State sequencer = model.state().sequencer;
        const CimDigitalOutputs outputs = lock_step.step(inputs);
        if (inputs.reset) {
            vectors_left = 0;
            continue;
        }
        if (inputs.valid && outputs.ready) --vectors_left;
        // Two codes beyond either end: the converter has to stop there.
        const int span = 1 << (config.adc_bits - 1);
        if (outputs.sample || outputs.take)
            for (int& next : charge) next = static_cast<int>(draws.below(2 * span + 3)) - span - 1;
        if (outputs.sample && outputs.pulse != 0)
            run.differ({inputs.describe()}, "no pulse at the sample", outputs.describe());

        const int mode = static_cast<int>(inputs.layer.mode);
        constexpr std::array<int, 3> first{0, 1, 3};
        if (outputs.take)
            passes.mark((first[static_cast<std::size_t>(mode)] + sequencer.take_pass) * 2 +
                        sequencer.take_phase);
        const bool at_end =
            sequencer.active &&
            sequencer.cycle ==
                CimPhaseSequencer::shot_cycles(
                    config.sequence, CimDigital::window(config, inputs.layer, sequencer.pass)) -
                    1;
        const bool done = config.ramp ? model.state().ramp[0].done : model.state().sar[0].done;
        if (outputs.ready && !inputs.valid) waits.mark(0);
        if (at_end && !outputs.sample) waits.mark(1);
        if (sequencer.converting && done && !outputs.take) waits.mark(2);
        if (outputs.valid && !inputs.ready) waits.mark(3);
    }
}

}  // namespace

void check_cim_digital(VerifyRun& run) {
    const std::int64_t vectors = run.options().vectors;
    check_config<Vcim_digital4>(run, "4 bits, ramp", {.dac_bits = 4, .adc_bits = 4, .sequence = {}},
                                vectors);
    check_config<Vcim_digital>(run, "8 bits, ramp", {}, vectors);
    check_config<Vcim_digital_sar>(run, "8 bits, SAR, a charge a column",
                                   {.ramp = false, .sequence = {.hold_columns = true}}, vectors);
}

}  // namespace bitloom
