// SPDX-License-Identifier: Apache-2.0
#include "models/cim/converter/adc.h"

#include <algorithm>

#include "models/base/error.h"
#include "models/cim/converter/adc_thresholds.h"

namespace bitloom {

namespace {

constexpr int most_table_bits = 14;

// Rounded down; b > 0.
std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

}  // namespace

std::vector<std::string> problems(const AdcConfig& config) {
    std::vector<std::string> found;
    const auto range = [&](const char* name, double value, double low, double high) {
        if (!(value >= low && value <= high))
            found.push_back(fmt::format("adc.{} = {}: must be {}..{}", name, value, low, high));
    };
    const bool by_formula = config.kind == AdcKind::ideal && !has_static_errors(config);
    range("bits", config.bits, 2, by_formula ? 29 : most_table_bits);
    range("gain_sigma", config.gain_sigma, 0.0, 0.5);
    range("offset_sigma_lsb", config.offset_sigma_lsb, 0.0, 1e4);
    range("noise_sigma_lsb", config.noise_sigma_lsb, 0.0, 1e4);
    range("sar_unit_sigma", config.sar_unit_sigma, 0.0, 0.5);
    range("ramp_nonlinearity", config.ramp_nonlinearity, -0.2, 0.2);
    if (config.sar_unit_sigma != 0.0 && config.kind != AdcKind::sar)
        found.push_back(fmt::format("adc.sar_unit_sigma = {}: only a SAR converter has capacitors",
                                    config.sar_unit_sigma));
    if (config.ramp_nonlinearity != 0.0 && config.kind != AdcKind::ramp)
        found.push_back(fmt::format("adc.ramp_nonlinearity = {}: only a ramp converter has a ramp",
                                    config.ramp_nonlinearity));
    return found;
}

std::int32_t largest_code(const AdcConfig& config) {
    return (std::int32_t{1} << (config.bits - 1)) - 1;
}

Adc::Adc(const AdcConfig& config, std::int64_t lsb, std::uint64_t seed, std::uint64_t index)
    : lsb_(lsb),
      largest_(largest_code(config)),
      sar_(config.kind == AdcKind::sar),
      floor_(config.rounding == AdcRounding::floor) {
    BITLOOM_CHECK(lsb >= 1 && lsb <= std::int64_t{1} << 50, "lsb = {} is in 1..2^50", lsb);
    const std::vector<std::string> wrong = problems(config);
    BITLOOM_CHECK(wrong.empty(), "an ADC with {}", wrong.front());
    if (has_static_errors(config)) table_ = adc_thresholds(config, lsb, seed, index);
    index_table();
}

Adc::Adc(const AdcConfig& config, std::vector<std::int64_t> thresholds)
    : lsb_(1),
      largest_(largest_code(config)),
      sar_(config.kind == AdcKind::sar),
      floor_(config.rounding == AdcRounding::floor),
      table_(std::move(thresholds)) {
    BITLOOM_CHECK(config.bits <= most_table_bits &&
                      table_.size() == 2 * static_cast<std::size_t>(largest_) + 2,
                  "{} thresholds of {} bits", table_.size(), config.bits);
    index_table();
    BITLOOM_CHECK(ordered_ || sar_, "only the thresholds of a SAR converter may be out of order");
}

void Adc::index_table() {
    ordered_ = std::is_sorted(table_.begin(), table_.end());
    if (!table_.empty() && table_.back() > table_.front())
        steps_per_charge_ = static_cast<double>(table_.size() - 1) /
                            static_cast<double>(table_.back() - table_.front());
}

// How many thresholds of an ordered table the charge is not below: an estimate by the average step,
// then on foot.
std::size_t Adc::passed(std::int64_t charge) const {
    const double estimate = static_cast<double>(charge - table_.front()) * steps_per_charge_;
    auto at =
        static_cast<std::size_t>(std::clamp(estimate, 0.0, static_cast<double>(table_.size())));
    while (at < table_.size() && charge >= table_[at]) ++at;
    while (at > 0 && charge < table_[at - 1]) --at;
    return at;
}

std::int64_t Adc::threshold(std::int32_t code) const {
    BITLOOM_CHECK(code >= -largest_ && code <= largest_ + 1, "code {} is in {}..{}", code,
                  -largest_, largest_ + 1);
    if (!table_.empty()) return table_[static_cast<std::size_t>(code + largest_)];
    // nearest: the least charge at or above (c - 1/2) lsb.
    return floor_ ? code * lsb_ : -floor_divide(-(2 * std::int64_t{code} - 1) * lsb_, 2);
}

std::int32_t Adc::convert(std::int64_t charge) const {
    if (table_.empty()) {
        const std::int64_t code =
            floor_ ? floor_divide(charge, lsb_) : floor_divide(2 * charge + lsb_, 2 * lsb_);
        return static_cast<std::int32_t>(std::clamp<std::int64_t>(code, -largest_, largest_));
    }
    if (ordered_) {
        const auto count = static_cast<std::int32_t>(passed(charge));
        return std::clamp(count - 1 - largest_, -largest_, largest_);
    }
    // Offset binary: trial u = code + largest + 1, from the highest bit down.
    std::int32_t kept = 0;
    for (std::int32_t bit = largest_ + 1; bit > 0; bit >>= 1)
        if (charge >= table_[static_cast<std::size_t>((kept | bit) - 1)]) kept |= bit;
    return std::max(kept - 1 - largest_, -largest_);
}

bool Adc::saturates(std::int64_t charge) const {
    return charge < threshold(-largest_) || charge >= threshold(largest_ + 1);
}

}  // namespace bitloom
