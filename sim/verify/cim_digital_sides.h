// SPDX-License-Identifier: Apache-2.0
// The two sides of a comparison of cim_digital: a Verilated model and CimDigital.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/cim/digital/cim_digital.h"
#include "sim/verify/adc_logic_check.h"
#include "sim/verify/verilated_model.h"

namespace bitloom {

struct CimDigitalInputs : CimDigital::Inputs {
    bool reset = false;
    std::string describe() const {
        return fmt::format(
            "reset {:d} mode {} low bits {} tiles {} block {}+{} slices {} of {}; valid "
            "{:d} codes {} compare 0x{:x} bias {} mantissa {} shift {} ready {:d}",
            reset, static_cast<int>(layer.mode), layer.low_bits, layer.tiles, layer.first_column,
            layer.columns, layer.slices, layer.slice_bits, valid, fmt::join(codes, " "), compare,
            bias, mantissa, shift, ready);
    }
};

struct CimDigitalOutputs : CimDigital::Outputs {
    // Codes, trials and selects are shown of ADC 0 only.
    static constexpr int bit_count = 60;
    std::uint64_t bits() const {
        std::uint64_t all = static_cast<std::uint16_t>(value);
        all = all << 16 | (pulse & 0xffff);
        all = all << 8 | static_cast<std::uint8_t>(trial[0]);
        all = all << 8 | static_cast<std::uint8_t>(code[0]);
        all = all << 4 | (enable & 15);
        all = all << 3 | static_cast<std::uint64_t>(output);
        for (const bool bit : {ready, sample, take, valid, select[0] != 0})
            all = all << 1 | (bit ? 1 : 0);
        return all;
    }
    std::string describe() const {
        return fmt::format(
            "ready {:d} pulse 0x{:x} negative 0x{:x} select {} enable 0x{:x} sample {:d} trial {} "
            "take {:d} code {} output {} valid {:d} value {}",
            ready, pulse, negative, fmt::join(select, " "), enable, sample, fmt::join(trial, " "),
            take, fmt::join(code, " "), output, valid, value);
    }
};

// V has 16 rows and at most 4 ADCs with a mux of 2.
template <class V>
class CimDigitalRtl {
public:
    using Inputs = CimDigitalInputs;
    using Outputs = CimDigitalOutputs;

    CimDigitalRtl(const CimDigital::Config& config, std::uint64_t seed,
                  RtlCoverage* coverage = nullptr)
        : config_(config), model_(seed, coverage) {
        // Power-up levels are random: a block that there is not would end the simulation.
        model_.pins().first_i = 0;
        model_.pins().count_i = 1;
        model_.reset();
    }

    Outputs observe(const Inputs& inputs) {
        V& pins = model_.pins();
        const CimDigital::Layer& layer = inputs.layer;
        pins.rst_ni = !inputs.reset;
        pins.mode_i = static_cast<std::uint8_t>(layer.mode);
        pins.low_bits_i = static_cast<std::uint8_t>(layer.low_bits);
        pins.tiles_i = static_cast<std::uint8_t>(layer.tiles);
        pins.first_i = static_cast<std::uint8_t>(layer.first_column);
        pins.count_i = static_cast<std::uint8_t>(layer.columns);
        pins.slices_i = static_cast<std::uint8_t>(layer.slices);
        pins.slice_bits_i = static_cast<std::uint8_t>(layer.slice_bits);
        pins.valid_i = inputs.valid;
        for (std::size_t word = 0; word < 4; ++word) pins.codes_i[word] = 0;
        for (std::size_t r = 0; r < inputs.codes.size(); ++r)
            pins.codes_i[r / 4] |=
                static_cast<std::uint32_t>(static_cast<std::uint8_t>(inputs.codes[r]))
                << (8 * (r % 4));
        pins.compare_i = static_cast<std::uint8_t>(inputs.compare);
        pins.bias_i = static_cast<std::uint32_t>(inputs.bias);
        pins.mantissa_i = static_cast<std::uint32_t>(inputs.mantissa);
        pins.shift_i = static_cast<std::uint8_t>(inputs.shift & 63);
        pins.ready_i = inputs.ready;
        model_.settle();

        Outputs out;
        out.ready = pins.ready_o != 0;
        out.pulse = pins.pulse_o;
        out.negative = pins.negative_o;
        out.enable = pins.enable_o;
        out.sample = pins.sample_o != 0;
        out.take = pins.take_o != 0;
        for (int a = 0; a < config_.adcs(); ++a) {
            out.select.push_back((pins.select_o >> a) & 1);
            const int bits = config_.adc_bits;
            out.trial.push_back(signed_port(pins.trial_o >> (a * bits), bits));
            out.code.push_back(signed_port(pins.code_o >> (a * bits), bits));
        }
        out.output = pins.output_o;
        out.valid = pins.valid_o != 0;
        out.value = out.valid ? static_cast<std::int16_t>(pins.value_o) : std::int16_t{0};
        return out;
    }
    void edge(const Inputs&) { model_.edge(); }

private:
    CimDigital::Config config_;
    VerilatedModel<V> model_;
};

class CimDigitalModel {
public:
    using Inputs = CimDigitalInputs;
    using Outputs = CimDigitalOutputs;

    explicit CimDigitalModel(const CimDigital::Config& config)
        : config_(config), state_(CimDigital::initial(config)) {}

    Outputs observe(const Inputs& inputs) {
        if (inputs.reset) state_ = CimDigital::initial(config_);
        return {CimDigital::outputs(state_, inputs, config_)};
    }
    void edge(const Inputs& inputs) {
        if (!inputs.reset) state_ = CimDigital::next(state_, inputs, config_);
    }
    const CimDigital::State& state() const { return state_; }
    const CimDigital::Config& config() const { return config_; }

    // Nothing is inside: another layer may begin.
    bool idle() const {
        const auto& stages = state_.requantizer.stages;
        return !state_.sequencer.active && !state_.sequencer.converting &&
               state_.sequencer.tile == 0 && state_.drain.left == 0 && !stages[0] && !stages[1] &&
               !stages[2];
    }

private:
    CimDigital::Config config_;
    CimDigital::State state_;
};

}  // namespace bitloom
