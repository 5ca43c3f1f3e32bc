// SPDX-License-Identifier: Apache-2.0
#include "models/cim/converter/dac.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "models/base/error.h"

namespace bitloom {

namespace {

bool has_errors(const DacConfig& config) {
    return config.gain_sigma != 0.0 || config.offset_ticks_sigma != 0.0 ||
           config.jitter_ticks_sigma != 0.0;
}

}  // namespace

std::vector<std::string> problems(const DacConfig& config) {
    std::vector<std::string> found;
    const auto range = [&](const char* name, double value, double low, double high) {
        if (!(value >= low && value <= high))
            found.push_back(fmt::format("dac.{} = {}: must be {}..{}", name, value, low, high));
    };
    const bool split = config.mode == InputMode::split_pwm;
    range("bits", config.bits, split ? 3 : 2, 8);
    if (split && found.empty()) range("split_low_bits", config.split_low_bits, 1, config.bits - 2);
    range("gain_sigma", config.gain_sigma, 0.0, 1.0);
    range("offset_ticks_sigma", config.offset_ticks_sigma, 0.0, 16.0);
    range("jitter_ticks_sigma", config.jitter_ticks_sigma, 0.0, 16.0);
    return found;
}

int largest_input(const DacConfig& config) {
    return (1 << (config.bits - 1)) - 1;
}

std::vector<InputPass> input_passes(const DacConfig& config) {
    switch (config.mode) {
        case InputMode::pwm:
            return {{}};
        case InputMode::split_pwm:
            return {{}, {config.split_low_bits, false}};
        case InputMode::bit_serial:
            break;
    }
    std::vector<InputPass> passes;
    for (int bit = 0; bit < config.bits; ++bit) passes.push_back({bit, bit == config.bits - 1});
    return passes;
}

int longest_pulse(const DacConfig& config) {
    switch (config.mode) {
        case InputMode::pwm:
            return largest_input(config);
        case InputMode::split_pwm:
            return std::max((1 << config.split_low_bits) - 1,
                            largest_input(config) >> config.split_low_bits);
        case InputMode::bit_serial:
            break;
    }
    return 1;
}

int drive_fraction_bits(const DacConfig& config) {
    return has_errors(config) ? 6 : 0;
}

int pulse_ticks(const DacConfig& config, int pass, int code) {
    BITLOOM_CHECK(std::abs(code) <= largest_input(config), "|{}| is at most {}", code,
                  largest_input(config));
    if (config.mode == InputMode::pwm) return code;
    if (config.mode == InputMode::bit_serial) return code >> pass & 1;
    const int magnitude = std::abs(code);
    const int ticks = pass == 0 ? magnitude & ((1 << config.split_low_bits) - 1)
                                : magnitude >> config.split_low_bits;
    return code < 0 ? -ticks : ticks;
}

void pulse_ticks(const DacConfig& config, int pass, std::span<const std::int8_t> codes,
                 std::span<std::int16_t> ticks) {
    BITLOOM_CHECK(ticks.size() == codes.size(), "{} pulses of {} codes", ticks.size(),
                  codes.size());
    const int largest = largest_input(config);
    // Bytes only: this loop is in front of every product.
    const auto high = static_cast<std::int8_t>(largest), low = static_cast<std::int8_t>(-largest);
    std::int8_t beyond = 0;
    for (const std::int8_t code : codes)
        beyond = static_cast<std::int8_t>(beyond | ((code > high) | (code < low)));
    BITLOOM_CHECK(beyond == 0, "codes are in -{}..{}", largest, largest);
    const std::size_t count = codes.size();
    switch (config.mode) {
        case InputMode::pwm:
            for (std::size_t i = 0; i < count; ++i) ticks[i] = codes[i];
            return;
        case InputMode::bit_serial:
            for (std::size_t i = 0; i < count; ++i)
                ticks[i] = static_cast<std::int16_t>(codes[i] >> pass & 1);
            return;
        case InputMode::split_pwm:
            for (std::size_t i = 0; i < count; ++i)
                ticks[i] = static_cast<std::int16_t>(pulse_ticks(config, pass, codes[i]));
            return;
    }
}

Dac::Dac(const DacConfig& config, std::uint64_t seed, int array, std::int64_t rows,
         std::string_view use)
    : config_(config),
      jitter_(seed, fmt::format("array{}.{}.dac.jitter", array, use)),
      rows_(rows) {
    const std::vector<std::string> wrong = problems(config);
    BITLOOM_CHECK(wrong.empty(), "a DAC with {}", wrong.front());
    if (!has_errors(config)) return;
    const RandomStream gain(seed, fmt::format("array{}.dac.gain", array));
    const RandomStream offset(seed, fmt::format("array{}.dac.offset", array));
    for (std::int64_t row = 0; row < rows; ++row) {
        const auto at = static_cast<std::uint64_t>(row);
        gain_.push_back(1.0 + config.gain_sigma * gain.normal(at));
        offset_.push_back(config.offset_ticks_sigma * offset.normal(at));
    }
}

void Dac::drive(std::span<const std::int8_t> codes, std::int64_t first_row, int pass,
                std::uint64_t event, std::span<std::int16_t> drive) const {
    BITLOOM_CHECK(drive.size() == codes.size() && first_row >= 0 &&
                      first_row + static_cast<std::int64_t>(codes.size()) <= rows_,
                  "{} codes and drives are of rows {}.. of {}", codes.size(), first_row, rows_);
    pulse_ticks(config_, pass, codes, drive);
    if (gain_.empty()) return;
    const std::uint64_t passes = input_passes(config_).size();
    const std::uint64_t first =
        (event * passes + static_cast<std::uint64_t>(pass)) * static_cast<std::uint64_t>(rows_) +
        static_cast<std::uint64_t>(first_row);
    std::vector<std::int32_t> jitter(codes.size(), 0);
    if (config_.jitter_ticks_sigma != 0.0) jitter_.normals_q16(first, jitter);
    const double fraction = 1 << drive_fraction_bits(config_);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const int ticks = drive[i];
        if (ticks == 0) continue;
        const std::size_t row = static_cast<std::size_t>(first_row) + i;
        const double length = std::abs(ticks) * gain_[row] + offset_[row] +
                              config_.jitter_ticks_sigma * 0x1p-16 * jitter[i];
        const double rounded = std::clamp(std::floor(length * fraction + 0.5), 0.0, 32767.0);
        drive[i] = static_cast<std::int16_t>(ticks < 0 ? -rounded : rounded);
    }
}

}  // namespace bitloom
