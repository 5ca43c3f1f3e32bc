// SPDX-License-Identifier: Apache-2.0
#include "models/cim/crossbar/charge_panels.h"

#include <algorithm>
#include <cstdlib>

#include "models/base/error.h"

namespace bitloom {

namespace {

// Pairs of rows whose sums stay below 2^31.
std::int64_t pairs_at_once(const std::int16_t* const* vectors, std::int64_t rows,
                           std::int64_t largest_lane) {
    std::int64_t largest = 1;
    for (std::int64_t v = 0; v < charge_vectors; ++v) {
        int low = 0, high = 0;
        for (std::int64_t k = 0; k < rows; ++k) {
            low = std::min<int>(low, vectors[v][k]);
            high = std::max<int>(high, vectors[v][k]);
        }
        largest = std::max<std::int64_t>({largest, high, -low});
    }
    return std::max<std::int64_t>(1, INT32_MAX / (2 * largest * largest_lane));
}

}  // namespace

std::int16_t noise_weight(std::int32_t units) {
    const std::int32_t half = 1 << (ChargePanels::noise_shift - 1);
    return static_cast<std::int16_t>(
        std::min((std::abs(units) + half) >> ChargePanels::noise_shift, 32767));
}

ChargePanels::ChargePanels(std::span<const std::int32_t> units, std::int64_t rows,
                           std::int64_t columns, bool with_noise)
    : rows_(rows), columns_(columns), pairs_((rows + 1) / 2) {
    const auto panels = (columns + charge_columns - 1) / charge_columns;
    lanes_.resize(static_cast<std::size_t>(panels * pairs_ * 2 * charge_lanes));
    const auto noise_panels = with_noise ? (columns + charge_lanes - 1) / charge_lanes : 0;
    noise_lanes_.resize(static_cast<std::size_t>(noise_panels * pairs_ * 2 * charge_lanes));
    for (std::int64_t k = 0; k < rows; ++k)
        for (std::int64_t c = 0; c < columns; ++c) {
            const std::int32_t value = units[static_cast<std::size_t>(k * columns + c)];
            BITLOOM_CHECK(std::abs(value) < 1 << 27, "{} units are below 2^27", value);
            const std::int32_t high = (value + (1 << (low_bits - 1))) >> low_bits;
            const std::int32_t low = value - high * (1 << low_bits);
            const std::int64_t panel = c / charge_columns * pairs_ + k / 2;
            const auto at =
                static_cast<std::size_t>(panel * 2 * charge_lanes + c % charge_columns * 2 + k % 2);
            lanes_[at] = static_cast<std::int16_t>(high);
            lanes_[at + 2 * charge_columns] = static_cast<std::int16_t>(low);
            largest_lane_ = std::max<std::int64_t>({largest_lane_, std::abs(high), std::abs(low)});
            if (!with_noise) continue;
            const std::int16_t weight = noise_weight(value);
            const std::int64_t noise_panel = c / charge_lanes * pairs_ + k / 2;
            noise_lanes_[static_cast<std::size_t>(noise_panel * 2 * charge_lanes +
                                                  c % charge_lanes * 2 + k % 2)] = weight;
            largest_noise_lane_ = std::max<std::int64_t>(largest_noise_lane_, weight);
        }
}

void ChargePanels::charges(const ChargeKernel& kernel, const std::int16_t* const* vectors,
                           double* charges, std::int64_t stride) const {
    const std::int64_t at_once = pairs_at_once(vectors, rows_, largest_lane_);
    const std::int16_t* panel = lanes_.data();
    for (std::int64_t c = 0; c < columns_; c += charge_columns)
        for (std::int64_t p = 0; p < pairs_; p += at_once) {
            const std::int64_t pairs = std::min(at_once, pairs_ - p);
            const std::int16_t* from[charge_vectors];
            for (std::int64_t v = 0; v < charge_vectors; ++v) from[v] = vectors[v] + 2 * p;
            std::int32_t sums[charge_vectors * charge_lanes];
            kernel.multiply(from, panel, pairs, sums);
            panel += pairs * 2 * charge_lanes;
            for (std::int64_t v = 0; v < charge_vectors; ++v) {
                const std::int32_t* high = sums + v * charge_lanes;
                double* out = charges + v * stride + c;
                for (std::int64_t i = 0; i < charge_columns; ++i) {
                    const double charge =
                        high[i] * static_cast<double>(1 << low_bits) + high[i + charge_columns];
                    out[i] = p == 0 ? charge : out[i] + charge;
                }
            }
        }
}

void ChargePanels::noise_sums(const ChargeKernel& kernel, const std::int16_t* const* squares,
                              double* sums_out, std::int64_t stride) const {
    const std::int64_t at_once = pairs_at_once(squares, rows_, largest_noise_lane_);
    const std::int16_t* panel = noise_lanes_.data();
    for (std::int64_t c = 0; c < columns_; c += charge_lanes)
        for (std::int64_t p = 0; p < pairs_; p += at_once) {
            const std::int64_t pairs = std::min(at_once, pairs_ - p);
            const std::int16_t* from[charge_vectors];
            for (std::int64_t v = 0; v < charge_vectors; ++v) from[v] = squares[v] + 2 * p;
            std::int32_t sums[charge_vectors * charge_lanes];
            kernel.multiply(from, panel, pairs, sums);
            panel += pairs * 2 * charge_lanes;
            for (std::int64_t v = 0; v < charge_vectors; ++v)
                for (std::int64_t i = 0; i < charge_lanes; ++i) {
                    double& out = sums_out[v * stride + c + i];
                    out = (p == 0 ? 0.0 : out) + sums[v * charge_lanes + i];
                }
        }
}

}  // namespace bitloom
