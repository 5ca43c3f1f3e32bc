// SPDX-License-Identifier: Apache-2.0
#include "models/chip/cim_chip/cim_chip_config.h"

#include <algorithm>
#include <cstdlib>

namespace bitloom {

CimTiming cim_timing(const CimChipConfig& config) {
    CimTiming timing;
    timing.integrating = config.mvm.adc.kind == AdcKind::ramp;
    timing.tick_cycles = config.tick_cycles;
    timing.set_cycles = config.set_cycles;
    timing.end_cycles = config.end_cycles;
    if (config.adc_sample_rate_hz > 0) {
        timing.conversion_numerator = config.clock_hz;
        timing.conversion_denominator = config.adc_sample_rate_hz;
    } else {
        timing.conversion_numerator = config.mvm.adc.bits + 1;
    }
    timing.columns = config.crossbar.geometry.columns;
    timing.mux = config.crossbar.geometry.adc_mux;
    timing.counter_ticks = largest_code(config.mvm.adc);
    timing.pass_ticks.clear();
    const DacConfig& dac = config.mvm.dac;
    const int passes = static_cast<int>(input_passes(dac).size());
    for (int pass = 0; pass < passes; ++pass) {
        int longest = 0;
        for (int code = -largest_input(dac); code <= largest_input(dac); ++code)
            longest = std::max(longest, std::abs(pulse_ticks(dac, pass, code)));
        timing.pass_ticks.push_back(longest);
    }
    return timing;
}

double peak_macs_per_cycle(const CimChipConfig& config, int weight_bits) {
    const ArrayGeometry& geometry = config.crossbar.geometry;
    const std::int64_t weights = geometry.columns / slices_of(geometry, weight_bits);
    return static_cast<double>(geometry.rows * weights) /
           static_cast<double>(block_cycles(cim_timing(config), geometry.columns));
}

double peak_ops_per_s(const CimChipConfig& config) {
    return 2.0 * peak_macs_per_cycle(config, 8) * static_cast<double>(config.clock_hz);
}

}  // namespace bitloom
