// SPDX-License-Identifier: Apache-2.0
// What CimMvm is made of: shared by its step-by-step and its fast form.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <map>

#include "models/cim/crossbar/charge_panels.h"
#include "models/cim/crossbar/cim_mvm.h"

namespace bitloom {

struct CimMvm::Body {
    // Longest pulse whose square is a 16-bit weight.
    static constexpr int most_square_ticks = 181;

    struct BlockBody {
        ChargePanels panels;
        Dac dac;
        RandomStream noise;
        std::vector<const Adc*> adcs;  // of its columns
    };
    struct LayerBody {
        std::int64_t lsb = 1;
        std::int64_t charge_lsb = 1;  // lsb in units of charges: with the drive's fraction bits
        IdealConversion conversion;
        NoiseScale noise;
        std::vector<std::size_t> blocks;
    };

    const CimSnapshot* snapshot;
    MvmConfig config;
    std::vector<InputPass> passes;
    int fraction_bits;
    bool noisy, read_noise;
    bool ideal_adcs;  // all alike and by formula
    std::vector<BlockBody> blocks;
    std::vector<LayerBody> layers;
    std::map<std::pair<std::int64_t, std::uint64_t>, Adc> adcs;  // by lsb and number

    Body(const CimSnapshot& snapshot, const MvmConfig& config, std::span<const double> full_scale,
         std::uint64_t seed);

    const Block& block(std::size_t b) const { return snapshot->placement->blocks[b]; }

    // First draw of a block's columns; a multiple of 4 apart, which is where draws are cheapest.
    std::uint64_t noise_index(const Block& block, int pass, std::uint64_t event) const {
        return (event * passes.size() + static_cast<std::uint64_t>(pass)) *
               static_cast<std::uint64_t>((block.columns() + 3) / 4 * 4);
    }
    int square_ticks(std::int16_t drive) const {
        const int half = fraction_bits > 0 ? 1 << (fraction_bits - 1) : 0;
        const int ticks =
            std::min((std::abs(int{drive}) + half) >> fraction_bits, most_square_ticks);
        return ticks * ticks;
    }
};

}  // namespace bitloom
