// SPDX-License-Identifier: Apache-2.0
#include "models/cim/crossbar/cim_mvm.h"

#include <algorithm>
#include <cmath>

#include "models/base/error.h"
#include "models/cim/crossbar/cim_mvm_body.h"

namespace bitloom {

CimCounts& CimCounts::operator+=(const CimCounts& other) {
    vectors += other.vectors;
    passes += other.passes;
    phases += other.phases;
    conversions += other.conversions;
    saturated += other.saturated;
    limited_inputs += other.limited_inputs;
    row_pulses += other.row_pulses;
    row_ticks += other.row_ticks;
    unit_ticks += other.unit_ticks;
    return *this;
}

std::vector<std::string> problems(const MvmConfig& config) {
    std::vector<std::string> found = problems(config.dac);
    for (std::string& problem : problems(config.adc)) found.push_back(std::move(problem));
    if (!(config.read_noise >= 0.0 && config.read_noise <= 1.0))
        found.push_back(fmt::format("array.read_noise = {}: must be 0..1", config.read_noise));
    return found;
}

std::int64_t adc_lsb(const MvmConfig& config, std::int64_t full_units, double full_scale) {
    const double charge = full_scale * longest_pulse(config.dac) * static_cast<double>(full_units);
    // Room for 6 fraction bits of a drive below 2^50.
    if (!(full_scale > 0.0 && charge < 0x1p44))
        fail("adc.full_scale = {} cells: must be above 0 and below {:.0f}", full_scale,
             0x1p44 / (longest_pulse(config.dac) * static_cast<double>(full_units)));
    const double lsb = std::floor(charge / largest_code(config.adc) + 0.5);
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(lsb));
}

double full_scale_of(const MvmConfig& config, std::int64_t full_units, std::int64_t charge) {
    return static_cast<double>(std::max<std::int64_t>(1, charge)) /
           (longest_pulse(config.dac) * static_cast<double>(full_units));
}

CimMvm::Body::Body(const CimSnapshot& of, const MvmConfig& with, std::span<const double> full_scale,
                   std::uint64_t seed)
    : snapshot(&of),
      config(with),
      passes(input_passes(with.dac)),
      fraction_bits(drive_fraction_bits(with.dac)),
      noisy(with.read_noise > 0.0 || with.adc.noise_sigma_lsb > 0.0),
      read_noise(with.read_noise > 0.0),
      ideal_adcs(!has_static_errors(with.adc)) {
    const std::vector<std::string> wrong = problems(with);
    BITLOOM_CHECK(wrong.empty(), "a crossbar with {}", wrong.front());
    BITLOOM_CHECK(full_scale.size() == of.layers.size(), "{} full scales of {} layers",
                  full_scale.size(), of.layers.size());
    const auto square = [](double x) { return x * x; };
    for (const double cells : full_scale) {
        LayerBody layer;
        layer.lsb = adc_lsb(config, of.full_units, cells);
        layer.charge_lsb = layer.lsb << fraction_bits;
        layer.conversion.lsb = static_cast<double>(layer.charge_lsb);
        layer.conversion.half =
            config.adc.rounding == AdcRounding::nearest ? 0.5 * layer.conversion.lsb : 0.0;
        layer.conversion.largest = largest_code(config.adc);
        layer.noise.per_sum = square(config.read_noise) * static_cast<double>(of.full_units) *
                              (1 << ChargePanels::noise_shift) * square(1 << fraction_bits);
        layer.noise.constant = square(config.adc.noise_sigma_lsb * layer.conversion.lsb);
        layers.push_back(layer);
    }
    for (std::size_t b = 0; b < of.blocks.size(); ++b) {
        const Block& place = block(b);
        LayerBody& layer = layers[place.layer];
        layer.blocks.push_back(b);
        BlockBody body{
            ChargePanels(of.blocks[b].units, place.k_size, place.columns(), read_noise),
            Dac(config.dac, seed, place.array, of.geometry.rows, fmt::format("block{}", b)),
            RandomStream(seed, fmt::format("block{}.noise", b)),
            {}};
        for (std::int64_t c = 0; c < place.columns(); ++c) {
            const std::int64_t number = place.array * adcs_per_array(of.geometry) +
                                        adc_of_column(of.geometry, place.column0 + c);
            // Converters without errors of their own are all alike.
            const auto index = ideal_adcs ? 0 : static_cast<std::uint64_t>(number);
            const auto found = adcs.try_emplace({layer.charge_lsb, index}, config.adc,
                                                layer.charge_lsb, seed, index)
                                   .first;
            body.adcs.push_back(&found->second);
        }
        blocks.push_back(std::move(body));
    }
}

CimMvm::CimMvm(const CimSnapshot& snapshot, const MvmConfig& config,
               std::span<const double> full_scale, std::uint64_t seed)
    : body_(std::make_unique<const Body>(snapshot, config, full_scale, seed)) {
}

CimMvm::~CimMvm() = default;
CimMvm::CimMvm(CimMvm&&) noexcept = default;

const CimSnapshot& CimMvm::snapshot() const {
    return *body_->snapshot;
}

const MvmConfig& CimMvm::config() const {
    return body_->config;
}

std::int64_t CimMvm::lsb(std::size_t layer) const {
    return body_->layers[layer].lsb;
}

double CimMvm::code_value(std::size_t layer) const {
    return static_cast<double>(lsb(layer)) / snapshot().layers[layer].units_per_code;
}

const Adc& CimMvm::adc(std::size_t block, std::int64_t column) const {
    return *body_->blocks[block].adcs[static_cast<std::size_t>(column)];
}

void CimMvm::drive(std::size_t block, int pass, std::span<const std::int8_t> x, std::uint64_t event,
                   std::span<std::int16_t> drive) const {
    const Block& place = body_->block(block);
    const int largest = largest_input(body_->config.dac);
    std::vector<std::int8_t> codes;
    for (std::int64_t k = 0; k < place.k_size; ++k)
        codes.push_back(static_cast<std::int8_t>(
            std::clamp<int>(x[static_cast<std::size_t>(place.k_begin + k)], -largest, largest)));
    body_->blocks[block].dac.drive(codes, place.row0, pass, event, drive);
}

std::int64_t CimMvm::charge(std::size_t block, std::int64_t column, int pass,
                            std::span<const std::int16_t> drive, std::uint64_t event) const {
    const Block& place = body_->block(block);
    const std::vector<std::int32_t>& units = body_->snapshot->blocks[block].units;
    std::int64_t charge = 0, noise_sum = 0;
    for (std::int64_t k = 0; k < place.k_size; ++k) {
        const std::int16_t each = drive[static_cast<std::size_t>(k)];
        const std::int32_t unit = units[static_cast<std::size_t>(k * place.columns() + column)];
        charge += std::int64_t{each} * unit;
        noise_sum += std::int64_t{body_->square_ticks(each)} * noise_weight(unit);
    }
    if (!body_->noisy) return charge;
    const Body::LayerBody& layer = body_->layers[place.layer];
    const std::int32_t z = body_->blocks[block].noise.normal_q16(
        body_->noise_index(place, pass, event) + static_cast<std::uint64_t>(column));
    // As ChargeKernel::add_noise.
    const double sigma =
        std::sqrt(layer.noise.per_sum * static_cast<double>(noise_sum) + layer.noise.constant) *
        0x1p-16;
    return charge + static_cast<std::int64_t>(std::floor(sigma * z + 0.5));
}

}  // namespace bitloom
