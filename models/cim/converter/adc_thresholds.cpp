// SPDX-License-Identifier: Apache-2.0
#include "models/cim/converter/adc_thresholds.h"

#include <array>
#include <cmath>

#include "models/base/random.h"

namespace bitloom {

namespace {

// Levels of the trials 1..2^bits - 1 of a capacitor array, in LSB above the lowest.
std::vector<double> capacitor_levels(const AdcConfig& config, const RandomStream& spread,
                                     std::uint64_t index) {
    std::vector<double> weights;
    double total = 0.0;
    for (int bit = -1; bit < config.bits; ++bit) {  // -1: the dummy unit
        const double units = bit < 0 ? 1.0 : std::ldexp(1.0, bit);
        const double draw = spread.normal(index * 64 + static_cast<std::uint64_t>(bit + 1));
        const double weight = units + config.sar_unit_sigma * std::sqrt(units) * draw;
        if (bit >= 0) weights.push_back(weight);
        total += weight;
    }
    const double scale = std::ldexp(1.0, config.bits) / total;
    std::vector<double> levels;
    for (std::uint32_t trial = 1; trial < 1u << config.bits; ++trial) {
        double sum = 0.0;
        for (int bit = 0; bit < config.bits; ++bit)
            if ((trial >> bit & 1) != 0) sum += weights[static_cast<std::size_t>(bit)];
        levels.push_back(sum * scale);
    }
    return levels;
}

}  // namespace

bool has_static_errors(const AdcConfig& config) {
    return config.gain_sigma != 0.0 || config.offset_sigma_lsb != 0.0 ||
           config.sar_unit_sigma != 0.0 || config.ramp_nonlinearity != 0.0;
}

std::vector<std::int64_t> adc_thresholds(const AdcConfig& config, std::int64_t lsb,
                                         std::uint64_t seed, std::uint64_t index) {
    const double gain = 1.0 + config.gain_sigma * RandomStream(seed, "adc.gain").normal(index);
    const double offset = config.offset_sigma_lsb * RandomStream(seed, "adc.offset").normal(index);
    const double half = config.rounding == AdcRounding::nearest ? 0.5 : 0.0;
    const std::int32_t largest = largest_code(config);
    std::vector<double> levels;
    if (config.kind == AdcKind::sar) {
        levels = capacitor_levels(config, RandomStream(seed, "adc.capacitors"), index);
        for (double& level : levels) level -= largest + 1 + half;
        // Where a code beyond the largest would begin: no trial has it, so a whole step further.
        levels.push_back(largest + 1 - half);
    } else {
        const double q = largest + 0.5;
        for (std::int32_t code = -largest; code <= largest + 1; ++code) {
            const double c = code - half;
            levels.push_back(c * (1.0 + 4.0 * config.ramp_nonlinearity * (1.0 - std::abs(c) / q)));
        }
    }
    std::vector<std::int64_t> thresholds;
    thresholds.reserve(levels.size());
    // A slope error of more than 90 % is taken as that: the converter must still count upwards.
    const double slope = static_cast<double>(lsb) / std::max(gain, 0.1);
    for (const double level : levels)
        thresholds.push_back(static_cast<std::int64_t>(std::ceil((level - offset) * slope)));
    return thresholds;
}

}  // namespace bitloom
