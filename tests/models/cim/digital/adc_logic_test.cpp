// SPDX-License-Identifier: Apache-2.0
// The logic of the converters finds the codes of the converters' model.
#include <gtest/gtest.h>

#include "models/base/random.h"
#include "models/cim/converter/adc.h"
#include "models/cim/digital/ramp_counter.h"
#include "models/cim/digital/sar_logic.h"

namespace bitloom {
namespace {

// Start to code; checks that it is there after Logic::cycles and not one earlier, and stays.
template <class Logic>
int convert(const Adc& adc, int bits, std::int64_t charge) {
    typename Logic::State state = Logic::next({}, {true, false}, bits);
    for (int cycle = 1; cycle < Logic::cycles(bits); ++cycle) {
        const auto outputs = Logic::outputs(state);
        EXPECT_FALSE(outputs.done) << "cycle " << cycle;
        EXPECT_LE(outputs.trial, adc.largest());
        EXPECT_GE(outputs.trial, -adc.largest());
        state = Logic::next(state, {false, charge >= adc.threshold(outputs.trial)}, bits);
    }
    EXPECT_TRUE(Logic::outputs(state).done);
    const auto later = Logic::next(state, {false, true}, bits);
    EXPECT_TRUE(Logic::outputs(later) == Logic::outputs(state));
    return Logic::outputs(state).code;
}

// At every threshold, one below it, and far beyond both ends.
template <class Logic>
void expect_codes_of(const AdcConfig& config, std::uint64_t seed) {
    for (std::uint64_t index = 0; index < 4; ++index) {
        const Adc adc(config, 1000, seed, index);
        const std::int64_t far = std::int64_t{1} << 40;
        EXPECT_EQ(convert<Logic>(adc, config.bits, -far), -adc.largest());
        EXPECT_EQ(convert<Logic>(adc, config.bits, far), adc.largest());
        for (int code = 1 - adc.largest(); code <= adc.largest(); ++code)
            for (const int by : {-1, 0}) {
                const std::int64_t charge = adc.threshold(code) + by;
                ASSERT_EQ(convert<Logic>(adc, config.bits, charge), adc.convert(charge))
                    << config.bits << " bits, seed " << seed << ", index " << index << ", charge "
                    << charge;
            }
    }
}

// Also with capacitors so bad that thresholds are out of order.
TEST(SarLogic, FindsEveryCodeOfEverySarAdc) {
    for (int bits = 2; bits <= 8; ++bits)
        for (const double sigma : {0.0, 0.02, 0.4})
            for (const AdcRounding rounding : {AdcRounding::nearest, AdcRounding::floor}) {
                AdcConfig config;
                config.kind = AdcKind::sar;
                config.bits = bits;
                config.rounding = rounding;
                config.sar_unit_sigma = sigma;
                config.gain_sigma = sigma / 4;
                config.offset_sigma_lsb = 10 * sigma;
                expect_codes_of<SarLogic>(config, static_cast<std::uint64_t>(bits));
            }
}

TEST(RampCounter, FindsEveryCodeOfEveryRampAdc) {
    for (int bits = 2; bits <= 8; ++bits)
        for (const double bend : {-0.1, 0.0, 0.1})
            for (const AdcRounding rounding : {AdcRounding::nearest, AdcRounding::floor}) {
                AdcConfig config;
                config.kind = AdcKind::ramp;
                config.bits = bits;
                config.rounding = rounding;
                config.ramp_nonlinearity = bend;
                config.gain_sigma = 0.05;
                config.offset_sigma_lsb = 1.0;
                expect_codes_of<RampCounter>(config, static_cast<std::uint64_t>(bits));
            }
}

}  // namespace
}  // namespace bitloom
