// SPDX-License-Identifier: Apache-2.0
// Which type and which scale hold a tensor best: ANT's selection (Guo et al., "ANT: exploiting
// adaptive numerical data type for low-bit deep neural network quantization", MICRO'22, and its
// published code; ant.md 1.5).
//
//   for each candidate type t:  for r in {low .. high-1} percent:  alpha = r/100 * max|x|
//       MSE_t(r) = mean (Q(x) - x)^2,  Q on the grid of t scaled so that alpha is its largest value
//   score_t = min over r; weights: per output channel, summed over the channels
//   the type of the smallest score, the first of equals
//
// The two values of a binary type need no search: for -s and +s the error is least at s = mean |x|,
// the scale of XNOR-Net (Rastegari et al., ECCV'16, section 3.1).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "models/numeric/format.h"

namespace bitloom {

// Percent of the largest magnitude.
struct RatioRange {
    int low = 75;
    int high = 150;     // exclusive
    int low_wide = 95;  // replaces low for formats of more than 6 bits
    int low_narrow =
        5;  // ... and of fewer than 4: with so few values, most of the range is clipped

    int first(int bits) const { return bits > 6 ? low_wide : bits < 4 ? low_narrow : low; }
};

// The distinct finite values of a format of at most 8 bits, ascending, and what rounds to them.
class Grid {
public:
    explicit Grid(const Format& format);

    int bits() const { return bits_; }
    double max_value() const { return values_.back(); }
    const std::vector<double>& values() const { return values_; }
    // thresholds()[i] is midway between values()[i] and values()[i+1].
    const std::vector<double>& thresholds() const { return thresholds_; }

private:
    int bits_;
    std::vector<double> values_, thresholds_;
};

// A tensor's values in a form that makes the error of a grid cheap: sorted, with running sums. The
// error is then a sum over the cells of the grid, not over the values.
class SortedValues {
public:
    explicit SortedValues(std::span<const float> values);

    std::size_t count() const { return values_.size(); }
    double max_magnitude() const;
    double mean_magnitude() const;
    double mean_square() const;
    bool has_negative() const { return !values_.empty() && values_.front() < 0.0f; }

    // Mean of (Q(x) - x)^2 with Q the nearest of scale * grid; equal for either rule at a tie.
    // Exact but for rounding, at most about 1e-14 of the mean square. scale > 0; 0 for no values.
    double mse(const Grid& grid, double scale) const;

private:
    std::vector<float> values_;
    std::vector<double> sum_, square_;  // of the first i values
};

struct ScaleChoice {
    double scale = 0.0;  // real value of one grid unit; 0 when every value is zero
    double mse = 0.0;
};

// The lowest of equals. `max_magnitude` may exceed that of the values, when they are a sample.
ScaleChoice choose_scale(const SortedValues& values, double max_magnitude, const Grid& grid,
                         const RatioRange& range);

struct TypeChoice {
    std::string format;
    std::vector<double> scales;  // activations: one; weights: one a channel
    double mse = 0.0;            // mean over the values
};

// Weights of `channels` equal contiguous parts. A channel of zeros gets the mean scale of the
// others, a tensor of zeros 2^-10. `formats` are names in the order of preference, not empty.
// Channels are searched in parallel; the result does not depend on it.
TypeChoice choose_weight_type(std::span<const float> weights, std::size_t channels,
                              std::span<const std::string> formats, const RatioRange& range);

TypeChoice choose_activation_type(const SortedValues& values, double max_magnitude,
                                  std::span<const std::string> formats, const RatioRange& range);

// Mean of (scale * value(encode(x / scale)) - x)^2, value by value: what is reported.
double encoded_mse(std::span<const float> values, const Format& format, double scale);

}  // namespace bitloom
