// SPDX-License-Identifier: Apache-2.0
// Digital-to-analog conversion in time: an input code becomes pulses of fixed height on a row. What
// is counted is their length in clock ticks; the sign is the pulse's polarity.
//
//   pwm         one pass of |x| ticks
//   split_pwm   two passes: the low and the high bits of |x|, each with the sign of x
//   bit_serial  `bits` passes of one tick: the bits of x in two's complement, lowest first; the
//   last
//               one has the weight -2^(bits-1), so its conversions are subtracted
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/random.h"

namespace bitloom {

enum class InputMode { pwm, split_pwm, bit_serial };

// Errors are off when all three are 0; drives are then whole ticks.
struct DacConfig {
    InputMode mode = InputMode::pwm;
    int bits = 8;             // 2..8: codes are limited to -largest_input()..largest_input()
    int split_low_bits = 3;   // split_pwm: bits of the first pass, 1..bits-2
    double gain_sigma = 0.0;  // static, per row: relative to the pulse; 0..1
    double offset_ticks_sigma = 0.0;  // static, per row: added to every pulse; 0..16
    double jitter_ticks_sigma = 0.0;  // of each pulse; 0..16
};

std::vector<std::string> problems(const DacConfig& config);

// 2^(bits-1) - 1.
int largest_input(const DacConfig& config);

// How the codes of a pass enter the sum: code << shift, subtracted if `negative`.
struct InputPass {
    int shift = 0;
    bool negative = false;
};
std::vector<InputPass> input_passes(const DacConfig& config);

// The longest pulse of any pass, in ticks: the full scale of an ADC is in it. Both passes of
// split_pwm have the same ADC step, so this is the longer of the two.
int longest_pulse(const DacConfig& config);

// Fraction bits of a drive: 0 without errors (whole ticks), else 6 (steps of 1/64 tick).
int drive_fraction_bits(const DacConfig& config);

// What one row gets in pass `pass` without errors, in ticks: signed, |.| <= longest_pulse().
// |code| <= largest_input(), else InternalError.
int pulse_ticks(const DacConfig& config, int pass, int code);
// The same of many codes.
void pulse_ticks(const DacConfig& config, int pass, std::span<const std::int8_t> codes,
                 std::span<std::int16_t> ticks);

// The drivers of the rows of one array.
class Dac {
public:
    // Static errors are draws at (seed, array, row), jitter at (seed, array, use): `use` keeps
    // those apart who count their events from the same number on.
    Dac(const DacConfig& config, std::uint64_t seed, int array, std::int64_t rows,
        std::string_view use);

    // drive[i] of row first_row + i for codes[i], in 2^-drive_fraction_bits() ticks: the pulse's
    // length times (1 + gain) plus offset and jitter, rounded to nearest (ties up), at least 0 and
    // at most 2^15 - 1, with the sign of the pulse. A row without a pulse has drive 0. `event` keys
    // the jitter together with the pass and the row.
    void drive(std::span<const std::int8_t> codes, std::int64_t first_row, int pass,
               std::uint64_t event, std::span<std::int16_t> drive) const;

private:
    DacConfig config_;
    std::vector<double> gain_;    // per row, with errors: 1 + gain
    std::vector<double> offset_;  // per row, with errors: in ticks
    RandomStream jitter_;
    std::int64_t rows_;
};

}  // namespace bitloom
