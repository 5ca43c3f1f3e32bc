// SPDX-License-Identifier: Apache-2.0
// Input pulses: passes recombine to the code; errors have their distributions.
#include "models/cim/converter/dac.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "models/base/error.h"

namespace bitloom::test {
namespace {

std::vector<DacConfig> every_config() {
    std::vector<DacConfig> configs;
    for (int bits = 2; bits <= 8; ++bits) {
        configs.push_back({InputMode::pwm, bits});
        configs.push_back({InputMode::bit_serial, bits});
        for (int low = 1; low <= bits - 2; ++low)
            configs.push_back({InputMode::split_pwm, bits, low});
    }
    return configs;
}

TEST(Dac, PassesAddUpToTheCode) {
    for (const DacConfig& config : every_config()) {
        ASSERT_TRUE(problems(config).empty());
        const int largest = largest_input(config);
        const std::vector<InputPass> passes = input_passes(config);
        int longest = 0;
        for (int code = -largest; code <= largest; ++code) {
            int sum = 0;
            for (std::size_t p = 0; p < passes.size(); ++p) {
                const int ticks = pulse_ticks(config, static_cast<int>(p), code);
                longest = std::max(longest, std::abs(ticks));
                sum += (passes[p].negative ? -1 : 1) * ticks * (1 << passes[p].shift);
                const std::int8_t one[] = {static_cast<std::int8_t>(code)};
                std::int16_t many[1];
                pulse_ticks(config, static_cast<int>(p), one, many);
                ASSERT_EQ(many[0], ticks);
            }
            ASSERT_EQ(sum, code) << config.bits;
        }
        EXPECT_EQ(longest, longest_pulse(config));
        EXPECT_THROW(pulse_ticks(config, 0, largest + 1), InternalError);
    }
}

TEST(Dac, WithoutErrorsDrivesAreTicks) {
    const Dac dac({}, 1, 0, 8, "a");
    const std::vector<std::int8_t> codes = {-127, -1, 0, 1, 127};
    std::vector<std::int16_t> drive(5);
    dac.drive(codes, 3, 0, 99, drive);
    EXPECT_EQ(drive, (std::vector<std::int16_t>{-127, -1, 0, 1, 127}));
    EXPECT_EQ(drive_fraction_bits({}), 0);
    EXPECT_THROW(dac.drive(codes, 4, 0, 0, drive), InternalError);
    EXPECT_THROW(dac.drive(std::vector<std::int8_t>{-128, 0, 0, 0, 0}, 0, 0, 0, drive),
                 InternalError);
}

struct Moments {
    double mean = 0.0, sd = 0.0;
};

Moments moments(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    Moments m;
    for (const double value : values) m.mean += value / n;
    for (const double value : values) m.sd += (value - m.mean) * (value - m.mean) / n;
    m.sd = std::sqrt(m.sd);
    return m;
}

// Gain and offset are of a row, for good; jitter is of every pulse.
TEST(Dac, ErrorsHaveTheirSpreads) {
    DacConfig config;
    config.gain_sigma = 0.02;
    config.offset_ticks_sigma = 0.5;
    config.jitter_ticks_sigma = 0.25;
    constexpr std::int64_t rows = 4000;
    const Dac dac(config, 1, 3, rows, "a");
    ASSERT_EQ(drive_fraction_bits(config), 6);
    constexpr int events = 40;
    for (const int code : {100, -100, 20}) {
        std::vector<double> row_means(rows), within;
        std::vector<std::int16_t> drive(rows);
        std::vector<std::vector<double>> all(events);
        for (std::uint64_t e = 0; e < events; ++e) {
            dac.drive(std::vector<std::int8_t>(rows, static_cast<std::int8_t>(code)), 0, 0, e,
                      drive);
            for (std::size_t r = 0; r < rows; ++r) {
                all[e].push_back(drive[r] / 64.0 * (code < 0 ? -1 : 1));
                row_means[r] += all[e][r] / events;
            }
        }
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t e = 0; e < events; ++e)
                within.push_back((all[e][r] - row_means[r]) * std::sqrt(events / (events - 1.0)));
        const double ticks = std::abs(code);
        const Moments rows_found = moments(row_means), pulses = moments(within);
        const double of_rows = std::sqrt(0.02 * ticks * 0.02 * ticks + 0.25 + 0.0625 / events);
        const double accepted = 5.0 / std::sqrt(2.0 * rows);
        EXPECT_NEAR(rows_found.mean, ticks, 5.0 * of_rows / std::sqrt(1.0 * rows));
        EXPECT_NEAR(rows_found.sd / of_rows, 1.0, accepted);
        // Rounding to 1/64 tick adds its own 1/12.
        EXPECT_NEAR(pulses.sd / std::sqrt(0.0625 + 1.0 / (12 * 64 * 64)), 1.0,
                    5.0 / std::sqrt(2.0 * rows * events));
    }
}

// A drive does not depend on which rows are asked for together, and 0 has no pulse to err.
TEST(Dac, DrivesAreOfRowPassAndEvent) {
    DacConfig config;
    config.mode = InputMode::split_pwm;
    config.gain_sigma = 0.3;
    config.jitter_ticks_sigma = 2.0;
    const Dac dac(config, 5, 0, 64, "a");
    std::vector<std::int8_t> codes;
    for (int i = 0; i < 64; ++i) codes.push_back(static_cast<std::int8_t>((i * 37) % 255 - 127));
    codes[10] = 0;
    std::vector<std::int16_t> whole(64), part(20), other(64);
    dac.drive(codes, 0, 1, 7, whole);
    dac.drive(std::span(codes).subspan(5, 20), 5, 1, 7, part);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + 5));
    EXPECT_EQ(whole[10], 0);
    for (int i = 0; i < 64; ++i)
        EXPECT_GE(whole[static_cast<std::size_t>(i)] * codes[static_cast<std::size_t>(i)], 0);
    dac.drive(codes, 0, 1, 8, other);
    EXPECT_NE(whole, other);
    dac.drive(codes, 0, 0, 7, other);
    EXPECT_NE(whole, other);
    Dac(config, 5, 1, 64, "a").drive(codes, 0, 1, 7, other);
    EXPECT_NE(whole, other);
    Dac(config, 5, 0, 64, "b").drive(codes, 0, 1, 7, other);
    EXPECT_NE(whole, other);
}

TEST(Dac, EveryProblemIsNamed) {
    DacConfig config{InputMode::split_pwm, 8, 7, -0.1, 17.0, std::nan("")};
    EXPECT_EQ(problems(config),
              (std::vector<std::string>{"dac.split_low_bits = 7: must be 1..6",
                                        "dac.gain_sigma = -0.1: must be 0..1",
                                        "dac.offset_ticks_sigma = 17: must be 0..16",
                                        "dac.jitter_ticks_sigma = nan: must be 0..16"}));
    config = {InputMode::split_pwm, 2};
    EXPECT_EQ(problems(config), (std::vector<std::string>{"dac.bits = 2: must be 3..8"}));
    EXPECT_EQ(problems(DacConfig{InputMode::pwm, 9}).size(), 1u);
}

}  // namespace
}  // namespace bitloom::test
