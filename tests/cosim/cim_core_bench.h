// SPDX-License-Identifier: Apache-2.0
// The digital half of an analog core around the crossbar's model: RTL and C++ in lock-step, and one
// function that stands for the array and is asked once for both.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "models/base/error.h"
#include "models/cim/crossbar/cim_mvm.h"
#include "sim/verify/cim_digital_sides.h"

namespace bitloom::test {

// One layer of a crossbar on a core: its row tiles one after the other, all in the same columns.
struct CoreLayer {
    const CimMvm& mvm;
    std::size_t layer;

    const LayerCells& cells() const { return mvm.snapshot().layers[layer]; }

    std::vector<std::size_t> blocks() const {
        const std::vector<Block>& all = mvm.snapshot().placement->blocks;
        std::vector<std::size_t> found;
        for (std::size_t b = 0; b < all.size(); ++b)
            if (all[b].layer == layer) found.push_back(b);
        for (const std::size_t b : found)
            BITLOOM_CHECK(all[b].column0 == all[found[0]].column0 && all[b].n_size == cells().n,
                          "row tiles of layer {} lie in the same columns", layer);
        return found;
    }

    CimDigital::Layer schedule() const {
        const DacConfig& dac = mvm.config().dac;
        const std::vector<std::size_t> tiles = blocks();
        const Block& block = mvm.snapshot().placement->blocks[tiles[0]];
        CimDigital::Layer out;
        out.mode = dac.mode;
        out.low_bits = dac.split_low_bits;
        out.tiles = static_cast<int>(tiles.size());
        out.first_column = static_cast<int>(block.column0);
        out.columns = static_cast<int>(block.columns());
        out.slices = block.slices;
        out.slice_bits = cells().slice_bits;
        return out;
    }
};

// What a digital-to-analog boundary saw: the codes of one phase.
struct TakenPhase {
    std::int64_t cycle = 0;
    std::size_t vector = 0;  // row tiles of positions, in order
    int pass = 0, phase = 0;
    std::vector<int> columns;  // of the block, in the order of the ADCs
    std::vector<std::int32_t> codes;
    bool operator==(const TakenPhase&) const = default;
};

struct CoreRun {
    std::vector<std::int16_t> values;  // [position][output]
    std::vector<TakenPhase> phases;
    std::int64_t saturated = 0;
};

// Bias and multiplier of an output.
struct CoreOutput {
    std::int32_t bias = 0;
    Multiplier multiplier;
};

template <class V>
class CoreBench {
public:
    CoreBench(const CimDigital::Config& config, std::uint64_t seed)
        : config_(config), rtl_(config, seed), model_(config) {
        CimDigitalInputs reset;
        reset.reset = true;
        rtl_.observe(reset);
        rtl_.edge(reset);
    }

    // x: [position][k]; position i has event `event` + i. `stalls` of a cycle: bit 0 holds the
    // vectors back, bit 1 the results.
    CoreRun run(const CoreLayer& of, const std::vector<std::int8_t>& x, std::uint64_t event,
                const std::vector<CoreOutput>& parameters,
                const std::function<int(std::int64_t)>& stalls) {
        const std::vector<std::size_t> tiles = of.blocks();
        const std::size_t k = static_cast<std::size_t>(of.cells().k);
        const std::size_t positions = x.size() / k;
        const auto outputs = positions * static_cast<std::size_t>(of.cells().n);
        CoreRun out;
        held_.clear();
        CimDigitalInputs inputs;
        inputs.layer = of.schedule();
        std::size_t given = 0;
        for (std::int64_t cycle = 0; out.values.size() < outputs; ++cycle) {
            BITLOOM_CHECK(cycle < 1'000'000, "the core goes on");
            const std::size_t vector = given == 0 ? 0 : given - 1;  // of the shot
            const std::size_t position = vector / tiles.size();
            const std::span<const std::int8_t> row = std::span(x).subspan(position * k, k);
            const std::size_t block = tiles[vector % tiles.size()];

            inputs.valid = given < positions * tiles.size() && (stalls(cycle) & 1) == 0;
            inputs.ready = (stalls(cycle) & 2) == 0;
            if (inputs.valid)
                inputs.codes = codes_of(of, tiles[given % tiles.size()],
                                        std::span(x).subspan(given / tiles.size() * k, k));
            answer(inputs);
            const CimDigitalOutputs seen = model_.observe(inputs);
            const CoreOutput& parameter = parameters[static_cast<std::size_t>(seen.output)];
            inputs.bias = parameter.bias;
            inputs.mantissa = parameter.multiplier.mantissa;
            inputs.shift = parameter.multiplier.shift;

            const CimDigitalOutputs expected = model_.observe(inputs);
            const CimDigitalOutputs got = rtl_.observe(inputs);
            EXPECT_TRUE(got == expected)
                << "cycle " << cycle << ": " << inputs.describe() << "\nexpected "
                << expected.describe() << "\ngot " << got.describe();
            if (!(got == expected)) return out;

            if (got.take) take(got, cycle, vector_held_, out);
            if (got.valid && inputs.ready) out.values.push_back(got.value);
            count_ticks(got);
            const CimDigital::State before = model_.state();
            if (got.sample) {
                vector_held_ = vector;
                sample(of, block, row, before.sequencer.pass, got, event + position);
            }
            model_.edge(inputs);
            rtl_.edge(inputs);
            if (inputs.valid && got.ready) ++given;
            if (config_.sequence.hold_columns) connect_held(inputs);
        }
        return out;
    }

private:
    struct Charge {
        std::int64_t charge = 0;
        const Adc* adc = nullptr;  // none: the column is not in use
        int column = 0;            // of the block
    };

    // Where the block's rows are; the others get no pulse.
    std::vector<std::int8_t> codes_of(const CoreLayer& of, std::size_t block,
                                      std::span<const std::int8_t> row) const {
        const Block& place = of.mvm.snapshot().placement->blocks[block];
        std::vector<std::int8_t> codes(static_cast<std::size_t>(config_.rows));
        for (std::int64_t i = 0; i < place.k_size; ++i)
            codes[static_cast<std::size_t>(place.row0 + i)] =
                row[static_cast<std::size_t>(place.k_begin + i)];
        return codes;
    }

    void count_ticks(const CimDigitalOutputs& outputs) {
        for (std::size_t r = 0; r < ticks_.size(); ++r)
            if (((outputs.pulse >> r) & 1) != 0)
                ticks_[r] += ((outputs.negative >> r) & 1) != 0 ? -1 : 1;
    }

    // The analog core: charges of the columns that are connected, of the pulses that came.
    void sample(const CoreLayer& of, std::size_t block, std::span<const std::int8_t> row, int pass,
                const CimDigitalOutputs& outputs, std::uint64_t event) {
        const CimMvm& mvm = of.mvm;
        const Block& place = mvm.snapshot().placement->blocks[block];
        const int largest = largest_input(mvm.config().dac);
        const std::vector<std::int8_t> codes = codes_of(of, block, row);
        for (std::size_t r = 0; r < ticks_.size(); ++r)
            EXPECT_EQ(ticks_[r], pulse_ticks(mvm.config().dac, pass,
                                             std::clamp<int>(codes[r], -largest, largest)))
                << "row " << r << " pass " << pass;
        ticks_.fill(0);

        std::vector<std::int16_t> drive(static_cast<std::size_t>(place.k_size));
        mvm.drive(block, pass, row, event, drive);
        held_.assign(static_cast<std::size_t>(config_.columns), {});
        for (std::int64_t c = 0; c < place.columns(); ++c)
            held_[static_cast<std::size_t>(place.column0 + c)] = {
                mvm.charge(block, c, pass, drive, event), &mvm.adc(block, c), static_cast<int>(c)};
        connect(outputs);
    }

    // Columns onto ADCs, as the selects say.
    void connect(const CimDigital::Outputs& outputs) {
        for (std::size_t a = 0; a < adc_.size(); ++a) {
            const auto column = static_cast<std::size_t>(outputs.select[a] * config_.adcs()) + a;
            const bool enable = ((outputs.enable >> a) & 1) != 0;
            adc_[a] = enable ? held_.at(column) : Charge{};
            EXPECT_EQ(enable, adc_[a].adc != nullptr) << "ADC " << a;
        }
    }
    void connect_held(const CimDigitalInputs& inputs) {
        if (!held_.empty()) connect(model_.observe(inputs));
    }

    // The comparators.
    void answer(CimDigitalInputs& inputs) {
        const CimDigitalOutputs outputs = model_.observe(inputs);
        inputs.compare = 0;
        for (std::size_t a = 0; a < adc_.size(); ++a) {
            const Charge& charge = adc_[a];
            if (charge.adc == nullptr || outputs.trial[a] < -charge.adc->largest()) continue;
            if (charge.charge >= charge.adc->threshold(outputs.trial[a]))
                inputs.compare |= std::uint64_t{1} << a;
        }
    }

    void take(const CimDigitalOutputs& outputs, std::int64_t cycle, std::size_t vector,
              CoreRun& out) {
        const CimPhaseSequencer::State& state = model_.state().sequencer;
        TakenPhase phase{cycle, vector, state.take_pass, state.take_phase, {}, {}};
        for (std::size_t a = 0; a < adc_.size(); ++a) {
            if (adc_[a].adc == nullptr) continue;
            EXPECT_EQ(outputs.code[a], adc_[a].adc->convert(adc_[a].charge)) << "ADC " << a;
            phase.columns.push_back(adc_[a].column);
            phase.codes.push_back(outputs.code[a]);
            out.saturated += adc_[a].adc->saturates(adc_[a].charge) ? 1 : 0;
        }
        out.phases.push_back(std::move(phase));
    }

    CimDigital::Config config_;
    CimDigitalRtl<V> rtl_;
    CimDigitalModel model_;
    std::array<int, 16> ticks_{};  // since the last sample, with the sign of the pulses
    std::vector<Charge> held_;     // of all columns, at the last sample
    std::array<Charge, 4> adc_;    // what each ADC converts
    std::size_t vector_held_ = 0;
};

}  // namespace bitloom::test
