// SPDX-License-Identifier: Apache-2.0
// Analog-to-digital conversion of a column's charge: int64 in, a signed code out. Codes are
// symmetric, -(2^(bits-1) - 1)..2^(bits-1) - 1, and saturate; nothing ever wraps.
//
// Every converter is its thresholds: it gives at least `code` when charge >= threshold(code). An
// ideal one has threshold(c) = (c - 1/2) lsb (nearest, ties up) or c lsb (floor), rounded up to a
// whole charge. Static errors move thresholds; noise is the crossbar's (CimMvm): it is added to the
// charge before it gets here.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bitloom {

enum class AdcKind { ideal, sar, ramp };
enum class AdcRounding { nearest, floor };  // nearest: a tie goes up, towards +infinity

struct AdcConfig {
    AdcKind kind = AdcKind::ideal;
    int bits = 8;  // 2..29 for an ideal converter without errors, else 2..14
    AdcRounding rounding = AdcRounding::nearest;
    double gain_sigma = 0.0;         // static, per converter: relative slope error; 0..0.5
    double offset_sigma_lsb = 0.0;   // static, per converter
    double noise_sigma_lsb = 0.0;    // of each conversion, before quantization
    double sar_unit_sigma = 0.0;     // sar: relative spread of a unit capacitor, 0..0.5
    double ramp_nonlinearity = 0.0;  // ramp: largest departure from the straight line, as a share
                                     // of full scale, quadratic in the count; -0.2..0.2
};

std::vector<std::string> problems(const AdcConfig& config);

// Whether thresholds are not those of an ideal converter.
bool has_static_errors(const AdcConfig& config);

// 2^(bits-1) - 1.
std::int32_t largest_code(const AdcConfig& config);

// One physical converter. Immutable; safe to share among threads.
class Adc {
public:
    // `lsb` >= 1: charge of one code. Static errors are draws at (seed, index).
    Adc(const AdcConfig& config, std::int64_t lsb, std::uint64_t seed, std::uint64_t index);

    // A converter given by its thresholds of -largest..largest + 1 (bits <= 14; gain and other
    // errors of the config are ignored; only a SAR's may be out of order). Its lsb() is 1.
    Adc(const AdcConfig& config, std::vector<std::int64_t> thresholds);

    std::int64_t lsb() const { return lsb_; }
    std::int32_t largest() const { return largest_; }

    // The least charge that the comparison with `code` as its trial passes; code in
    // -largest..largest + 1 (the last one is where a code beyond the largest would begin).
    std::int64_t threshold(std::int32_t code) const;

    // sar: binary search over the thresholds, highest bit first (also when capacitors are so bad
    // that thresholds are not in order); else the number of thresholds passed. Saturates.
    std::int32_t convert(std::int64_t charge) const;
    // Whether the charge is beyond the range of codes: a larger or smaller code would fit it.
    bool saturates(std::int64_t charge) const;

private:
    void index_table();
    std::size_t passed(std::int64_t charge) const;

    std::int64_t lsb_;
    std::int32_t largest_;
    bool sar_;
    bool floor_;
    bool ordered_ = true;              // thresholds never fall with codes
    double steps_per_charge_ = 0.0;    // of the table, on average
    std::vector<std::int64_t> table_;  // thresholds of -largest..largest + 1; empty: by formula
};

}  // namespace bitloom
