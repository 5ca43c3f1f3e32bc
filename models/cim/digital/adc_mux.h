// SPDX-License-Identifier: Apache-2.0
// Which column each ADC converts in a phase. ADC a serves columns a, a + adcs, a + 2 adcs, ...
// (adc_of_column of models/cim/mapping/placement.h).
#pragma once

namespace bitloom {

struct AdcMux {
    struct Choice {
        int select = 0;       // column / adcs; without meaning when not `enable`
        bool enable = false;  // the block has a column for it in this phase
        bool operator==(const Choice&) const = default;
    };

    // ADC `adc` in phase `phase` of the block of `count` columns from `first` on.
    static constexpr Choice choose(int adcs, int first, int count, int phase, int adc) {
        const int rank = phase * adcs + (adc + adcs - first % adcs) % adcs;
        return {(first + rank) / adcs, rank < count};
    }

    static constexpr int phases(int adcs, int count) { return (count + adcs - 1) / adcs; }
};

}  // namespace bitloom
