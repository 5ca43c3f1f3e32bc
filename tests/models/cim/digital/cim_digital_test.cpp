// SPDX-License-Identifier: Apache-2.0
// Time and values of the digital half against closed forms.
#include "models/cim/digital/cim_digital.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bitloom {
namespace {

// Pulses of every row in one shot of a pass.
TEST(PwmDriver, PulsesAreThoseOfTheConverter) {
    for (int bits = 2; bits <= 8; ++bits)
        for (const InputMode mode : {InputMode::pwm, InputMode::split_pwm, InputMode::bit_serial})
            for (int low = 1; low <= std::max(1, bits - 2); ++low) {
                if (mode == InputMode::split_pwm && low > bits - 2) continue;
                DacConfig dac;
                dac.mode = mode;
                dac.bits = bits;
                dac.split_low_bits = low;
                const auto passes = static_cast<int>(input_passes(dac).size());
                for (int code = -largest_input(dac); code <= largest_input(dac); ++code)
                    for (int pass = 0; pass < passes; ++pass) {
                        PwmDriver::State state = PwmDriver::next(
                            {}, {.load = true, .code = static_cast<std::int8_t>(code)}, bits);
                        state = PwmDriver::next(state, {false, 0, mode, low, pass, true}, bits);
                        int ticks = 0;
                        for (int cycle = 0; cycle < 130; ++cycle) {
                            const auto outputs = PwmDriver::outputs(state);
                            if (outputs.pulse) ticks += outputs.negative ? -1 : 1;
                            state = PwmDriver::next(state, {}, bits);
                        }
                        ASSERT_EQ(ticks, pulse_ticks(dac, pass, code))
                            << "bits " << bits << " code " << code << " pass " << pass;
                    }
            }
}

struct Times {
    std::vector<std::int64_t> sample, take, value;  // cycles; 0 takes the first vector
};

// Positions one after another without a wait on either side; comparators that say no.
Times run(const CimDigital::Config& config, const CimDigital::Layer& layer, int positions,
          std::int64_t cycles) {
    CimDigital::State state = CimDigital::initial(config);
    CimDigital::Inputs inputs;
    inputs.layer = layer;
    inputs.codes.assign(static_cast<std::size_t>(config.rows), 127);
    inputs.ready = true;
    Times times;
    int left = positions * layer.tiles;
    for (std::int64_t cycle = 0; cycle < cycles; ++cycle) {
        inputs.valid = left != 0;
        const CimDigital::Outputs outputs = CimDigital::outputs(state, inputs, config);
        if (outputs.sample) times.sample.push_back(cycle);
        if (outputs.take) times.take.push_back(cycle);
        if (outputs.valid) times.value.push_back(cycle);
        if (inputs.valid && outputs.ready) --left;
        state = CimDigital::next(state, inputs, config);
    }
    EXPECT_EQ(left, 0);
    return times;
}

CimDigital::Config core(int bits, bool ramp, bool hold_columns) {
    CimDigital::Config config;
    config.columns = 16;
    config.mux = 4;
    config.dac_bits = config.adc_bits = bits;
    config.ramp = ramp;
    config.sequence.hold_columns = hold_columns;
    return config;
}

// A phase of 130, 34 and 10 cycles at 8, 6 and 4 bits, whatever the columns and the tiles.
TEST(CimDigital, PhasesOfPwmAndRampFollowEachOtherAt2ToTheBitsLessOnePlus2) {
    for (const auto& [bits, phase] : {std::pair{8, 130}, std::pair{6, 34}, std::pair{4, 10}})
        for (const int tiles : {1, 3})
            for (const int columns : {1, 4, 5, 16}) {
                CimDigital::Layer layer;
                layer.tiles = tiles;
                layer.columns = columns;
                const int phases = AdcMux::phases(4, columns), positions = 2;
                const std::int64_t shots = positions * tiles * phases;
                const CimDigital::Config config = core(bits, true, false);
                const Times times = run(config, layer, positions, (shots + 3) * phase);
                ASSERT_EQ(std::ssize(times.sample), shots);
                ASSERT_EQ(std::ssize(times.take), shots);
                for (std::int64_t i = 0; i < shots; ++i) {
                    const auto at = static_cast<std::size_t>(i);
                    EXPECT_EQ(times.sample[at], (i + 1) * phase);
                    EXPECT_EQ(times.take[at],
                              times.sample[at] + CimDigital::conversion_cycles(config));
                }
                EXPECT_EQ(std::ssize(times.value), positions * columns);
                // The first column of a phase is in the drain a cycle after its code was taken.
                EXPECT_EQ(times.value.front(),
                          times.take[static_cast<std::size_t>((tiles - 1) * phases)] + 1 +
                              Requantizer::latency_cycles);
            }
}

// Bit-serial inputs and a charge a column: a pass takes the larger of its shot and its conversions,
// and those of the last one are a tail.
TEST(CimDigital, PassesOfBitSerialAndSarTakeTheLargerOfShotAndConversions) {
    for (const int bits : {3, 4, 8})
        for (const int columns : {1, 4, 5, 16}) {
            CimDigital::Layer layer;
            layer.mode = InputMode::bit_serial;
            layer.columns = columns;
            const CimDigital::Config config = core(bits, false, true);
            const int phases = AdcMux::phases(4, columns), positions = 3;
            const std::int64_t shot = 4, conversions = phases * (bits + 1);
            const std::int64_t pass = std::max(shot, conversions);
            const std::int64_t shots = positions * bits;
            const Times times = run(config, layer, positions, (shots + 2) * (pass + shot));
            ASSERT_EQ(std::ssize(times.sample), shots);
            ASSERT_EQ(std::ssize(times.take), shots * phases);
            for (std::int64_t i = 0; i < shots; ++i) {
                const std::int64_t sample = shot + i * pass;
                EXPECT_EQ(times.sample[static_cast<std::size_t>(i)], sample);
                for (std::int64_t p = 0; p < phases; ++p)
                    EXPECT_EQ(times.take[static_cast<std::size_t>(i * phases + p)],
                              sample + (p + 1) * (bits + 1));
            }
        }
}

// One pass of ISAAC: 128 columns share a converter; with a conversion a cycle that would be 128
// cycles, with b + 1 it is 9 times as many.
TEST(CimDigital, OneAdcConvertsAllColumnsInTurn) {
    CimDigital::Config config = core(8, false, true);
    config.columns = config.mux = 128;
    CimDigital::Layer layer;
    layer.mode = InputMode::bit_serial;
    layer.columns = 128;
    const Times times = run(config, layer, 1, 8 * 128 * 9 + 400);
    ASSERT_EQ(times.take.size(), 8u * 128u);
    EXPECT_EQ(times.take.back() - times.sample.front(), 8 * 128 * 9);
    EXPECT_EQ(times.value.size(), 128u);
}

// Results that nobody takes stop the core, step by step, and it goes on where it was.
TEST(CimDigital, ResultsThatWaitStopTheCoreAndNothingIsLost) {
    const CimDigital::Config config = core(4, true, false);
    CimDigital::Layer layer;
    layer.columns = 16;
    CimDigital::State state = CimDigital::initial(config);
    CimDigital::Inputs inputs;
    inputs.layer = layer;
    inputs.valid = true;
    inputs.codes.assign(16, 7);
    const auto step = [&] {
        const CimDigital::Outputs outputs = CimDigital::outputs(state, inputs, config);
        // ADC a answers as if its charge were that of code a.
        inputs.compare = 0;
        for (std::size_t a = 0; a < 4; ++a)
            if (static_cast<int>(a) >= outputs.trial[a]) inputs.compare |= std::uint64_t{1} << a;
        inputs.bias = outputs.output * 4096;
        inputs.mantissa = 1 << 30;  // a half
        const CimDigital::Outputs now = CimDigital::outputs(state, inputs, config);
        state = CimDigital::next(state, inputs, config);
        return now;
    };
    for (int cycle = 0; cycle < 500; ++cycle) step();
    const CimDigital::State stopped = state;
    step();
    EXPECT_TRUE(state == stopped);
    inputs.ready = true;
    std::vector<int> values;
    while (values.size() < 64) {
        const CimDigital::Outputs outputs = step();
        if (outputs.valid) values.push_back(outputs.value);
    }
    for (int i = 0; i < 64; ++i)
        EXPECT_EQ(values[static_cast<std::size_t>(i)], (i % 4 * 256 + i % 16 * 4096) / 2) << i;
}

}  // namespace
}  // namespace bitloom
