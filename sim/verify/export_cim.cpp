// SPDX-License-Identifier: Apache-2.0
// Vectors of the digital half of an analog core and of its parts.
#include <fmt/format.h>

#include <array>

#include "models/base/random.h"
#include "models/cim/digital/cim_digital.h"
#include "sim/verify/export_case.h"

namespace bitloom {

namespace {

UInt128 bits_of(std::int64_t value) {
    return static_cast<UInt128>(Int128{value});
}

// Random numbers of one row, one after the other.
class RowDraws {
public:
    RowDraws(const RandomStream& random, std::int64_t row)
        : random_(random), index_(static_cast<std::uint64_t>(row) * 64) {}
    std::uint64_t bits() { return random_.bits(index_++); }
    int below(int bound) {
        return static_cast<int>(random_.below(index_++, static_cast<std::uint64_t>(bound)));
    }
    bool one_in(int n) { return below(n) == 0; }

private:
    const RandomStream& random_;
    std::uint64_t index_;
};

ExportCase driver_case(int bits, std::uint64_t seed, std::int64_t vectors) {
    const std::string name = fmt::format("pwm_driver{}", bits);
    ExportCase rows(name, "pwm_driver", {{"Bits", bits}}, true,
                    {{"rst_ni"},
                     {"load_i"},
                     {"code_i", 8},
                     {"mode_i", 2},
                     {"low_bits_i", 3},
                     {"pass_i", 3},
                     {"start_i"}},
                    {{"pulse_o"}, {"negative_o"}});
    PwmDriver::State state;
    const auto cycle = [&](bool reset, const PwmDriver::Inputs& inputs) {
        if (reset) state = {};
        const PwmDriver::Outputs outputs = PwmDriver::outputs(state);
        rows.add_row({!reset, inputs.load, bits_of(inputs.code), static_cast<UInt128>(inputs.mode),
                      static_cast<UInt128>(inputs.low_bits), static_cast<UInt128>(inputs.pass),
                      inputs.start},
                     {outputs.pulse, outputs.negative});
        if (!reset) state = PwmDriver::next(state, inputs, bits);
    };
    cycle(true, {});
    const RandomStream random(seed, name);
    for (std::int64_t i = 0; i < vectors; ++i) {
        RowDraws draws(random, i);
        const auto mode = static_cast<InputMode>(draws.below(3));
        cycle(draws.one_in(512),
              {draws.one_in(8), static_cast<std::int8_t>(draws.bits()), mode,
               1 + draws.below(bits - 2), draws.below(mode == InputMode::bit_serial ? bits : 2),
               draws.one_in(((i >> 8) & 1) != 0 ? 4 : 1 << bits)});
    }
    // Whole pulses of the ends and the middle.
    for (const int code : {-128, -127, -65, -8, -1, 0, 1, 7, 90, 127}) {
        cycle(false, {.load = true, .code = static_cast<std::int8_t>(code)});
        for (const InputMode mode : {InputMode::pwm, InputMode::split_pwm, InputMode::bit_serial})
            for (int pass = 0; pass < (mode == InputMode::bit_serial ? bits : 2); ++pass) {
                cycle(false, {.mode = mode, .low_bits = bits / 2, .pass = pass, .start = true});
                for (int tick = 0; tick < 1 << (bits - 1); ++tick) cycle(false, {});
            }
    }
    return rows;
}

// sar_logic and ramp_counter have the same ports.
template <class Logic>
ExportCase adc_case(const std::string& module, int bits, std::uint64_t seed, std::int64_t vectors) {
    const std::string name = fmt::format("{}{}", module, bits);
    ExportCase rows(name, module, {{"Bits", bits}}, true, {{"rst_ni"}, {"start_i"}, {"compare_i"}},
                    {{"trial_o", bits}, {"done_o"}, {"code_o", bits}});
    typename Logic::State state;
    const auto cycle = [&](bool reset, bool start, bool compare) {
        if (reset) state = {};
        const auto outputs = Logic::outputs(state);
        rows.add_row({!reset, start, compare},
                     {bits_of(outputs.trial), outputs.done, bits_of(outputs.code)});
        if (!reset) state = Logic::next(state, {start, compare}, bits);
    };
    cycle(true, false, false);
    const RandomStream random(seed, name);
    for (std::int64_t i = 0; i < vectors; ++i) {
        RowDraws draws(random, i);
        const int mood = static_cast<int>((i >> 6) & 3);
        const bool compare = mood == 0 ? draws.one_in(2) : (mood == 1) != draws.one_in(32);
        cycle(draws.one_in(512), draws.one_in(2 * Logic::cycles(bits)), compare);
    }
    // A charge between every two thresholds, and beyond both ends.
    const int span = 1 << (bits - 1);
    for (int charge = -span; charge <= span; ++charge) {
        cycle(false, true, false);
        for (int i = 0; i < Logic::cycles(bits); ++i)
            cycle(false, false, charge >= Logic::outputs(state).trial);
    }
    return rows;
}

ExportCase mux_case() {
    constexpr int columns = 16, mux = 4, adcs = columns / mux;
    ExportCase rows("adc_mux", "adc_mux", {{"Columns", columns}, {"Mux", mux}}, false,
                    {{"first_i", 4}, {"count_i", 5}, {"phase_i", 2}},
                    {{"select_o", 2 * adcs}, {"enable_o", adcs}});
    for (int first = 0; first < columns; ++first)
        for (int count = 1; first + count <= columns; ++count)
            for (int phase = 0; phase < mux; ++phase) {
                UInt128 select = 0, enable = 0;
                for (int a = 0; a < adcs; ++a) {
                    const AdcMux::Choice choice = AdcMux::choose(adcs, first, count, phase, a);
                    select |= static_cast<UInt128>(choice.select % mux) << (2 * a);
                    enable |= UInt128{choice.enable} << a;
                }
                rows.add_row({static_cast<UInt128>(first), static_cast<UInt128>(count),
                              static_cast<UInt128>(phase)},
                             {select, enable});
            }
    return rows;
}

ExportCase sum_case(std::uint64_t seed, std::int64_t vectors) {
    constexpr int mux = 3;
    ExportCase rows("shift_add", "shift_add", {{"Mux", mux}}, true,
                    {{"rst_ni"},
                     {"valid_i"},
                     {"clear_i"},
                     {"negate_i"},
                     {"shift_i", 3},
                     {"select_i", 2},
                     {"code_i", 8}},
                    {{"sum_o", ShiftAdd::sum_bits}});
    ShiftAdd::State state{std::vector<std::int32_t>(mux)};
    const auto cycle = [&](bool reset, const ShiftAdd::Inputs& inputs) {
        if (reset) state.sums.assign(mux, 0);
        rows.add_row(
            {!reset, inputs.valid, inputs.clear, inputs.negate, static_cast<UInt128>(inputs.shift),
             static_cast<UInt128>(inputs.select), bits_of(inputs.code)},
            {bits_of(ShiftAdd::sum(state, inputs))});
        if (!reset) state = ShiftAdd::next(state, inputs);
    };
    cycle(true, {});
    const RandomStream random(seed, "shift_add");
    std::array<int, mux> weight{};  // of the shifts in a sum: what could overflow starts anew
    for (std::int64_t i = 0; i < vectors; ++i) {
        RowDraws draws(random, i);
        const bool reset = draws.one_in(512);
        ShiftAdd::Inputs inputs{!draws.one_in(4), false,
                                draws.one_in(2),  draws.below(8),
                                draws.below(mux), draws.below(255) - 127};
        int& sum = weight[static_cast<std::size_t>(inputs.select)];
        inputs.clear = draws.one_in(16) || sum + (1 << inputs.shift) > 15 * 255;
        if (reset)
            weight = {};
        else if (inputs.valid)
            sum = (inputs.clear ? 0 : sum) + (1 << inputs.shift);
        cycle(reset, inputs);
    }
    return rows;
}

// Layers that follow each other, whole positions, waits on all sides.
ExportCase digital_case(const std::string& name, const CimDigital::Config& config,
                        std::uint64_t seed, std::int64_t vectors) {
    const int bits = config.adc_bits, adcs = config.adcs();
    ExportCase rows(name, "cim_digital",
                    {{"DacBits", config.dac_bits},
                     {"AdcBits", bits},
                     {"Ramp", config.ramp ? 1 : 0},
                     {"HoldColumns", config.sequence.hold_columns ? 1 : 0}},
                    true,
                    {{"rst_ni"},
                     {"mode_i", 2},
                     {"low_bits_i", 3},
                     {"tiles_i", 4},
                     {"first_i", 3},
                     {"count_i", 4},
                     {"slices_i", 3},
                     {"slice_bits_i", 3},
                     {"valid_i"},
                     {"codes_i", 128},
                     {"compare_i", adcs},
                     {"bias_i", 32},
                     {"mantissa_i", 32},
                     {"shift_i", 6},
                     {"ready_i"}},
                    {{"ready_o"},
                     {"pulse_o", 16},
                     {"negative_o", 16},
                     {"select_o", adcs},
                     {"enable_o", adcs},
                     {"sample_o"},
                     {"trial_o", adcs * bits},
                     {"take_o"},
                     {"code_o", adcs * bits},
                     {"output_o", 3},
                     {"valid_o"},
                     {"value_o", 16, "valid_o"}});
    CimDigital::State state = CimDigital::initial(config);
    const auto packed = [&](const std::vector<int>& numbers, int width) {
        UInt128 all = 0;
        for (std::size_t a = 0; a < numbers.size(); ++a)
            all |= (bits_of(numbers[a]) & ((UInt128{1} << width) - 1))
                   << (width * static_cast<int>(a));
        return all;
    };
    const auto cycle = [&](bool reset, CimDigital::Inputs& inputs, const std::vector<int>& charge) {
        if (reset) state = CimDigital::initial(config);
        CimDigital::Outputs out = CimDigital::outputs(state, inputs, config);
        inputs.compare = 0;
        for (std::size_t a = 0; a < charge.size(); ++a)
            inputs.compare |= std::uint64_t{charge[a] >= out.trial[a]} << a;
        out = CimDigital::outputs(state, inputs, config);
        UInt128 codes = 0;
        for (std::size_t r = 0; r < inputs.codes.size(); ++r)
            codes |= UInt128{static_cast<std::uint8_t>(inputs.codes[r])} << (8 * r);
        const CimDigital::Layer& layer = inputs.layer;
        const auto port = [](int value) { return static_cast<UInt128>(value); };
        rows.add_row(
            {!reset, port(static_cast<int>(layer.mode)), port(layer.low_bits), port(layer.tiles),
             port(layer.first_column), port(layer.columns), port(layer.slices),
             port(layer.slice_bits), inputs.valid, codes, inputs.compare, bits_of(inputs.bias),
             bits_of(inputs.mantissa), bits_of(inputs.shift), inputs.ready},
            {out.ready, out.pulse, out.negative, packed(out.select, 1), out.enable, out.sample,
             packed(out.trial, bits), out.take, packed(out.code, bits), port(out.output), out.valid,
             bits_of(out.value)});
        if (!reset) state = CimDigital::next(state, inputs, config);
        return out;
    };
    const auto idle = [&] {
        const auto& stages = state.requantizer.stages;
        return !state.sequencer.active && !state.sequencer.converting &&
               state.sequencer.tile == 0 && state.drain.left == 0 && !stages[0] && !stages[1] &&
               !stages[2];
    };

    CimDigital::Inputs inputs;
    inputs.codes.resize(16);
    std::vector<int> charge(static_cast<std::size_t>(adcs));
    cycle(true, inputs, charge);
    const RandomStream random(seed, name);
    int vectors_left = 0;
    for (std::int64_t i = 0; i < vectors; ++i) {
        RowDraws draws(random, i);
        if (idle() && vectors_left == 0) {
            CimDigital::Layer& layer = inputs.layer;
            layer.mode = static_cast<InputMode>(draws.below(3));
            layer.low_bits = 1 + draws.below(config.dac_bits - 2);
            layer.tiles = 1 + draws.below(3);
            layer.slices = 1 + draws.below(3);
            layer.slice_bits = std::array{7, 4, 3}[static_cast<std::size_t>(layer.slices - 1)];
            layer.columns = layer.slices * (1 + draws.below(config.columns / layer.slices));
            layer.first_column = draws.below(config.columns - layer.columns + 1);
            vectors_left = layer.tiles * (1 + draws.below(3));
        }
        const bool reset = draws.one_in(2048);
        const int mood = static_cast<int>((i >> 7) & 3);
        inputs.valid = vectors_left != 0 && ((mood & 1) == 0 || draws.one_in(8));
        for (std::int8_t& next : inputs.codes)
            next = inputs.valid ? static_cast<std::int8_t>(draws.bits()) : std::int8_t{0};
        inputs.ready = (mood & 2) != 0 ? draws.one_in(16) : !draws.one_in(4);
        inputs.bias = static_cast<std::int32_t>(draws.bits()) >> (8 + draws.below(24));
        inputs.mantissa = (1 << 30) + draws.below(1 << 30);
        inputs.shift = draws.below(16) - 4;
        const CimDigital::Outputs out = cycle(reset, inputs, charge);
        if (reset) vectors_left = 0;
        if (inputs.valid && out.ready && !reset) --vectors_left;
        if (out.sample || out.take)
            for (int& next : charge) next = draws.below(2 << bits) - (1 << bits);
    }
    return rows;
}

}  // namespace

std::vector<ExportCase> cim_export_cases(std::uint64_t seed, std::int64_t vectors) {
    std::vector<ExportCase> cases;
    for (const int bits : {4, 8}) cases.push_back(driver_case(bits, seed, vectors));
    for (const int bits : {4, 8})
        cases.push_back(adc_case<SarLogic>("sar_logic", bits, seed, vectors));
    for (const int bits : {4, 8})
        cases.push_back(adc_case<RampCounter>("ramp_counter", bits, seed, vectors));
    cases.push_back(mux_case());
    cases.push_back(sum_case(seed, vectors));
    // The sequencer and the drain are driven by what they are made for.
    cases.push_back(digital_case("cim_digital_ramp", {.dac_bits = 4, .adc_bits = 4, .sequence = {}},
                                 seed, vectors));
    cases.push_back(digital_case(
        "cim_digital_sar", {.ramp = false, .sequence = {.hold_columns = true}}, seed, vectors));
    return cases;
}

}  // namespace bitloom
