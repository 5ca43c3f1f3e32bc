// SPDX-License-Identifier: Apache-2.0
// A network on an analog chip: what is the same for every chip that is programmed with it, one
// programmed chip, and one moment of it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/cim/crossbar/cim_mvm.h"
#include "models/cim/crossbar/cim_weights.h"
#include "sim/engine/host_executor.h"
#include "sim/mapping/map_cim.h"

namespace bitloom {

// The same for every seed and time. Values are final.
struct CimModel {
    // Errors of cim_network and of layer_parameters. `reference`: external inputs, for calibrating
    // the converters' full scale where neither the chip nor the network states it.
    CimModel(const Trace& trace, const CimChipConfig& config, const ActivationBytes& reference);

    const Layer& layer(std::size_t matrix) const;

    Trace trace;
    CimChipConfig config;
    CimNetwork network;
    std::vector<std::size_t> layer_of;   // by matrix: index in the manifest
    std::vector<Im2col> im2col;          // by matrix
    std::vector<int> fraction_bits;      // by matrix
    std::vector<LayerParameters> exact;  // by layer of the manifest, empty for aliases
    std::vector<double> full_scale;      // by matrix, cells
    std::string full_scale_source;       // "adc.full_scale", "the network", "calibrated ..."
};

// One chip: devices programmed with draws of one seed, read right after.
class CimProgrammed {
public:
    CimProgrammed(const CimModel& model, std::uint64_t seed);

    const CimModel& model() const { return model_; }
    const CimWeights& weights() const { return weights_; }
    std::uint64_t seed() const { return seed_; }
    // The compensation's read-out at the first read, by matrix; empty without compensation.
    const std::vector<std::int64_t>& first_read_out() const { return first_; }

private:
    const CimModel& model_;
    const std::uint64_t seed_;
    const CimWeights weights_;
    std::vector<std::int64_t> first_;
};

// That chip at a time. Immutable; safe to share among threads.
class CimMoment {
public:
    // The chip must outlive it.
    CimMoment(const CimProgrammed& chip, double time_s);

    const CimModel& model() const { return chip_.model(); }
    const CimMvm& mvm() const { return *mvm_; }
    double alpha(std::size_t matrix) const { return alpha_[matrix]; }
    // What its compensation took, by matrix; zeros without.
    const std::vector<CimCounts>& read_out() const { return read_out_; }
    // Of all weights: the mean square error by the number of weights.
    WeightQuality weight_quality() const;
    // Parameters of a layer of the manifest, with this moment's compensation.
    LayerParameters parameters(std::size_t layer) const;

private:
    const CimProgrammed& chip_;
    const CimSnapshot snapshot_;
    std::unique_ptr<const CimMvm> mvm_;
    std::vector<double> alpha_;
    std::vector<CimCounts> read_out_;
};

// Input vectors of one read-out of a layer; 0 without compensation.
std::int64_t read_out_vectors(const CimModel& model, std::size_t matrix);

}  // namespace bitloom
