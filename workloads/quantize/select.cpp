// SPDX-License-Identifier: Apache-2.0
#include "workloads/quantize/select.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/base/error.h"

namespace bitloom {

namespace {

// The scale of a tensor of zeros: any will do; this one leaves room for its layer's bias.
constexpr double scale_of_nothing = 0x1p-10;

}  // namespace

Grid::Grid(const Format& format) : bits_(format.bits()) {
    for (const double value : format.table()) {
        if (std::isfinite(value)) values_.push_back(value == 0.0 ? 0.0 : value);
    }
    std::sort(values_.begin(), values_.end());
    values_.erase(std::unique(values_.begin(), values_.end()), values_.end());
    for (std::size_t i = 1; i < values_.size(); ++i) {
        thresholds_.push_back((values_[i - 1] + values_[i]) / 2.0);
    }
}

SortedValues::SortedValues(std::span<const float> values) : values_(values.begin(), values.end()) {
    std::sort(values_.begin(), values_.end());
    sum_.reserve(values_.size() + 1);
    square_.reserve(values_.size() + 1);
    sum_.push_back(0.0);
    square_.push_back(0.0);
    for (const float value : values_) {
        const double x = value;
        sum_.push_back(sum_.back() + x);
        square_.push_back(square_.back() + x * x);
    }
}

double SortedValues::max_magnitude() const {
    if (values_.empty()) return 0.0;
    return std::max(std::abs(static_cast<double>(values_.front())),
                    std::abs(static_cast<double>(values_.back())));
}

double SortedValues::mean_magnitude() const {
    if (values_.empty()) return 0.0;
    const auto positive = std::lower_bound(values_.begin(), values_.end(), 0.0f);
    const double negative_sum = sum_[static_cast<std::size_t>(positive - values_.begin())];
    return (sum_.back() - 2.0 * negative_sum) / static_cast<double>(values_.size());
}

double SortedValues::mean_square() const {
    return values_.empty() ? 0.0 : square_.back() / static_cast<double>(values_.size());
}

double SortedValues::mse(const Grid& grid, double scale) const {
    if (values_.empty()) return 0.0;
    double total = 0.0;
    std::size_t begin = 0;
    const auto cell = [&](std::size_t end, double level) {
        const double n = static_cast<double>(end - begin);
        // sum (x - level)^2 over the cell; rounding may leave a tiny negative number.
        const double error = (square_[end] - square_[begin]) -
                             2.0 * level * (sum_[end] - sum_[begin]) + n * level * level;
        total += std::max(0.0, error);
        begin = end;
    };
    const auto& thresholds = grid.thresholds();
    for (std::size_t i = 0; i < thresholds.size() && begin < values_.size(); ++i) {
        const double threshold = thresholds[i] * scale;
        const auto first = values_.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto found = std::lower_bound(first, values_.end(), threshold,
                                            [](float value, double t) { return value < t; });
        const auto end = static_cast<std::size_t>(found - values_.begin());
        if (end > begin) cell(end, grid.values()[i] * scale);
    }
    if (begin < values_.size()) cell(values_.size(), grid.values().back() * scale);
    return total / static_cast<double>(values_.size());
}

ScaleChoice choose_scale(const SortedValues& values, double max_magnitude, const Grid& grid,
                         const RatioRange& range) {
    ScaleChoice best;
    if (max_magnitude == 0.0) return best;
    if (grid.values() == std::vector<double>{-1.0, 1.0}) {
        best.scale = values.mean_magnitude();
        best.mse = values.mse(grid, best.scale);
        return best;
    }
    best.mse = std::numeric_limits<double>::infinity();
    for (int ratio = range.first(grid.bits()); ratio < range.high; ++ratio) {
        const double scale = ratio / 100.0 * max_magnitude / grid.max_value();
        const double mse = values.mse(grid, scale);
        if (mse < best.mse) best = {scale, mse};
    }
    return best;
}

TypeChoice choose_weight_type(std::span<const float> weights, std::size_t channels,
                              std::span<const std::string> formats, const RatioRange& range) {
    BITLOOM_CHECK(channels > 0 && weights.size() % channels == 0,
                  "{} weights divide into {} channels", weights.size(), channels);
    const std::size_t size = weights.size() / channels;
    std::vector<Grid> grids;
    for (const std::string& name : formats) grids.emplace_back(format(name));
    // By type, then channel. Filled in parallel, summed in order.
    std::vector<std::vector<ScaleChoice>> choices(grids.size(), std::vector<ScaleChoice>(channels));
    tbb::parallel_for(std::size_t{0}, channels, [&](std::size_t channel) {
        const SortedValues values(weights.subspan(channel * size, size));
        for (std::size_t t = 0; t < grids.size(); ++t) {
            choices[t][channel] = choose_scale(values, values.max_magnitude(), grids[t], range);
        }
    });
    std::size_t best = 0;
    double best_score = std::numeric_limits<double>::infinity();
    for (std::size_t t = 0; t < grids.size(); ++t) {
        double score = 0.0;
        for (const ScaleChoice& choice : choices[t]) score += choice.mse;
        if (score < best_score) {
            best = t;
            best_score = score;
        }
    }
    TypeChoice result{formats[best], {}, best_score / static_cast<double>(channels)};
    double sum = 0.0;
    int used = 0;
    for (const ScaleChoice& choice : choices[best]) {
        result.scales.push_back(choice.scale);
        sum += choice.scale;
        used += choice.scale > 0.0 ? 1 : 0;
    }
    for (double& scale : result.scales) {
        if (scale == 0.0) scale = used > 0 ? sum / used : scale_of_nothing;
    }
    return result;
}

TypeChoice choose_activation_type(const SortedValues& values, double max_magnitude,
                                  std::span<const std::string> formats, const RatioRange& range) {
    TypeChoice result;
    double best = std::numeric_limits<double>::infinity();
    for (const std::string& name : formats) {
        const ScaleChoice choice = choose_scale(values, max_magnitude, Grid(format(name)), range);
        if (choice.mse < best) {
            best = choice.mse;
            result = {name, {choice.scale > 0.0 ? choice.scale : scale_of_nothing}, choice.mse};
        }
    }
    return result;
}

double encoded_mse(std::span<const float> values, const Format& format, double scale) {
    if (values.empty()) return 0.0;
    std::vector<std::uint8_t> codes(values.size());
    format.encode(values, scale, codes);
    double total = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double error = scale * format.table()[codes[i]] - static_cast<double>(values[i]);
        total += error * error;
    }
    return total / static_cast<double>(values.size());
}

}  // namespace bitloom
