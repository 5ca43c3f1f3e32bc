// SPDX-License-Identifier: Apache-2.0
// A network on an analog chip: its weights as matrices on the arrays, its activations in the
// activation memory, a program a layer.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/chip/cim_chip/cim_program.h"
#include "models/cim/mapping/placement.h"
#include "workloads/trace/trace.h"

namespace bitloom {

// The weights of a network and where they are.
struct CimNetwork {
    std::vector<LayerMatrix> matrices;                  // of the layers with weights, in order
    std::vector<std::optional<std::size_t>> matrix_of;  // by layer of the manifest
    Placement placement;
};

// Throws Error, without a place, for a format that pairs of devices do not hold.
void require_cim_weights(const Format& format);

// Throws Error that names the layer: a product of two activations, weights or operands of a format
// that the arrays do not hold, and those of place().
CimNetwork cim_network(const Trace& trace, const CimChipConfig& config);

// The window and the input codes of a layer with weights.
Im2col im2col_of(const Trace& trace, const Layer& layer, const CimChipConfig& config);

// Fraction bits of a layer's psums: config.fraction_bits, or as many as its largest sum leaves room
// for in 31 bits.
int fraction_bits(const CimNetwork& network, std::size_t matrix, const CimChipConfig& config);

// What the vector unit is programmed with for a layer with weights whose psums are
// 2^-fraction_bits * code_value of the products of weight codes and input codes. `exact`:
// layer_parameters of the layer. alpha: the compensation of drift. Throws Error, naming the layer,
// where a scale does not fit the requantizer.
LayerParameters analog_parameters(const LayerParameters& exact, const Trace& trace,
                                  const Layer& layer, double code_value, int input_shift,
                                  int fraction_bits, double alpha);

// Where every activation lies. Inputs live from the start, the network's output to the end; a
// reshape that moves nothing shares its input's place.
class ActivationPlaces {
public:
    // Error that names the layer whose operands and results do not fit the memory together.
    ActivationPlaces(const Trace& trace, std::int64_t memory_bytes);

    std::int64_t address(const std::string& name) const;
    std::int64_t peak_bytes() const { return peak_bytes_; }

private:
    std::map<std::string, std::int64_t> addresses_;
    std::int64_t peak_bytes_ = 0;
};

// `parameters`: of the layer, as analog_parameters gives them where it has weights.
CimLayerProgram map_cim_layer(const Trace& trace, std::size_t layer, const CimNetwork& network,
                              const ActivationPlaces& places, const CimChipConfig& config,
                              LayerParameters parameters);

}  // namespace bitloom
