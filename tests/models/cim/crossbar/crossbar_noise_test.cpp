// SPDX-License-Identifier: Apache-2.0
// Noise of products in closed form: weight errors (T16), read noise (T17), bit-serial inputs (T18).
#include <gtest/gtest.h>

#include <cmath>

#include "models/base/error.h"
#include "models/cim/crossbar/drift_read_out.h"
#include "models/cim/device/device_list.h"
#include "tests/models/cim/crossbar/crossbar_bench.h"
#include "tests/models/cim/device/closed_forms.h"

namespace bitloom::test {
namespace {

// T16: weights with independent errors of s times their own root mean square: SNR -20 log10 s.
TEST(CrossbarNoise, WeightErrorIsTheErrorOfTheProduct) {
    // 1 % of g_max on the two devices of a pair; the one at 0 keeps only errors above it: half a
    // normal, whose mean adds to the error of the sign.
    const LayerMatrix layer = random_layer("a", 512, 256, 8, 1);
    CrossbarConfig config = ideal_crossbar(512, 256);
    config.device = "gaussian1";
    const Crossbar real(config, {layer}, 3);
    double weight = 0.0, error = 0.0;
    const double step = real.snapshot.layers[0].units_per_code;
    for (std::size_t i = 0; i < layer.codes.size(); ++i) {
        const double w = layer.codes[i], e = real.snapshot.blocks[0].units[i] / step - w;
        weight += w * w;
        error += e * e;
    }
    const double s = std::sqrt(error / weight);
    const CimMvm mvm = real.exact_mvm(exact_converters(InputMode::pwm));
    const std::vector<std::int8_t> x = random_inputs(200 * 512, 127, 3);
    CimCounts counts;
    const std::vector<std::int32_t> y = product(mvm, 0, x, counts), exact = integer_gemm(layer, x);
    double signal = 0.0, noise = 0.0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        signal += 1.0 * exact[i] * exact[i];
        noise += 1.0 * (y[i] - exact[i]) * (y[i] - exact[i]);
    }
    // 200 x 256 outputs: the ratio of variances is good to sqrt(2 / 51200) per side, 5 sigma.
    EXPECT_NEAR(10.0 * std::log10(signal / noise), -20.0 * std::log10(s),
                5.0 * 10.0 / std::log(10.0) * 2.0 * std::sqrt(2.0 / 51200));
    EXPECT_NEAR(s, 0.0117 * 127.0 / std::sqrt(128.0 * 127.0 / 3.0), 0.002);
}

// T17: variance of a column's charge over events = (w_noise full)^2 sum |w| x^2.
TEST(CrossbarNoise, ReadNoiseHasItsVariance) {
    const LayerMatrix layer = random_layer("a", 200, 16, 8, 1);
    const Crossbar crossbar(ideal_crossbar(200, 16), {layer});
    for (const bool fractions : {false, true}) {
        MvmConfig config;
        config.read_noise = 0.0175;
        if (fractions) config.dac.gain_sigma = 1e-9;  // drives in 1/64 tick, without error
        const CimMvm mvm(crossbar.snapshot, config, std::vector<double>{10.0}, 1);
        const std::vector<std::int8_t> x = random_inputs(200, 127, 3);
        std::vector<std::int16_t> drive(200);
        mvm.drive(0, 0, x, 0, drive);
        const double unit = fractions ? 64.0 : 1.0;
        const double full = static_cast<double>(crossbar.snapshot.full_units);
        double z2 = 0.0;
        constexpr int events = 4000;
        for (std::int64_t c = 0; c < 16; ++c) {
            double variance = 0.0, exact = 0.0;
            for (std::size_t k = 0; k < 200; ++k) {
                const double units =
                    crossbar.snapshot.blocks[0].units[k * 16 + static_cast<std::size_t>(c)];
                variance += std::abs(units) / full * x[k] * x[k];
                exact += units * x[k] * unit;
            }
            const double sigma = 0.0175 * full * std::sqrt(variance) * unit;
            double mean = 0.0, square = 0.0;
            for (std::uint64_t e = 0; e < events; ++e) {
                const double z =
                    (static_cast<double>(mvm.charge(0, c, 0, drive, e)) - exact) / sigma;
                mean += z / events;
                square += z * z / events;
            }
            EXPECT_NEAR(mean, 0.0, 5.0 / std::sqrt(1.0 * events)) << c;
            EXPECT_NEAR(square, 1.0, 5.0 * std::sqrt(2.0 / events)) << c;
            z2 += square / 16;
        }
        EXPECT_NEAR(z2, 1.0, 5.0 * std::sqrt(2.0 / (16.0 * events)));
    }
}

// T18: p passes of ADC noise s add up to s sqrt((4^p - 1) / 3), one pass of PWM has s.
TEST(CrossbarNoise, BitSerialPassesAddUpTheirNoise) {
    const LayerMatrix layer = random_layer("a", 32, 16, 8, 1);
    const Crossbar crossbar(ideal_crossbar(32, 16), {layer});
    constexpr double s = 3.0;
    const std::vector<std::int8_t> one = random_inputs(32, 7, 3);
    for (const int bits : {4, 6, 8})
        for (const InputMode mode : {InputMode::pwm, InputMode::bit_serial}) {
            MvmConfig config;
            config.dac.mode = mode;
            config.dac.bits = bits;
            config.adc.bits = 20;
            config.adc.noise_sigma_lsb = s;
            const CimMvm mvm = crossbar.exact_mvm(config);
            constexpr std::size_t events = 4000;
            std::vector<std::int8_t> x;
            for (std::size_t e = 0; e < events; ++e) x.insert(x.end(), one.begin(), one.end());
            CimCounts counts;
            const std::vector<std::int32_t> y = product(mvm, 0, x, counts);
            const std::vector<std::int32_t> exact = integer_gemm(layer, one);
            double square = 0.0;
            for (std::size_t i = 0; i < y.size(); ++i) {
                const double error = y[i] - exact[i % 16];
                square += error * error / static_cast<double>(y.size());
            }
            // A conversion rounds to a code: 1/12 more.
            const double factor = mode == InputMode::pwm ? 1.0 : (std::pow(4.0, bits) - 1.0) / 3.0;
            EXPECT_NEAR(square / ((s * s + 1.0 / 12.0) * factor), 1.0,
                        5.0 * std::sqrt(2.0 / static_cast<double>(y.size())))
                << bits;
        }
}

// The two Gaussian sources of a conversion are one draw of their summed variance.
TEST(CrossbarNoise, ReadAndConverterNoiseAddInVariance) {
    const LayerMatrix layer = random_layer("a", 100, 1, 8, 1);
    const Crossbar crossbar(ideal_crossbar(100, 16), {layer});
    const std::vector<std::int8_t> x = random_inputs(100, 127, 3);
    const auto variance = [&](double read, double converter) {
        MvmConfig config;
        config.read_noise = read;
        config.adc.noise_sigma_lsb = converter;
        const CimMvm mvm(crossbar.snapshot, config, std::vector<double>{10.0}, 1);
        std::vector<std::int16_t> drive(100);
        mvm.drive(0, 0, x, 0, drive);
        double sum = 0.0, square = 0.0;
        constexpr int events = 20'000;
        for (std::uint64_t e = 0; e < events; ++e) {
            const auto q = static_cast<double>(mvm.charge(0, 0, 0, drive, e));
            sum += q / events;
            square += q * q / events;
        }
        return square - sum * sum;
    };
    const double both = variance(0.02, 0.5);
    EXPECT_NEAR((variance(0.02, 0.0) + variance(0.0, 0.5)) / both, 1.0,
                5.0 * 2.0 * std::sqrt(2.0 / 20'000));
}

// T10: conductances that all shrink alike are restored exactly, whichever the read-out.
TEST(DriftReadOut, UniformDriftIsRestored) {
    const LayerMatrix layer = random_layer("a", 60, 20, 8, 1);
    const Crossbar first(ideal_crossbar(64, 32), {layer});
    CimSnapshot later = first.snapshot;
    for (std::int32_t& units : later.blocks[0].units) units /= 2;
    MvmConfig config = exact_converters(InputMode::pwm);
    config.adc.bits = 26;
    const std::vector<double> scale = {full_scale_of_lsb(config, first.snapshot, 100)};
    const CimMvm before(first.snapshot, config, scale, 1), after(later, config, scale, 1);
    for (const ReadOutInput input : {ReadOutInput::one_hot, ReadOutInput::common}) {
        CimCounts counts, after_counts;
        const std::int64_t a = drift_read_out(before, 0, input, 0, counts);
        const std::int64_t b = drift_read_out(after, 0, input, 0, after_counts);
        const double alpha = drift_alpha("a", a, b);
        EXPECT_NEAR(alpha, 2.0, 1e-4);
        // The read-out is charged: as many vectors as rows, or one.
        EXPECT_EQ(counts.vectors, input == ReadOutInput::one_hot ? 60 : 1);
        EXPECT_EQ(counts.conversions, 20 * counts.vectors);
        EXPECT_GT(counts.unit_ticks, after_counts.unit_ticks * 0);
    }
    EXPECT_EQ(drift_alpha("a", 0, 0), 1.0);
    EXPECT_EQ(drift_alpha("a", 3, 2), 1.5);
    try {
        drift_alpha("conv1", 5, 0);
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "layer 'conv1': the drift read-out is 0: no factor restores it");
    }
}

// Of calibrated PCM, alpha is the ratio of the mean conductances: 1.29 after an hour to 2.00 after
// a year for Gaussian weights clipped at 2.5 sigma, and restores 3 to 4 bits of weight.
TEST(DriftReadOut, PcmIsRestoredToItsKnownQuality) {
    LayerMatrix layer{"a", 512, 256, {}, 8};
    const RandomStream gauss(1, "weights");
    for (std::uint64_t i = 0; i < 512 * 256; ++i)
        layer.codes.push_back(static_cast<std::int8_t>(
            std::lround(std::clamp(gauss.normal(i) / 2.5, -1.0, 1.0) * 127.0)));
    CrossbarConfig config = ideal_crossbar(512, 256);
    config.device = "pcm";
    const Crossbar first(config, {layer}, 3);
    MvmConfig converters = exact_converters(InputMode::pwm);
    CimCounts counts;
    const auto read_out = [&](const CimSnapshot& snapshot, ReadOutInput input) {
        const CimMvm mvm(snapshot, converters,
                         std::vector<double>{full_scale_of_lsb(converters, snapshot, 50'000)}, 1);
        return drift_read_out(mvm, 0, input, 0, counts);
    };
    struct Row {
        double time, alpha, error, bits;
    };
    for (const Row& row : {Row{0.0, 1.0, 0.039, 3.9}, Row{3600.0, 1.29, 0.045, 3.7},
                           Row{86400.0, 1.51, 0.051, 3.5}, Row{365 * 86400.0, 2.00, 0.067, 3.1}}) {
        const CimSnapshot now = first.weights.at(row.time);
        for (const ReadOutInput input : {ReadOutInput::one_hot, ReadOutInput::common}) {
            const double alpha =
                drift_alpha("a", read_out(first.snapshot, input), read_out(now, input));
            // One common input sees sums in which most of the weights cancel.
            EXPECT_NEAR(alpha, row.alpha,
                        (input == ReadOutInput::one_hot ? 0.02 : 0.06) * row.alpha)
                << row.time;
            const WeightQuality quality = weight_quality(first.weights, now, 0, alpha);
            EXPECT_NEAR(quality.rms_error, row.error, 0.05 * row.error) << row.time;
            EXPECT_NEAR(quality.effective_bits, row.bits, 0.12) << row.time;
        }
    }
}

}  // namespace
}  // namespace bitloom::test
