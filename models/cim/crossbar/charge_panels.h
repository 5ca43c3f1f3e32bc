// SPDX-License-Identifier: Apache-2.0
// Conductances of a block in the order in which charge_kernel reads them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/cim/crossbar/charge_kernel.h"

namespace bitloom {

// Units are split into 16-bit halves, units = high * 2^13 + low with low in -2^12..2^12 - 1, so
// that a sum of products is two sums of 16-bit products.
class ChargePanels {
public:
    static constexpr int low_bits = 13;
    static constexpr int noise_shift = 11;  // |units| / 2^11, to nearest, weigh squared ticks

    // units: [rows][columns], |.| < 2^27. `with_noise`: prepare sums of |units| x^2, too.
    ChargePanels(std::span<const std::int32_t> units, std::int64_t rows, std::int64_t columns,
                 bool with_noise);

    std::int64_t rows() const { return rows_; }
    std::int64_t padded_rows() const { return 2 * pairs_; }
    std::int64_t columns() const { return columns_; }

    // charges[v][column] of six vectors of padded_rows() drives (rows beyond rows() are not used,
    // but finite memory); rows of `charges` are `stride` >= columns rounded up to 8 numbers apart.
    // Exact.
    void charges(const ChargeKernel& kernel, const std::int16_t* const* vectors, double* charges,
                 std::int64_t stride) const;
    // The same of squared ticks and |units| / 2^11; `stride` >= columns rounded up to 16.
    void noise_sums(const ChargeKernel& kernel, const std::int16_t* const* squares, double* sums,
                    std::int64_t stride) const;

private:
    std::int64_t rows_, columns_, pairs_;
    std::int64_t largest_lane_ = 1, largest_noise_lane_ = 1;  // largest |.| in a lane
    std::vector<std::int16_t> lanes_;        // [panel of 8 columns][pair][8 high, 8 low][2 rows]
    std::vector<std::int16_t> noise_lanes_;  // [panel of 16 columns][pair][16][2 rows]
};

// |units| / 2^11 as noise_sums() uses it.
std::int16_t noise_weight(std::int32_t units);

}  // namespace bitloom
