// SPDX-License-Identifier: Apache-2.0
#include <Vadc_mux.h>
#include <Vadc_mux16.h>

#include "models/cim/digital/adc_mux.h"
#include "sim/verify/checks.h"
#include "sim/verify/verilated_model.h"

namespace bitloom {

namespace {

template <class V, int columns, int mux>
void check_geometry(VerifyRun& run) {
    constexpr int adcs = columns / mux;
    constexpr int select_bits = mux == 2 ? 1 : 2;
    VerilatedModel<V> rtl(run.options().seed, &run.rtl_coverage());
    CoverageSet& choices =
        run.coverage(fmt::format("{} columns, mux {}: ADC x phase x column that it serves, or none",
                                 columns, mux),
                     adcs * mux * (mux + 3) / 2);

    run.begin(fmt::format("{} columns, mux {}: every block, every phase", columns, mux), true,
              columns * (columns + 1) / 2 * mux);
    for (int first = 0; first < columns; ++first)
        for (int count = 1; first + count <= columns; ++count) {
            int served = 0;
            for (int phase = 0; phase < mux; ++phase) {
                V& pins = rtl.pins();
                pins.first_i = static_cast<std::uint8_t>(first);
                pins.count_i = static_cast<std::uint8_t>(count);
                pins.phase_i = static_cast<std::uint8_t>(phase);
                rtl.settle();
                for (int adc = 0; adc < adcs; ++adc) {
                    const AdcMux::Choice choice = AdcMux::choose(adcs, first, count, phase, adc);
                    const AdcMux::Choice got = {(pins.select_o >> (adc * select_bits)) & (mux - 1),
                                                ((pins.enable_o >> adc) & 1) != 0};
                    served += got.enable ? 1 : 0;
                    // In phase p the p columns before the block's own are out of reach.
                    const int row = phase * (mux + 1) - phase * (phase - 1) / 2;
                    choices.mark(adc * mux * (mux + 3) / 2 + row +
                                 (choice.enable ? choice.select : mux) - phase);
                    if (got.enable != choice.enable || got.select != choice.select % mux)
                        run.differ({fmt::format("first {} count {} phase {} adc {}", first, count,
                                                phase, adc)},
                                   fmt::format("select {} enable {:d}", choice.select % mux,
                                               choice.enable),
                                   fmt::format("select {} enable {:d}", got.select, got.enable));
                }
                run.count();
            }
            // Each column once, in the least number of phases: two more ways to say what it does.
            if (served != count)
                run.differ({fmt::format("first {} count {}", first, count)},
                           fmt::format("{} columns", count), fmt::format("{} columns", served));
        }
}

}  // namespace

void check_adc_mux(VerifyRun& run) {
    check_geometry<Vadc_mux, 8, 2>(run);
    check_geometry<Vadc_mux16, 16, 4>(run);
}

}  // namespace bitloom
