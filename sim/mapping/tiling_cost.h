// SPDX-License-Identifier: Apache-2.0
// What a tiling costs, from closed forms: which of thousands are worth writing as programs.
#pragma once

#include <cstdint>
#include <functional>
#include <tuple>

#include "sim/mapping/gemm_tiling.h"

namespace bitloom {

struct TilingEstimate {
    double cycles = 0;
    double bytes = 0;  // moved, in whole bursts
    bool operator<(const TilingEstimate& other) const {
        return std::tie(cycles, bytes) < std::tie(other.cycles, other.bytes);
    }
};

class TilingCost {
public:
    // Cycles of the vector unit for a tile of so many pixels and channels.
    using VectorCycles = std::function<std::int64_t(std::int64_t, std::int64_t)>;
    TilingCost(const GemmView& view, const GemmChipConfig& config, VectorCycles vector);

    // Cycles of the array's commands, exact where they do not depend on data.
    double array_cycles(const GemmTiling& tiling) const;
    // array: array_cycles of the tiling. Close to the simulator's: within a few per cent.
    TilingEstimate estimate(const GemmTiling& tiling, double array) const;

private:
    struct Part {
        std::int64_t size = 0, count = 0;
    };
    struct Parts {
        Part full, rest;
    };
    static Parts parts(std::int64_t all, std::int64_t step);
    struct Moved {
        double bytes = 0, cycles = 0;
    };
    Moved moved(double pieces, double bytes, double piece_cycles) const;
    Moved contiguous(double bytes) const;
    Moved bands(const GemmTiling& tiling) const;  // all of them, each loaded once

    const GemmView& view_;
    const GemmChipConfig& config_;
    const VectorCycles vector_;
    double bytes_per_cycle_ = 1;  // of the memory, refreshes taken off
    double burst_ = 1;            // bytes
    double latency_ = 0;          // cycles of a lone access
    // Cycles that a piece of a vector takes at least, since its row is opened for it.
    double band_piece_cycles_ = 0, weight_piece_cycles_ = 0;
};

}  // namespace bitloom
