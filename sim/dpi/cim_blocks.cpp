// SPDX-License-Identifier: Apache-2.0
// The blocks of the digital half of an analog core behind the ports of their RTL.
#include <bit>

#include "models/base/error.h"
#include "models/cim/digital/cim_digital.h"
#include "sim/dpi/block.h"

namespace bitloom {

namespace {

using Parameters = std::vector<BlockParameter>;

// Bits that tell `count` things apart, at least 1: $clog2 of the RTL.
int index_bits(int count) {
    return count > 1 ? static_cast<int>(std::bit_width(static_cast<unsigned>(count - 1))) : 1;
}

class PwmDriverBlock final : public Block {
public:
    explicit PwmDriverBlock(const Parameters& parameters)
        : Block("pwm_driver"), bits_(parameters[0].value) {
        input("load_i", 1);
        input("code_i", 8, true);
        input("mode_i", 2);
        input("low_bits_i", 3);
        input("pass_i", 3);
        input("start_i", 1);
        output("pulse_o", 1);
        output("negative_o", 1);
    }
    void reset() override { state_ = {}; }
    void edge() override {
        PwmDriver::Inputs inputs{in("load_i") != 0,
                                 static_cast<std::int8_t>(in("code_i")),
                                 InputMode::pwm,
                                 static_cast<int>(in("low_bits_i")),
                                 static_cast<int>(in("pass_i")),
                                 in("start_i") != 0};
        inputs.mode = static_cast<InputMode>(in_range("mode_i", 0, 2));
        state_ = PwmDriver::next(state_, inputs, bits_);
    }

private:
    void evaluate() override {
        out("pulse_o", PwmDriver::outputs(state_).pulse);
        out("negative_o", PwmDriver::outputs(state_).negative);
    }
    int bits_;
    PwmDriver::State state_;
};

// sar_logic and ramp_counter have the same ports.
template <class Logic>
class AdcBlock final : public Block {
public:
    explicit AdcBlock(const Parameters& parameters)
        : Block(std::is_same_v<Logic, SarLogic> ? "sar_logic" : "ramp_counter"),
          bits_(parameters[0].value) {
        input("start_i", 1);
        input("compare_i", 1);
        output("trial_o", bits_, true);
        output("done_o", 1);
        output("code_o", bits_, true);
    }
    void reset() override { state_ = {}; }
    void edge() override {
        state_ = Logic::next(state_, {in("start_i") != 0, in("compare_i") != 0}, bits_);
    }

private:
    void evaluate() override {
        const auto now = Logic::outputs(state_);
        out("trial_o", now.trial);
        out("done_o", now.done);
        out("code_o", now.code);
    }
    int bits_;
    typename Logic::State state_;
};

class AdcMuxBlock final : public Block {
public:
    explicit AdcMuxBlock(const Parameters& parameters)
        : Block("adc_mux"), columns_(parameters[0].value), mux_(parameters[1].value) {
        if (columns_ % mux_ != 0)
            fail("adc_mux: Columns = {}: must be a multiple of Mux = {}", columns_, mux_);
        input("first_i", index_bits(columns_));
        input("count_i", index_bits(columns_) + 1);
        input("phase_i", index_bits(mux_));
        output("select_o", columns_ / mux_ * index_bits(mux_));
        output("enable_o", columns_ / mux_);
    }
    void reset() override {}
    void edge() override {}

private:
    void evaluate() override {
        const int adcs = columns_ / mux_;
        const auto first = static_cast<int>(in_range("first_i", 0, columns_ - 1));
        const auto count = static_cast<int>(in_range("count_i", 1, columns_ - first));
        const auto phase = static_cast<int>(in_range("phase_i", 0, mux_ - 1));
        for (int adc = 0; adc < adcs; ++adc) {
            const AdcMux::Choice choice = AdcMux::choose(adcs, first, count, phase, adc);
            out_part("select_o", index_bits(mux_), adc,
                     static_cast<std::uint64_t>(choice.select % mux_));
            out_part("enable_o", 1, adc, choice.enable);
        }
    }
    int columns_, mux_;
};

class PhaseSequencerBlock final : public Block {
public:
    explicit PhaseSequencerBlock(const Parameters& parameters)
        : Block("cim_phase_sequencer"),
          config_{parameters[0].value, parameters[1].value, parameters[3].value != 0},
          mux_(parameters[2].value) {
        input("tiles_i", 4);
        input("passes_i", 4);
        input("phases_i", index_bits(mux_) + 1);
        input("window_i", 8);
        input("valid_i", 1);
        input("converted_i", 1);
        input("ready_i", 1);
        for (const char* name : {"ready_o", "start_o", "sample_o", "convert_o", "take_o",
                                 "take_clear_o", "take_last_o"})
            output(name, 1);
        for (const char* name : {"pass_o", "take_pass_o"}) output(name, 3);
        for (const char* name : {"phase_o", "take_phase_o"}) output(name, index_bits(mux_));
    }
    void reset() override { state_ = {}; }
    void edge() override { state_ = CimPhaseSequencer::next(state_, inputs(), config_); }

private:
    CimPhaseSequencer::Inputs inputs() const {
        const auto port = [this](const char* name, int high) {
            return static_cast<int>(in_range(name, 1, high));
        };
        return {in("valid_i") != 0,
                in("converted_i") != 0,
                in("ready_i") != 0,
                {port("tiles_i", 15), port("passes_i", 8), port("phases_i", mux_),
                 port("window_i", 255)}};
    }
    void evaluate() override {
        const auto now = CimPhaseSequencer::outputs(state_, inputs(), config_);
        out("ready_o", now.ready);
        out("start_o", now.start);
        out("pass_o", now.pass);
        out("phase_o", now.phase);
        out("sample_o", now.sample);
        out("convert_o", now.convert);
        out("take_o", now.take);
        out("take_pass_o", now.take_pass);
        out("take_phase_o", now.take_phase);
        out("take_clear_o", now.take_clear);
        out("take_last_o", now.take_last);
    }
    CimPhaseSequencer::Config config_;
    int mux_;
    CimPhaseSequencer::State state_;
};

class ShiftAddBlock final : public Block {
public:
    explicit ShiftAddBlock(const Parameters& parameters)
        : Block("shift_add"), mux_(parameters[1].value) {
        input("valid_i", 1);
        input("clear_i", 1);
        input("negate_i", 1);
        input("shift_i", 3);
        input("select_i", index_bits(mux_));
        input("code_i", parameters[0].value, true);
        output("sum_o", ShiftAdd::sum_bits, true);
        ShiftAddBlock::reset();
    }
    void reset() override { state_.sums.assign(static_cast<std::size_t>(mux_), 0); }
    void edge() override { state_ = ShiftAdd::next(state_, inputs()); }

private:
    ShiftAdd::Inputs inputs() const {
        return {in("valid_i") != 0,
                in("clear_i") != 0,
                in("negate_i") != 0,
                static_cast<int>(in("shift_i")),
                static_cast<int>(in_range("select_i", 0, mux_ - 1)),
                static_cast<int>(in("code_i"))};
    }
    void evaluate() override { out("sum_o", ShiftAdd::sum(state_, inputs())); }
    int mux_;
    ShiftAdd::State state_;
};

class DrainBlock final : public Block {
public:
    explicit DrainBlock(const Parameters& parameters)
        : Block("cim_drain"), adcs_(parameters[0].value), columns_(parameters[1].value) {
        if (columns_ < adcs_)
            fail("cim_drain: Columns = {}: must be at least Adcs = {}", columns_, adcs_);
        input("slices_i", 3);
        input("slice_bits_i", 3);
        input("valid_i", 1);
        input("sums_i", adcs_ * ShiftAdd::sum_bits);
        input("first_i", index_bits(adcs_));
        input("count_i", index_bits(adcs_) + 1);
        input("restart_i", 1);
        input("ready_i", 1);
        input("bias_i", 32, true);
        output("ready_o", 1);
        output("valid_o", 1);
        output("output_o", index_bits(columns_));
        output("psum_o", 32, true);
        DrainBlock::reset();
    }
    void reset() override {
        state_ = {};
        state_.sums.assign(static_cast<std::size_t>(adcs_), 0);
    }
    void edge() override { state_ = CimDrain::next(state_, inputs(), 1 << index_bits(columns_)); }

private:
    CimDrain::Inputs inputs() const {
        CimDrain::Inputs inputs;
        inputs.slices = static_cast<int>(in_range("slices_i", 1, 7));
        inputs.slice_bits = static_cast<int>(in_range("slice_bits_i", 1, 7));
        inputs.valid = in("valid_i") != 0;
        for (int adc = 0; adc < adcs_; ++adc) {
            constexpr int above = 32 - ShiftAdd::sum_bits;
            const auto bits =
                static_cast<std::uint32_t>(in_part("sums_i", ShiftAdd::sum_bits, adc));
            inputs.sums.push_back(static_cast<std::int32_t>(bits << above) >> above);
        }
        inputs.first = static_cast<int>(in_range("first_i", 0, adcs_ - 1));
        inputs.count = static_cast<int>(in_range("count_i", inputs.valid ? 1 : 0, adcs_));
        inputs.restart = in("restart_i") != 0;
        inputs.ready = in("ready_i") != 0;
        inputs.bias = static_cast<std::int32_t>(in("bias_i"));
        return inputs;
    }
    void evaluate() override {
        const CimDrain::Outputs now = CimDrain::outputs(state_, inputs());
        out("ready_o", now.ready);
        out("valid_o", now.valid);
        out("output_o", now.output);
        out("psum_o", now.psum);
    }
    int adcs_, columns_;
    CimDrain::State state_;
};

class CimDigitalBlock final : public Block {
public:
    explicit CimDigitalBlock(const Parameters& p)
        : Block("cim_digital"),
          config_{.rows = p[0].value,
                  .columns = p[1].value,
                  .mux = p[2].value,
                  .dac_bits = p[3].value,
                  .adc_bits = p[4].value,
                  .ramp = p[5].value != 0,
                  .sequence = {p[7].value, p[8].value, p[6].value != 0}} {
        if (config_.columns % config_.mux != 0)
            fail("cim_digital: Columns = {}: must be a multiple of Mux = {}", config_.columns,
                 config_.mux);
        const int adcs = config_.adcs(), column_bits = index_bits(config_.columns);
        input("mode_i", 2);
        input("low_bits_i", 3);
        input("tiles_i", 4);
        input("first_i", column_bits);
        input("count_i", column_bits + 1);
        input("slices_i", 3);
        input("slice_bits_i", 3);
        input("valid_i", 1);
        input("codes_i", 8 * config_.rows);
        input("compare_i", adcs);
        input("bias_i", 32, true);
        input("mantissa_i", 32, true);
        input("shift_i", 6, true);
        input("ready_i", 1);
        for (const char* name : {"ready_o", "sample_o", "take_o", "valid_o"}) output(name, 1);
        output("pulse_o", config_.rows);
        output("negative_o", config_.rows);
        output("select_o", adcs * index_bits(config_.mux));
        output("enable_o", adcs);
        output("trial_o", adcs * config_.adc_bits);
        output("code_o", adcs * config_.adc_bits);
        output("output_o", column_bits);
        output("value_o", 16, true);
        CimDigitalBlock::reset();
    }
    void reset() override { state_ = CimDigital::initial(config_); }
    void edge() override { state_ = CimDigital::next(state_, inputs(), config_); }

private:
    CimDigital::Inputs inputs() const {
        const auto port = [this](const char* name, int low, int high) {
            return static_cast<int>(in_range(name, low, high));
        };
        CimDigital::Inputs inputs;
        CimDigital::Layer& layer = inputs.layer;
        layer.mode = static_cast<InputMode>(port("mode_i", 0, 2));
        layer.low_bits = port("low_bits_i", layer.mode == InputMode::split_pwm ? 1 : 0,
                              std::max(1, config_.dac_bits - 2));
        layer.tiles = port("tiles_i", 1, 15);
        layer.first_column = port("first_i", 0, config_.columns - 1);
        layer.columns = port("count_i", 1, config_.columns - layer.first_column);
        layer.slices = port("slices_i", 1, 7);
        layer.slice_bits = port("slice_bits_i", 1, 7);
        inputs.valid = in("valid_i") != 0;
        for (int row = 0; row < config_.rows; ++row)
            inputs.codes.push_back(static_cast<std::int8_t>(in_part("codes_i", 8, row)));
        inputs.compare = in_part("compare_i", config_.adcs(), 0);
        inputs.bias = static_cast<std::int32_t>(in("bias_i"));
        inputs.mantissa = static_cast<std::int32_t>(in("mantissa_i"));
        inputs.shift = port("shift_i", -30, 31);
        inputs.ready = in("ready_i") != 0;
        return inputs;
    }
    void evaluate() override {
        const CimDigital::Outputs now = CimDigital::outputs(state_, inputs(), config_);
        out("ready_o", now.ready);
        out("sample_o", now.sample);
        out("take_o", now.take);
        out("valid_o", now.valid);
        out_part("pulse_o", config_.rows, 0, now.pulse);
        out_part("negative_o", config_.rows, 0, now.negative);
        out_part("enable_o", config_.adcs(), 0, now.enable);
        for (int adc = 0; adc < config_.adcs(); ++adc) {
            const auto i = static_cast<std::size_t>(adc);
            out_part("select_o", index_bits(config_.mux), adc,
                     static_cast<std::uint64_t>(now.select[i]));
            out_part("trial_o", config_.adc_bits, adc, static_cast<std::uint64_t>(now.trial[i]));
            out_part("code_o", config_.adc_bits, adc, static_cast<std::uint64_t>(now.code[i]));
        }
        out("output_o", now.output);
        out("value_o", now.value);
    }
    CimDigital::Config config_;
    CimDigital::State state_;
};

template <class Made>
std::unique_ptr<Block> make(const Parameters& parameters) {
    return std::make_unique<Made>(parameters);
}

}  // namespace

std::vector<BlockEntry> cim_blocks() {
    return {{"pwm_driver", {{"Bits", 8, 2, 8}}, make<PwmDriverBlock>},
            {"cim_phase_sequencer",
             {{"SetupCycles", 1, 1, 63},
              {"EndCycles", 2, 1, 63},
              {"Mux", 2, 1, 256},
              {"HoldColumns", 0, 0, 1}},
             make<PhaseSequencerBlock>},
            {"adc_mux", {{"Columns", 8, 2, 1024}, {"Mux", 2, 1, 256}}, make<AdcMuxBlock>},
            {"sar_logic", {{"Bits", 8, 2, 8}}, make<AdcBlock<SarLogic>>},
            {"ramp_counter", {{"Bits", 8, 2, 8}}, make<AdcBlock<RampCounter>>},
            {"shift_add", {{"CodeBits", 8, 2, 8}, {"Mux", 2, 1, 256}}, make<ShiftAddBlock>},
            {"cim_drain", {{"Adcs", 4, 1, 64}, {"Columns", 8, 2, 1024}}, make<DrainBlock>},
            {"cim_digital",
             {{"Rows", 16, 1, 64},
              {"Columns", 8, 2, 1024},
              {"Mux", 2, 1, 256},
              {"DacBits", 8, 2, 8},
              {"AdcBits", 8, 2, 8},
              {"Ramp", 1, 0, 1},
              {"HoldColumns", 0, 0, 1},
              {"SetupCycles", 1, 1, 63},
              {"EndCycles", 2, 1, 63}},
             make<CimDigitalBlock>}};
}

}  // namespace bitloom
