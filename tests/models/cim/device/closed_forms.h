// SPDX-License-Identifier: Apache-2.0
// Moments of the device models in closed form or by a one-dimensional integral, and the sampling
// error of estimates: what tests of random models compare with.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

#include "models/cim/device/pcm_device.h"

namespace bitloom::test {

struct Moments {
    double first = 0.0;   // E[X]
    double second = 0.0;  // E[X^2]
    double sd() const { return std::sqrt(std::max(0.0, second - first * first)); }
};

inline double normal_density(double z) {
    return std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
}

inline double normal_below(double z) {
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

// max(0, N(mean, sigma)).
inline Moments truncated_normal(double mean, double sigma) {
    const double below = normal_below(mean / sigma), density = normal_density(mean / sigma);
    return {mean * below + sigma * density,
            (mean * mean + sigma * sigma) * below + mean * sigma * density};
}

// |N(mean, sigma)|.
inline Moments folded_normal(double mean, double sigma) {
    return {
        sigma * std::sqrt(2.0 / std::numbers::pi) * std::exp(-0.5 * mean * mean / (sigma * sigma)) +
            mean * std::erf(mean / (sigma * std::numbers::sqrt2)),
        mean * mean + sigma * sigma};
}

// E[exp(-a nu)] of nu = |N(mean, sigma)|.
inline double folded_normal_laplace(double a, double mean, double sigma) {
    return std::exp(0.5 * a * a * sigma * sigma) *
           (std::exp(-a * mean) * normal_below(mean / sigma - a * sigma) +
            std::exp(a * mean) * normal_below(-mean / sigma - a * sigma));
}

// E[f(Z)] of a standard normal Z, Simpson's rule; `kink` is where f may have a corner.
template <class Function>
double normal_mean(const Function& f, double kink = 0.0) {
    constexpr double end = 10.0;
    constexpr int steps = 2000;  // of each half; even
    const auto half = [&](double from, double to) {
        const double width = (to - from) / steps;
        double sum = 0.0;
        for (int i = 0; i <= steps; ++i) {
            const double z = from + i * width;
            const double weight = i == 0 || i == steps ? 1.0 : i % 2 == 1 ? 4.0 : 2.0;
            sum += weight * f(z) * normal_density(z);
        }
        return sum * width / 3.0;
    };
    const double corner = std::clamp(kink, -end, end);
    return half(-end, corner) + half(corner, end);
}

// A PCM device of that target without and with read noise.
inline Moments pcm_drifted(const PcmDevice& model, double target, double time) {
    const Moments programmed = truncated_normal(target, model.programming_sigma_uS(target));
    const double a = std::log1p(time / model.facts().t_0_s);
    const double mean = model.drift_mean(target), sigma = model.drift_sigma(target);
    return {programmed.first * folded_normal_laplace(a, mean, sigma),
            programmed.second * folded_normal_laplace(2.0 * a, mean, sigma)};
}

inline Moments pcm_read(const PcmDevice& model, double target, double time) {
    const double s = model.programming_sigma_uS(target);
    const double a = std::log1p(time / model.facts().t_0_s);
    const double mean = model.drift_mean(target), sigma = model.drift_sigma(target);
    // g = g_P exp(-a nu) max(0, 1 + r N) with r of g_P: independent factors once g_P is given.
    const auto part = [&](int power) {
        return normal_mean(
            [&](double z) {
                const double programmed = target + s * z;
                if (programmed <= 0.0) return 0.0;
                const Moments factor = truncated_normal(1.0, model.read_sigma(programmed, time));
                return power == 1 ? programmed * factor.first
                                  : programmed * programmed * factor.second;
            },
            -target / s);
    };
    return {part(1) * folded_normal_laplace(a, mean, sigma),
            part(2) * folded_normal_laplace(2.0 * a, mean, sigma)};
}

// Estimates from a sample with their standard errors.
struct Sample {
    double mean = 0.0, sd = 0.0;
    double mean_error = 0.0, sd_error = 0.0;  // sd / sqrt(n); sd sqrt((kurtosis - 1) / (4 n))
};

inline Sample sample_of(std::span<const double> values) {
    const auto n = static_cast<double>(values.size());
    Sample s;
    for (const double value : values) s.mean += value / n;
    double square = 0.0, fourth = 0.0;
    for (const double value : values) {
        const double d = (value - s.mean) * (value - s.mean);
        square += d / n;
        fourth += d * d / n;
    }
    s.sd = std::sqrt(square * n / (n - 1.0));
    s.mean_error = s.sd / std::sqrt(n);
    s.sd_error =
        square > 0.0 ? s.sd * std::sqrt((fourth / (square * square) - 1.0) / (4.0 * n)) : 0.0;
    return s;
}

// The tests accept five standard errors: 6e-7 for one comparison of a good model.
inline constexpr double accepted_errors = 5.0;

}  // namespace bitloom::test
