// SPDX-License-Identifier: Apache-2.0
// Every instruction set gives what the portable body gives, to the bit.
#include "models/cim/crossbar/charge_kernel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <vector>

#include "models/base/random.h"
#include "models/cim/converter/adc.h"

namespace bitloom::test {
namespace {

std::vector<std::int16_t> random_words(std::size_t count, int largest, std::uint64_t seed) {
    const RandomStream random(seed, "words");
    std::vector<std::int16_t> words;
    for (std::size_t i = 0; i < count; ++i)
        words.push_back(static_cast<std::int16_t>(
            static_cast<int>(random.below(i, static_cast<std::uint64_t>(2 * largest + 1))) -
            largest));
    return words;
}

TEST(ChargeKernel, ProductsAreThoseOfThePortableBody) {
    for (const std::int64_t pairs : {1, 2, 33, 500}) {
        const std::vector<std::int16_t> panel =
            random_words(static_cast<std::size_t>(pairs * 2 * charge_lanes), 4096, 1);
        const std::vector<std::int16_t> x =
            random_words(static_cast<std::size_t>(pairs * 2 * charge_vectors), 127, 2);
        const std::int16_t* vectors[charge_vectors];
        for (std::int64_t v = 0; v < charge_vectors; ++v) vectors[v] = x.data() + v * pairs * 2;
        std::vector<std::int32_t> best(charge_vectors * charge_lanes), portable(best.size());
        best_charge_kernel().multiply(vectors, panel.data(), pairs, best.data());
        portable_charge_kernel().multiply(vectors, panel.data(), pairs, portable.data());
        EXPECT_EQ(best, portable);
        std::int64_t first = 0;
        for (std::int64_t k = 0; k < 2 * pairs; ++k)
            first += vectors[5][k] *
                     panel[static_cast<std::size_t>(k / 2 * 2 * charge_lanes + 2 * 3 + k % 2)];
        EXPECT_EQ(portable[5 * charge_lanes + 3], first);
    }
}

TEST(ChargeKernel, NoiseAndLoadsAreThoseOfThePortableBody) {
    constexpr std::size_t count = 1003;
    std::vector<std::int32_t> z(count);
    RandomStream(3, "z").normals_q16(0, z);
    const std::vector<std::int16_t> ticks = random_words(count, 127, 4);
    const RandomStream random(5, "sums");
    std::vector<double> sums, charges;
    std::vector<std::int64_t> row_units;
    for (std::size_t i = 0; i < count; ++i) {
        sums.push_back(static_cast<double>(random.below(i, 1u << 30)));
        charges.push_back(static_cast<double>(random.below(count + i, 1ull << 40)) - 0x1p39);
        row_units.push_back(static_cast<std::int64_t>(random.below(2 * count + i, 1ull << 41)));
    }
    const NoiseScale scale{3.7e5, 1.1e9};
    for (const double* of : std::initializer_list<const double*>{nullptr, sums.data()}) {
        std::vector<double> best = charges, portable = charges;
        best_charge_kernel().add_noise(scale, of, z.data(), count, best.data());
        portable_charge_kernel().add_noise(scale, of, z.data(), count, portable.data());
        EXPECT_EQ(best, portable);
        EXPECT_NE(best, charges);
        for (const double charge : best) EXPECT_EQ(charge, std::floor(charge));
    }
    const RowLoad best = best_charge_kernel().row_load(ticks.data(), row_units.data(), count);
    const RowLoad portable =
        portable_charge_kernel().row_load(ticks.data(), row_units.data(), count);
    RowLoad expected;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t tick = std::abs(int{ticks[i]});
        expected.pulses += tick != 0 ? 1 : 0;
        expected.ticks += tick;
        expected.unit_ticks += tick * row_units[i];
    }
    for (const RowLoad& load : {best, portable}) {
        EXPECT_EQ(load.pulses, expected.pulses);
        EXPECT_EQ(load.ticks, expected.ticks);
        EXPECT_EQ(load.unit_ticks, expected.unit_ticks);
    }
}

// On and beside every threshold, and far beyond the range, the codes of Adc.
TEST(ChargeKernel, ConversionsAreThoseOfTheConverter) {
    for (const std::int64_t lsb : {std::int64_t{1}, std::int64_t{7}, std::int64_t{8256},
                                   std::int64_t{999'983}, (std::int64_t{1} << 36) + 1})
        for (const AdcRounding rounding : {AdcRounding::nearest, AdcRounding::floor}) {
            AdcConfig config;
            config.rounding = rounding;
            const Adc adc(config, lsb, 1, 0);
            std::vector<double> charges = {0x1p49, -0x1p49};
            for (std::int32_t code = -127; code <= 128; ++code)
                for (const int beside : {-1, 0, 1})
                    charges.push_back(static_cast<double>(adc.threshold(code) + beside));
            const IdealConversion conversion{
                static_cast<double>(lsb),
                rounding == AdcRounding::nearest ? 0.5 * static_cast<double>(lsb) : 0.0, 127};
            const auto count = static_cast<std::int64_t>(charges.size());
            for (const ChargeKernel& kernel : {best_charge_kernel(), portable_charge_kernel()}) {
                std::vector<std::int32_t> codes(charges.size());
                const std::int64_t saturated =
                    kernel.convert(conversion, charges.data(), count, codes.data());
                std::int64_t expected = 0;
                for (std::size_t i = 0; i < charges.size(); ++i) {
                    const auto charge = static_cast<std::int64_t>(charges[i]);
                    ASSERT_EQ(codes[i], adc.convert(charge)) << charge << " by " << lsb;
                    expected += adc.saturates(charge) ? 1 : 0;
                }
                EXPECT_EQ(saturated, expected);
            }
        }
}

}  // namespace
}  // namespace bitloom::test
