// SPDX-License-Identifier: Apache-2.0
// Random layers on a crossbar, and the integer GEMM that an ideal one computes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/random.h"
#include "models/cim/crossbar/cim_mvm.h"

namespace bitloom::test {

// Uniform codes of intP without the lowest one.
inline LayerMatrix random_layer(std::string name, std::int64_t k, std::int64_t n, int bits,
                                std::uint64_t seed) {
    const RandomStream random(seed, "layer." + name);
    const int largest = (1 << (bits - 1)) - 1;
    LayerMatrix layer{std::move(name), k, n, {}, bits};
    for (std::int64_t i = 0; i < k * n; ++i)
        layer.codes.push_back(static_cast<std::int8_t>(
            static_cast<int>(random.below(static_cast<std::uint64_t>(i),
                                          static_cast<std::uint64_t>(2 * largest + 1))) -
            largest));
    return layer;
}

inline std::vector<std::int8_t> random_inputs(std::int64_t count, int largest, std::uint64_t seed) {
    const RandomStream random(seed, "inputs");
    std::vector<std::int8_t> x;
    for (std::int64_t i = 0; i < count; ++i)
        x.push_back(static_cast<std::int8_t>(
            static_cast<int>(random.below(static_cast<std::uint64_t>(i),
                                          static_cast<std::uint64_t>(2 * largest + 1))) -
            largest));
    return x;
}

inline std::vector<std::int32_t> integer_gemm(const LayerMatrix& layer,
                                              const std::vector<std::int8_t>& x) {
    const auto k = static_cast<std::size_t>(layer.k), n = static_cast<std::size_t>(layer.n);
    std::vector<std::int32_t> y(x.size() / k * n);
    for (std::size_t m = 0; m < x.size() / k; ++m)
        for (std::size_t i = 0; i < k; ++i)
            for (std::size_t j = 0; j < n; ++j)
                y[m * n + j] += x[m * k + i] * layer.codes[i * n + j];
    return y;
}

// Ideal devices and wires.
inline CrossbarConfig ideal_crossbar(std::int64_t rows, std::int64_t columns, int mux = 1,
                                     int cell_bits = 7) {
    CrossbarConfig config;
    config.device = "ideal";
    config.geometry = {rows, columns, cell_bits, mux, 0};
    config.wire_ohm = 0.0;
    return config;
}

// A converter of 24 bits whose code is one tick times one step of weight.
inline MvmConfig exact_converters(InputMode mode, int dac_bits = 8) {
    MvmConfig config;
    config.dac.mode = mode;
    config.dac.bits = dac_bits;
    config.adc.bits = 24;
    return config;
}

inline double full_scale_of_lsb(const MvmConfig& config, const CimSnapshot& snapshot,
                                std::int64_t lsb) {
    return full_scale_of(config, snapshot.full_units, lsb * largest_code(config.adc));
}

// Layers programmed, read and ready.
struct Crossbar {
    Placement placement;
    CimWeights weights;
    CimSnapshot snapshot;

    Crossbar(const CrossbarConfig& config, const std::vector<LayerMatrix>& layers,
             std::uint64_t seed = 1, double time_s = 0.0)
        : placement(place(layers, config.geometry)),
          weights(config, layers, placement, seed),
          snapshot(weights.at(time_s)) {}

    // One code is one tick times one step of weight of each layer.
    CimMvm exact_mvm(const MvmConfig& config, std::uint64_t seed = 1) const {
        std::vector<double> scales;
        for (const LayerCells& cells : snapshot.layers)
            scales.push_back(full_scale_of_lsb(config, snapshot, cells.units_per_code));
        return CimMvm(snapshot, config, scales, seed);
    }
};

inline std::vector<std::int32_t> product(const CimMvm& mvm, std::size_t layer,
                                         const std::vector<std::int8_t>& x, CimCounts& counts,
                                         std::uint64_t event = 0) {
    const LayerCells& cells = mvm.snapshot().layers[layer];
    const auto count = static_cast<std::int64_t>(x.size()) / cells.k;
    std::vector<std::int32_t> acc(static_cast<std::size_t>(count * cells.n));
    mvm.multiply(layer, x, count, event, acc, counts);
    return acc;
}

}  // namespace bitloom::test
