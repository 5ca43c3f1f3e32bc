// SPDX-License-Identifier: Apache-2.0
// Matrix-vector products on a crossbar. Charges are whole numbers (input ticks times conductance
// units, int64), so the sum of a column is the same in every order; noise is a whole number, too.
//
// pass: one application of input pulses. phase: one integration and conversion of the columns that
// the ADCs serve at once. event: one input vector; it keys all draws of its conversions.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/cim/converter/adc.h"
#include "models/cim/converter/dac.h"
#include "models/cim/crossbar/cim_counts.h"
#include "models/cim/crossbar/cim_weights.h"

namespace bitloom {

struct MvmConfig {
    DacConfig dac;
    AdcConfig adc;
    // Read noise of each use (aihwkit's PCM_READ): adds to a column's charge a normal draw of
    // standard deviation read_noise * full_units * sqrt(sum |w| x^2), |w| = |units| / full_units, x
    // in ticks. 0..1.
    double read_noise = 0.0;
};

std::vector<std::string> problems(const MvmConfig& config);

// Charge of one ADC code: full_scale cells of full conductance, driven for the longest pulse, give
// the largest code. round(full_scale * longest pulse * full_units / largest code), at least 1.
// full_scale > 0 and small enough for charges below 2^50, else Error.
std::int64_t adc_lsb(const MvmConfig& config, std::int64_t full_units, double full_scale);
// The full scale that an observed charge fills.
double full_scale_of(const MvmConfig& config, std::int64_t full_units, std::int64_t charge);

class CimMvm {
public:
    // `snapshot` must outlive it. full_scale: cells, one a layer. Draws at `seed`.
    CimMvm(const CimSnapshot& snapshot, const MvmConfig& config, std::span<const double> full_scale,
           std::uint64_t seed);
    ~CimMvm();
    CimMvm(CimMvm&&) noexcept;

    // acc[i][n] = sum over passes, row tiles and slices of the ADC codes, shifted, modulo 2^32. In
    // units of lsb(layer) / units_per_code weight codes times input codes. x: [count][k], acc:
    // [count][n]; vector i has event `event` + i. An event of a layer is used once, or its noise
    // repeats; events times passes times rows or columns stay below 2^64. Thread-safe; adds to
    // `counts`.
    void multiply(std::size_t layer, std::span<const std::int8_t> x, std::int64_t count,
                  std::uint64_t event, std::span<std::int32_t> acc, CimCounts& counts) const;

    // The same step by step. Codes of the layer's whole input vector -> drives of a block's rows.
    void drive(std::size_t block, int pass, std::span<const std::int8_t> x, std::uint64_t event,
               std::span<std::int16_t> drive) const;
    // Charge of a column (0..columns() - 1) of a block with all noise.
    std::int64_t charge(std::size_t block, std::int64_t column, int pass,
                        std::span<const std::int16_t> drive, std::uint64_t event) const;
    // The converter of that column.
    const Adc& adc(std::size_t block, std::int64_t column) const;

    const CimSnapshot& snapshot() const;
    const MvmConfig& config() const;
    // Charge units of one code: what sums are in. Charges have drive_fraction_bits() more.
    std::int64_t lsb(std::size_t layer) const;
    // One ADC code as weight codes times input codes: lsb / units_per_code.
    double code_value(std::size_t layer) const;

    // The largest |charge| of any pass, block and column, without noise: for choosing full scales.
    std::int64_t largest_charge(std::size_t layer, std::span<const std::int8_t> x,
                                std::int64_t count) const;

private:
    struct Body;
    std::unique_ptr<const Body> body_;
};

}  // namespace bitloom
